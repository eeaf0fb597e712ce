import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock.ts';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import { type SyntaxWorker, createSyntax } from '../../../src/completion/syntax/create-syntax.ts';
import type { Syntax, SyntaxQuery } from '../../../src/completion/syntax/syntax.ts';
import type { SyntaxReply, SyntaxRequest } from '../../../src/completion/syntax/worker-messages.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import { createGrammarFolder, workerPath } from './grammar-folder.ts';
import { markedText } from './marked-text.ts';
import { MODE_CASES } from './mode-cases.ts';

describe('syntax by the real worker', function () {
  this.timeout(30_000);
  const folder = createGrammarFolder();
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  // Loading a grammar on a busy machine may take longer than a keystroke can wait; here the answer itself is of interest.
  const patient = { ...systemClock, setTimeout: (callback: () => void) => systemClock.setTimeout(callback, 20_000) };
  let syntax: Syntax;

  before(() => {
    syntax = createSyntax({ workerPath, grammarFolder: folder.path, logger, clock: patient });
  });
  after(() => {
    syntax.dispose();
    folder.dispose();
  });

  for (const { name, language, document, mode, scope } of MODE_CASES) {
    it(`${language}: ${name} → ${mode}`, async () => {
      const { mode: gotMode, scope: gotScope } = await syntax.analyze({
        languageId: language,
        ...markedText(document),
      });
      assert.deepEqual([gotMode, gotScope], [mode, scope ?? 'code']);
    });
  }

  it('uses a tree where there is a grammar, and lines where there is none', async () => {
    const { before, after } = markedText('f(█)');
    assert.equal((await syntax.analyze({ languageId: 'typescript', before, after })).source, 'tree');
    assert.equal((await syntax.analyze({ languageId: 'lua', before, after })).source, 'indentation');
  });

  it('says so once when a grammar cannot be loaded, and goes on by the lines', async () => {
    const other = createSyntax({ workerPath, grammarFolder: `${folder.path}/missing`, logger, clock: patient });
    const query = { languageId: 'go', ...markedText('func f() {\n\t█\n}') };
    const facts = [await other.analyze(query), await other.analyze(query)];
    other.dispose();
    assert.deepEqual(
      facts.map(({ mode, source }) => `${mode} ${source}`),
      ['block indentation', 'block indentation'],
    );
    assert.equal(warnings.filter((warning) => warning.includes('tree-sitter-go.wasm')).length, 1);
  });
});

describe('syntax by a worker that fails', () => {
  const query: SyntaxQuery = { languageId: 'typescript', before: 'f(', after: ')' };

  class FakeWorker implements SyntaxWorker {
    readonly requests: SyntaxRequest[] = [];
    terminated = false;
    readonly #listeners = new Map<string, (value: never) => void>();
    on(event: string, listener: (value: never) => void): void {
      this.#listeners.set(event, listener);
    }
    postMessage(request: SyntaxRequest): void {
      this.requests.push(request);
    }
    terminate(): Promise<unknown> {
      this.terminated = true;
      return Promise.resolve();
    }
    emit(event: 'message' | 'error' | 'exit', value: SyntaxReply | Error | number): void {
      this.#listeners.get(event)?.(value as never);
    }
    reply(index: number, worn = false, problem?: string): void {
      const id = this.requests[index]?.id ?? -1;
      this.emit('message', { id, facts: { mode: 'block', scope: 'code', source: 'tree' }, worn, problem });
    }
  }

  function start() {
    const clock = createFakeClock();
    const workers: FakeWorker[] = [];
    const warnings: string[] = [];
    const syntax = createSyntax({
      workerPath: 'worker.js',
      grammarFolder: 'grammars',
      logger: { ...silentLogger, warn: (message) => warnings.push(message) },
      clock,
      startWorker: () => {
        const worker = new FakeWorker();
        workers.push(worker);
        return worker;
      },
    });
    return { clock, workers, warnings, syntax };
  }

  it('starts no worker before the first question, nor for a language without a grammar', async () => {
    const { workers, syntax } = start();
    await syntax.analyze({ ...query, languageId: 'markdown' });
    syntax.analyzeNow(query);
    assert.equal(workers.length, 0);
    syntax.dispose();
  });

  it('answers by the lines when the tree is late, and takes the next one from the tree', async () => {
    const { clock, workers, syntax } = start();
    const late = syntax.analyze(query);
    await clock.advance(30);
    assert.equal((await late).source, 'indentation');
    workers[0]?.reply(0);
    const next = syntax.analyze(query);
    workers[0]?.reply(1);
    assert.equal((await next).source, 'tree');
    syntax.dispose();
  });

  it('asks only for the newest place while one is being parsed', async () => {
    const { workers, syntax } = start();
    const answers = [1, 2, 3].map((count) => syntax.analyze({ ...query, before: 'f('.repeat(count) }));
    assert.equal((await answers[1])?.source, 'indentation');
    assert.equal(workers[0]?.requests.length, 1);
    workers[0]?.reply(0);
    workers[0]?.reply(1);
    assert.equal((await answers[0])?.source, 'tree');
    assert.equal((await answers[2])?.source, 'tree');
    assert.equal(workers[0]?.requests[1]?.query.before, 'f(f(f(');
    syntax.dispose();
  });

  it('sends a window, not the whole document', () => {
    const { workers, syntax } = start();
    void syntax.analyze({
      languageId: 'typescript',
      before: 'const a = 1;\n'.repeat(10_000),
      after: '\n}'.repeat(10_000),
    });
    const { before, after } = workers[0]?.requests[0]?.query ?? query;
    assert.ok(before.length <= 6144 && before.startsWith('const'));
    assert.ok(after.length <= 2048);
    syntax.dispose();
  });

  it('starts the worker again after a crash, and gives up after three', async () => {
    const { workers, warnings, syntax } = start();
    for (let crash = 0; crash < 3; crash++) {
      const answer = syntax.analyze(query);
      workers[crash]?.emit(crash === 1 ? 'exit' : 'error', crash === 1 ? 1 : new Error('boom'));
      assert.equal((await answer).source, 'indentation');
    }
    assert.equal((await syntax.analyze(query)).source, 'indentation');
    assert.equal(workers.length, 3);
    assert.equal(warnings.length, 3);
    assert.match(warnings[2] ?? '', /reloaded/);
    syntax.dispose();
  });

  it('serves what waited when the worker crashed', async () => {
    const { workers, syntax } = start();
    const answers = [syntax.analyze(query), syntax.analyze(query)];
    workers[0]?.emit('error', new Error('boom'));
    workers[1]?.reply(0);
    assert.deepEqual(
      (await Promise.all(answers)).map(({ source }) => source),
      ['indentation', 'tree'],
    );
    syntax.dispose();
  });

  it('replaces a worker that hangs', async () => {
    const { clock, workers, syntax } = start();
    void syntax.analyze(query);
    await clock.advance(5000);
    assert.equal(workers[0]?.terminated, true);
    const next = syntax.analyze(query);
    workers[1]?.reply(0);
    assert.equal((await next).source, 'tree');
    syntax.dispose();
  });

  it('survives a worker that cannot be started', async () => {
    const clock = createFakeClock();
    const syntax = createSyntax({
      workerPath: 'worker.js',
      grammarFolder: 'grammars',
      logger: silentLogger,
      clock,
      startWorker: () => {
        throw new Error('no threads');
      },
    });
    assert.equal((await syntax.analyze(query)).source, 'indentation');
    syntax.dispose();
    assert.equal(clock.pendingTimers, 0);
  });

  it('stops the worker when it is idle, and starts it again', async () => {
    const { clock, workers, syntax } = start();
    void syntax.analyze(query);
    workers[0]?.reply(0);
    await clock.advance(30_000);
    assert.equal(workers[0]?.terminated, false);
    void syntax.analyze(query);
    workers[0]?.reply(1);
    await clock.advance(59_000);
    assert.equal(workers[0]?.terminated, false);
    await clock.advance(20_000);
    assert.equal(workers[0]?.terminated, true);
    void syntax.analyze(query);
    assert.equal(workers.length, 2);
    syntax.dispose();
  });

  it('counts a parser that broke down as a crash', async () => {
    const { workers, warnings, syntax } = start();
    const answer = syntax.analyze(query);
    workers[0]?.reply(0, true, 'tree-sitter-go.wasm: memory access out of bounds');
    assert.equal((await answer).source, 'indentation');
    assert.equal(workers[0]?.terminated, true);
    assert.match(warnings[0] ?? '', /lost: tree-sitter-go.wasm: memory access/);
    syntax.dispose();
  });

  it('replaces a worker that holds too much, and calls that no crash', async () => {
    const { workers, warnings, syntax } = start();
    const answers = [syntax.analyze(query), syntax.analyze(query)];
    workers[0]?.reply(0, true);
    assert.equal(workers[0]?.terminated, true);
    workers[1]?.reply(0);
    assert.deepEqual(
      (await Promise.all(answers)).map(({ source }) => source),
      ['tree', 'tree'],
    );
    assert.deepEqual(warnings, []);
    syntax.dispose();
  });

  it('leaves nothing behind when it is disposed', async () => {
    const { clock, workers, syntax } = start();
    const answers = [syntax.analyze(query), syntax.analyze(query)];
    syntax.dispose();
    assert.deepEqual(
      (await Promise.all(answers)).map(({ source }) => source),
      ['indentation', 'indentation'],
    );
    assert.equal(workers[0]?.terminated, true);
    assert.equal(clock.pendingTimers, 0);
    assert.equal((await syntax.analyze(query)).source, 'indentation');
    workers[0]?.emit('exit', 1);
    assert.equal(workers.length, 1);
  });
});
