import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { isCancellation } from '../../src/base/errors.ts';
import { type Logger, silentLogger } from '../../src/base/logger.ts';
import { type PredictorOptions, createPredictor } from '../../src/predictor/create-predictor.ts';
import type { Predictor, PredictorState } from '../../src/predictor/predictor.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

const WORKER = fileURLToPath(new URL('../../src/predictor/worker.ts', import.meta.url));
const DYING = fileURLToPath(new URL('workers/dying-worker.ts', import.meta.url));
const HANGING = fileURLToPath(new URL('workers/hanging-worker.ts', import.meta.url));

const BODY = 'export function load(path: string): Promise<Buffer> {\n  return readFile(path);\n}\n';
const FILES = Array.from({ length: 12 }, (_, number) => ({
  path: `f${number}.ts`,
  language: 'typescript',
  text: BODY.repeat(10),
}));
const QUERY = {
  path: 'new.ts',
  language: 'typescript',
  prefix: 'export function load(path: string): ',
  suffix: '',
  maxLines: 1,
};
const never = new AbortController().signal;

let folder: string;
const predictors: Predictor[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reaper-predictor-'));
});

afterEach(async () => {
  await Promise.all(predictors.splice(0).map((predictor) => predictor.dispose()));
  rmSync(folder, { recursive: true });
});

function create(options: Partial<PredictorOptions> = {}): Predictor {
  const predictor = createPredictor({
    workerPath: WORKER,
    storageFolder: undefined,
    memoryBytes: 32 * 2 ** 20,
    clock: systemClock,
    logger: silentLogger,
    ...options,
  });
  predictors.push(predictor);
  return predictor;
}

function until(predictor: Predictor, isReached: (state: PredictorState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (isReached(predictor.state)) {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = predictor.onStateChanged(check);
    check();
  });
}

describe('the predictor', () => {
  it('learns in its thread, predicts, and says what it knows', async () => {
    const predictor = create();
    await predictor.learn(FILES);
    assert.equal((await predictor.predict(QUERY, never))?.text, 'Promise<Buffer> {');
    await until(predictor, ({ state }) => state === 'ready');
    assert.equal(predictor.state.files, FILES.length);
    assert.equal(predictor.state.problem, undefined);
  });

  it('follows what is typed, and forgets', async () => {
    const predictor = create();
    await predictor.learn(FILES);
    const typed = 'const answer = computeAnswer(question, 42);\n'.repeat(3);
    predictor.update({ path: 'typed.ts', language: 'typescript', text: typed });
    const query = { ...QUERY, path: 'other.ts', prefix: 'const answer = computeAnswer(' };
    assert.equal((await askUntil(predictor, query))?.text, 'question, 42);');
    predictor.forget('typed.ts');
    assert.equal(await predictor.predict(query, never), undefined);
  });

  it('keeps what it learned for the next session, once it is said that it may be kept', async () => {
    const first = create({ storageFolder: folder });
    await first.learn(FILES);
    await first.dispose();

    const asked: string[] = [];
    const second = create({
      storageFolder: folder,
      mayKeep: (path) => {
        asked.push(path);
        return Promise.resolve(path !== 'f3.ts');
      },
    });
    assert.equal((await askUntil(second, QUERY))?.text, 'Promise<Buffer> {');
    assert.equal(asked.length, FILES.length);
    await until(second, ({ files }) => files === FILES.length - 1);
  });

  it('is cancelled by the signal, before and while it waits', async () => {
    const predictor = create({ workerPath: HANGING });
    await assert.rejects(predictor.predict(QUERY, AbortSignal.abort()), isCancellation);
    const controller = new AbortController();
    const answer = predictor.predict(QUERY, controller.signal);
    controller.abort();
    await assert.rejects(answer, isCancellation);
  });

  it('does nothing more once it is disposed, twice too', async () => {
    const predictor = create();
    await predictor.learn(FILES);
    await predictor.dispose();
    await predictor.dispose();
    assert.equal(predictor.state.state, 'off');
    assert.equal(await predictor.predict(QUERY, never), undefined);
    await predictor.learn(FILES);
    predictor.update(FILES[0]!);
    predictor.forget('f0.ts');
  });

  it('starts no thread before it is needed', async () => {
    const predictor = create({ workerPath: join(folder, 'missing.js') });
    await predictor.dispose();
    assert.equal(predictor.state.state, 'off');
  });
});

describe('a predictor whose thread dies', () => {
  it('answers nothing, says that things are lost, and starts it anew', async () => {
    let lost = 0;
    const predictor = create({ workerPath: DYING, onLost: () => lost++ });
    await predictor.learn(FILES);
    assert.equal(await predictor.predict(QUERY, never), undefined);
    assert.equal(lost, 1);
    await predictor.learn(FILES);
  });

  it('gives up after a few times, says why once, and lets nobody wait', async () => {
    const errors: string[] = [];
    const logger: Logger = { ...silentLogger, error: (message) => errors.push(message) };
    const predictor = create({ workerPath: DYING, logger });
    for (let attempt = 0; attempt < 6; attempt++) {
      assert.equal(await predictor.predict(QUERY, never), undefined);
    }
    assert.equal(predictor.state.state, 'failed');
    assert.match(predictor.state.problem ?? '', /died 4 times.*no idea/);
    assert.equal(errors.length, 1);
    await predictor.learn(FILES);
  });

  it('also when there is no such file', async () => {
    const predictor = create({ workerPath: join(folder, 'missing.js') });
    for (let attempt = 0; attempt < 6; attempt++) {
      assert.equal(await predictor.predict(QUERY, never), undefined);
    }
    assert.equal(predictor.state.state, 'failed');
  });

  it('and one whose thread hangs starts it anew', async () => {
    const clock = createFakeClock();
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
    const predictor = create({ workerPath: HANGING, clock: clock, logger });
    const answer = predictor.predict(QUERY, never);
    await clock.advance(11_000);
    assert.equal(await answer, undefined);
    assert.match(warnings[0] ?? '', /does not answer/);
    const disposed = predictor.dispose();
    await clock.advance(5_000);
    await disposed;
    assert.equal(clock.pendingTimers, 0);
  });
});

/** Asks again until there is an answer: what was sent before may still be learned. */
async function askUntil(predictor: Predictor, query: typeof QUERY): ReturnType<Predictor['predict']> {
  for (;;) {
    const prediction = await predictor.predict(query, never);
    if (prediction !== undefined) {
      return prediction;
    }
  }
}
