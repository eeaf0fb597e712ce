/** Whoever writes for the ledger: a thread with the database, or this one with memory alone. */
import type { Clock } from '../base/clock.ts';
import { startWorkerThread, type WorkerThread, type WorkerThreadEvents } from '../base/worker-thread.ts';
import { createMemoryStore } from './memory-store.ts';
import type { FromLedgerThread, LedgerTrouble, LedgerWorkerData, ToLedgerThread } from './messages.ts';
import { createWriterSession } from './writer-session.ts';

export type LedgerThread = WorkerThread<ToLedgerThread>;

/** Rows are small and written at once. */
const HEAP_MEGABYTES = 64;
const YOUNG_MEGABYTES = 4;

export function startLedgerThread(
  workerPath: string,
  workerData: LedgerWorkerData,
  events: WorkerThreadEvents<FromLedgerThread>,
): LedgerThread {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
  return startWorkerThread(workerPath, { workerData, name: 'reaper-ledger', resourceLimits }, events);
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
