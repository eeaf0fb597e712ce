/** Whoever writes for the ledger: a thread with the database, or this one with memory alone. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { createMemoryStore } from './memory-store.ts';
import type { FromLedgerThread, LedgerTrouble, LedgerWorkerData, ToLedgerThread } from './messages.ts';
import { createWriterSession } from './writer-session.ts';

export interface LedgerThread {
  post(message: ToLedgerThread): void;
  end(): Promise<void>;
}

export interface LedgerThreadEvents {
  readonly onMessage: (message: FromLedgerThread) => void;
  readonly onDeath: (reason: string) => void;
}

/** Rows are small and written at once. */
const HEAP_MEGABYTES = 64;
const YOUNG_MEGABYTES = 4;

export function startLedgerThread(
  workerPath: string,
  workerData: LedgerWorkerData,
  { onMessage, onDeath }: LedgerThreadEvents,
): LedgerThread {
  const worker = new Worker(workerPath, {
    workerData,
    name: 'reaper-ledger',
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  let isOver = false;
  const die = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    onDeath(reason);
  };
  worker.on('message', (message: FromLedgerThread) => {
    if (!isOver) onMessage(message);
  });
  worker.on('error', (error) => die(error.message));
  worker.on('messageerror', (error) => die(error.message));
  worker.on('exit', (code) => die(`it ended with code ${code}`));
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    post: (message) => worker.postMessage(message),
    end: async () => {
      isOver = true;
      await worker.terminate();
    },
  };
}

/** The same without a database, for as long as the window is open. */
export function startMemoryWriter(
  clock: Clock,
  trouble: LedgerTrouble,
  onMessage: (message: FromLedgerThread) => void,
): LedgerThread {
  const session = createWriterSession({
    openStore: createMemoryStore,
    troubleOf: () => trouble,
    post: onMessage,
    clock,
  });
  return { post: (message) => session.receive(message), end: () => Promise.resolve() };
}
