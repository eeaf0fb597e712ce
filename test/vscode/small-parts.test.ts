import assert from 'node:assert/strict';
import picomatch from 'picomatch';
import { abortSignalFrom } from '../../src/vscode/cancellation.ts';
import { globOfFile, withoutText, withText } from '../../src/vscode/file-globs.ts';
import { isLanguageOn, withLanguage } from '../../src/vscode/languages-on.ts';
import { createOutputLog } from '../../src/vscode/output-log.ts';

function tokenSource() {
  const listeners = new Set<() => void>();
  let cancelled = false;
  const token = {
    get isCancellationRequested() {
      return cancelled;
    },
    onCancellationRequested: (listener: () => unknown) => {
      const entry = (): void => void listener();
      listeners.add(entry);
      return { dispose: () => listeners.delete(entry) };
    },
  };
  const cancel = (): void => {
    cancelled = true;
    for (const listener of [...listeners]) {
      listener();
    }
  };
  return { token, cancel, listenerCount: () => listeners.size };
}

describe('a cancellation token as a signal', () => {
  it('is aborted when the token is cancelled, and leaves no listener', () => {
    const { token, cancel, listenerCount } = tokenSource();
    const { signal } = abortSignalFrom(token);
    assert.equal(signal.aborted, false);
    cancel();
    assert.equal(signal.aborted, true);
    assert.equal(listenerCount(), 0);
  });

  it('is aborted from the start when the token already is', () => {
    const { token, cancel, listenerCount } = tokenSource();
    cancel();
    assert.equal(abortSignalFrom(token).signal.aborted, true);
    assert.equal(listenerCount(), 0);
  });

  it('leaves the token alone once it is disposed', () => {
    const { token, cancel, listenerCount } = tokenSource();
    const abort = abortSignalFrom(token);
    abort.dispose();
    cancel();
    assert.equal(abort.signal.aborted, false);
    assert.equal(listenerCount(), 0);
  });
});

describe('languages with ghost text', () => {
  it('are those that are on, or all others where `*` is', () => {
    const languages = { '*': true, markdown: false };
    assert.equal(isLanguageOn(languages, 'markdown'), false);
    assert.equal(isLanguageOn(languages, 'go'), true);
    assert.equal(isLanguageOn({ '*': false, go: true }, 'go'), true);
    assert.equal(isLanguageOn({ '*': false }, 'rust'), false);
    assert.equal(isLanguageOn({}, 'rust'), true);
  });

  it('change one by one, in the level that is written only', () => {
    assert.deepEqual(withLanguage(undefined, 'go', false), { go: false });
    assert.deepEqual(withLanguage({ rust: false }, 'go', false), { rust: false, go: false });
    assert.deepEqual(withLanguage('nonsense', 'go', true), { go: true });
  });
});

describe('the glob of a file', () => {
  it('matches that file and no other', () => {
    for (const path of ['src/a.ts', 'app/(group)/[id]/page.tsx', 'a*b.ts', '{x}.ts', '!readme', 'a+b@c|d.ts']) {
      assert.ok(picomatch(globOfFile(path), { dot: true })(path), path);
    }
    assert.equal(picomatch(globOfFile('a*b.ts'))('axb.ts'), false);
    assert.equal(picomatch(globOfFile('[id].ts'))('i.ts'), false);
  });

  it('is added to a list once and disappears from it without a trace', () => {
    assert.deepEqual(withText(['a'], 'b'), ['a', 'b']);
    assert.deepEqual(withText(['b', 'a'], 'b'), ['a', 'b']);
    assert.deepEqual(withText('nonsense', 'b'), ['b']);
    assert.deepEqual(withoutText(['a', 'b'], 'b'), ['a']);
    assert.equal(withoutText(['b'], 'b'), undefined);
  });
});

describe('the log', () => {
  function recorder() {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    return { lines, sink: { debug: write, info: write, warn: write, error: write } };
  }
  const redact = (text: string): string => text.replaceAll('s3cret', '***');

  it('redacts every line, errors and their causes included', () => {
    const { lines, sink } = recorder();
    const log = createOutputLog(sink, redact);
    log.info('key s3cret');
    log.error('It failed', new Error('with s3cret', { cause: new Error('because of s3cret') }));
    assert.equal(lines.length, 2);
    assert.doesNotMatch(lines.join('\n'), /s3cret/);
    assert.match(lines[1] ?? '', /It failed: with \*\*\*, because: because of \*\*\*/);
  });

  it('begins the lines of a part with its topic', () => {
    const { lines, sink } = recorder();
    createOutputLog(sink, redact).child('router').child('probe').warn('slow');
    assert.deepEqual(lines, ['[router/probe] slow']);
  });
});
