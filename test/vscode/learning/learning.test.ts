import assert from 'node:assert/strict';
import { silentLogger } from '../../../src/base/logger.ts';
import type { LearnableFile } from '../../../src/predictor/predictor.ts';
import type { FileVerdict } from '../../../src/privacy/privacy.ts';
import { createLearning } from '../../../src/vscode/learning/learning.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';

function setUp(files: Record<string, string>, options: { readonly forbidden?: RegExp } = {}) {
  const clock = createFakeClock();
  const batches: (readonly LearnableFile[])[] = [];
  const updates: LearnableFile[] = [];
  const forgotten: string[] = [];
  const read: string[] = [];
  let walked = Number.POSITIVE_INFINITY;
  const limitWalk = (count: number): void => {
    walked = count;
  };
  let { forbidden } = options;
  const forbid = (paths: RegExp | undefined): void => {
    forbidden = paths;
  };
  const mayRead = (path: string): FileVerdict =>
    forbidden?.test(path) === true ? { allowed: false, reason: '.gitignore' } : { allowed: true };
  let beforeLearning: () => Promise<void> = () => Promise.resolve();
  const learning = createLearning({
    predictor: {
      learn: async (batch) => {
        await beforeLearning();
        batches.push(batch);
      },
      update: (file) => updates.push(file),
      forget: (path) => forgotten.push(path),
    },
    listFiles: async function* (isWanted) {
      for (const path of Object.keys(files).slice(0, walked)) {
        if (await isWanted(path)) {
          yield path;
        }
      }
    },
    readFile: async (path) => {
      read.push(path);
      return files[path];
    },
    languageOf: (path) => (path.endsWith('.ts') ? 'typescript' : undefined),
    mayRead,
    mayReadSoon: (path) => Promise.resolve(mayRead(path)),
    relativePath: (path) => path.replace('/project/', ''),
    clock,
    logger: silentLogger,
  });
  const learned = (): string[] => batches.flat().map(({ path }) => path);
  const holdLearning = (hold: () => Promise<void>): void => {
    beforeLearning = hold;
  };
  return { learning, clock, batches, learned, updates, forgotten, read, holdLearning, forbid, limitWalk };
}

describe('teaching the workspace model', () => {
  it('learns every file that may be read and that people type', async () => {
    const { learning, batches, read } = setUp(
      {
        '/project/a.ts': 'let a = 1;',
        '/project/secret.ts': 'x',
        '/project/data.bin': 'x',
        '/project/lib.min.ts': 'x',
      },
      { forbidden: /secret/ },
    );
    await learning.learnAll();
    assert.deepEqual(batches, [[{ path: 'a.ts', language: 'typescript', text: 'let a = 1;' }]]);
    assert.deepEqual(read, ['/project/a.ts']);
  });

  it('sends batches, and waits for the worker in between', async () => {
    const line = 'const value = compute();\n';
    const files = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`/project/${index}.ts`, line.repeat(2000)]),
    );
    const { learning, batches, learned, holdLearning } = setUp(files);
    let atOnce = 0;
    let most = 0;
    holdLearning(async () => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
    });
    await learning.learnAll();
    assert.equal(learned().length, 10);
    assert.ok(batches.length > 1);
    assert.equal(most, 1);
  });

  it('gives up the first run when a second begins', async () => {
    const { learning, learned } = setUp({ '/project/a.ts': 'a', '/project/b.ts': 'b' });
    const first = learning.learnAll();
    await learning.learnAll();
    await first;
    assert.deepEqual(learned(), ['a.ts', 'b.ts']);
  });

  it('learns what was typed after a pause, once', async () => {
    const { learning, clock, updates } = setUp({});
    const document = (text: string) => ({ path: '/project/a.ts', languageId: 'typescript', getText: () => text });
    learning.documentChanged(document('l'));
    await clock.advance(300);
    learning.documentChanged(document('let'));
    await clock.advance(799);
    assert.equal(updates.length, 0);
    await clock.advance(1);
    assert.deepEqual(updates, [{ path: 'a.ts', language: 'typescript', text: 'let' }]);
  });

  it('asks again whether a document may be read when it is time to read it', async () => {
    const { learning, clock, updates } = setUp({}, { forbidden: /a\.ts/ });
    learning.documentChanged({
      path: '/project/a.ts',
      languageId: 'typescript',
      getText: () => assert.fail('read a forbidden file'),
    });
    await clock.advance(1000);
    assert.deepEqual(updates, []);
  });

  it('learns changed files together, and forgets deleted ones', async () => {
    const { learning, clock, learned, forgotten, read } = setUp({ '/project/a.ts': 'a', '/project/b.ts': 'b' });
    learning.fileChanged('/project/a.ts');
    learning.fileChanged('/project/b.ts');
    learning.fileChanged('/project/a.ts');
    learning.fileChanged('/project/dist/built.ts');
    learning.fileChanged('/project/gone.ts');
    learning.fileDeleted('/project/gone.ts');
    await clock.advance(1000);
    await clock.settle();
    assert.deepEqual(learned(), ['a.ts', 'b.ts']);
    assert.deepEqual(forgotten, ['gone.ts']);
    assert.deepEqual(read, ['/project/a.ts', '/project/b.ts']);
  });

  it('forgets the files of a folder that is deleted', async () => {
    const { learning, forgotten } = setUp({ '/project/old/a.ts': 'a', '/project/older/b.ts': 'b' });
    await learning.learnAll();
    learning.fileDeleted('/project/old');
    assert.deepEqual(forgotten, ['old', 'old/a.ts']);
  });

  it('keeps what changed beyond the bounds of a walk, and forgets what is gone', async () => {
    const files: Record<string, string> = { '/project/a.ts': 'a', '/project/b.ts': 'b' };
    const { learning, clock, forgotten, limitWalk } = setUp(files);
    await learning.learnAll();
    limitWalk(0);
    delete files['/project/b.ts'];
    await learning.learnAll();
    await clock.settle();
    assert.deepEqual(forgotten, ['b.ts']);
  });

  it('forgets what may not be read any more, and learns what may be read now', async () => {
    const { learning, clock, learned, forgotten, forbid } = setUp(
      { '/project/a.ts': 'a', '/project/b.ts': 'b', '/project/c.ts': 'c' },
      { forbidden: /c\.ts/ },
    );
    await learning.learnAll();
    forbid(/a\.ts/);
    learning.verdictsChanged();
    await clock.advance(1000);
    learning.verdictsChanged();
    await clock.advance(3000);
    assert.deepEqual(learned(), ['a.ts', 'b.ts', 'c.ts']);
    assert.deepEqual(forgotten, ['a.ts']);
  });

  it('goes on after the model failed', async () => {
    const { learning, learned, holdLearning } = setUp({ '/project/a.ts': 'a' });
    holdLearning(() => Promise.reject(new Error('the worker is gone')));
    await learning.learnAll();
    holdLearning(() => Promise.resolve());
    await learning.learnAll();
    assert.deepEqual(learned(), ['a.ts']);
  });

  it('does nothing more once it is disposed, and leaves no timer', async () => {
    const { learning, clock, learned, updates } = setUp({ '/project/a.ts': 'a' });
    const run = learning.learnAll();
    learning.documentChanged({ path: '/project/a.ts', languageId: 'typescript', getText: () => 'a' });
    learning.fileChanged('/project/a.ts');
    learning.dispose();
    await run;
    await clock.advance(5000);
    assert.deepEqual([learned(), updates], [[], []]);
    assert.equal(clock.pendingTimers, 0);
  });
});
