/** The thread of the embedded model. */
import { startWorkerThread, type WorkerThread, type WorkerThreadEvents } from '../base/worker-thread.ts';
import type { FromWorker, PredictorWorkerData, ToWorker } from './messages.ts';

export type Thread = WorkerThread<ToWorker>;

/** The arrays of the model are outside of the heap; what is inside stays far below. */
const HEAP_MEGABYTES = 32;
/** New objects are short-lived here; a small nursery keeps the thread small. */
const YOUNG_MEGABYTES = 4;

export function startThread(
  path: string,
  workerData: PredictorWorkerData,
  events: WorkerThreadEvents<FromWorker>,
): Thread {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
  return startWorkerThread(path, { workerData, name: 'reaper-predictor', resourceLimits }, events);
}
