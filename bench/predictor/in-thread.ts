/** Measures the predictor as the extension runs it, in its thread: learning a large tree, memory, and answers meanwhile. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createPredictor } from '../../src/predictor/create-predictor.ts';
import type { Predictor } from '../../src/predictor/predictor.ts';
import type { SourceFile, Tree } from './trees.ts';
import { positionsIn } from './positions.ts';

export interface ThreadResult {
  readonly files: number;
  readonly characters: number;
  readonly tokens: number;
  readonly learnMs: number;
  /** As the worker counts its arrays and its heap. */
  readonly memoryBytes: number;
  /** By how much the process grew. */
  readonly residentBytes: number;
  readonly snapshotBytes: number;
  readonly restoreMs: number;
  /** Of our work in the main thread while it learned: preparing and sending one message. */
  readonly longestStretchMs: number;
  readonly roundTripsIdle: readonly number[];
  readonly roundTripsLearning: readonly number[];
}

const WORKER = fileURLToPath(new URL('../../src/predictor/worker.ts', import.meta.url));
const QUESTIONS = 400;

export async function measureThread(tree: Tree, files: readonly SourceFile[]): Promise<ThreadResult> {
  const storageFolder = mkdtempSync(join(tmpdir(), 'reaper-bench-'));
  const options = { workerPath: WORKER, storageFolder, clock: systemClock, logger: silentLogger };
  const questions = files
    .slice(0, 40)
    .flatMap(({ path, text }) => positionsIn(path, text).map(({ offset }) => ({ path, prefix: text.slice(0, offset) })))
    .slice(0, QUESTIONS);
  const ask = async (predictor: Predictor, index: number): Promise<number> => {
    const { path, prefix } = questions[index % questions.length]!;
    const startedAt = performance.now();
    const query = { path, language: tree.language, prefix, suffix: '', maxLines: 1 };
    await predictor.predict(query, new AbortController().signal);
    return performance.now() - startedAt;
  };
  const lessons = files.map(({ path, text }) => ({ path, language: tree.language, text }));
  const before = residentBytes();
  const predictor = createPredictor(options);
  await ask(predictor, 0);
  const stretch = watchMessages();
  const startedAt = performance.now();
  await predictor.learn(lessons);
  const learnMs = performance.now() - startedAt;
  const longestStretchMs = stretch.end();
  const roundTripsIdle: number[] = [];
  for (let index = 0; index < questions.length; index++) {
    roundTripsIdle.push(await ask(predictor, index));
  }
  const { memoryBytes, tokens } = predictor.state;
  const grown = residentBytes() - before;
  const roundTripsLearning: number[] = [];
  let isLearning = true;
  // Changed, or they would be known.
  const again = predictor
    .learn(lessons.map((file) => ({ ...file, text: `${file.text}\n` })))
    .then(() => (isLearning = false));
  for (let index = 0; isLearning; index++) {
    roundTripsLearning.push(await ask(predictor, index));
  }
  await again;
  await predictor.dispose();
  const snapshotBytes = statSync(join(storageFolder, 'workspace-model.bin')).size;
  const restoreMs = await measureRestore(options);
  rmSync(storageFolder, { recursive: true });
  return {
    files: files.length,
    characters: files.reduce((sum, { text }) => sum + text.length, 0),
    tokens,
    learnMs,
    memoryBytes,
    residentBytes: grown,
    snapshotBytes,
    restoreMs,
    longestStretchMs,
    roundTripsIdle,
    roundTripsLearning,
  };
}

/** Times each message to a worker: copying it is all that learning does in the main thread. */
function watchMessages(): { end(): number } {
  const original = Worker.prototype.postMessage;
  let longestMs = 0;
  Worker.prototype.postMessage = function (this: Worker, ...message: Parameters<Worker['postMessage']>): void {
    const startedAt = performance.now();
    original.apply(this, message);
    longestMs = Math.max(longestMs, performance.now() - startedAt);
  };
  return {
    end: () => {
      Worker.prototype.postMessage = original;
      return longestMs;
    },
  };
}

async function measureRestore(options: Parameters<typeof createPredictor>[0]): Promise<number> {
  const startedAt = performance.now();
  const restored = Promise.withResolvers<void>();
  const predictor = createPredictor({ ...options, mayKeep: () => Promise.resolve(true) });
  predictor.onStateChanged(({ state }) => state === 'ready' && restored.resolve());
  await predictor.predict(
    { path: 'a', language: '', prefix: '', suffix: '', maxLines: 1 },
    new AbortController().signal,
  );
  await restored.promise;
  const restoreMs = performance.now() - startedAt;
  await predictor.dispose();
  return restoreMs;
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
