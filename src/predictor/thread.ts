/** A worker thread that tells once when it dies. */
import { Worker } from 'node:worker_threads';
import type { FromWorker, PredictorWorkerData, ToWorker } from './messages.ts';

export interface Thread {
  post(message: ToWorker): void;
  /** Ends it without a word. */
  end(): Promise<void>;
}

export interface ThreadEvents {
  readonly onMessage: (message: FromWorker) => void;
  readonly onDeath: (reason: string) => void;
}

/** The arrays of the model are outside of the heap; what is inside stays far below. */
const HEAP_MEGABYTES = 32;
/** New objects are short-lived here; a small nursery keeps the thread small. */
const YOUNG_MEGABYTES = 4;

export function startThread(path: string, workerData: PredictorWorkerData, events: ThreadEvents): Thread {
  const worker = new Worker(path, {
    workerData,
    name: 'reaper-predictor',
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  let isOver = false;
  const die = (reason: string): void => {
    if (!isOver) {
      isOver = true;
      events.onDeath(reason);
    }
  };
  worker.on('message', (message: FromWorker) => {
    if (!isOver) {
      events.onMessage(message);
    }
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
