/** The predictor's thread: the embedded model, away from the editor's. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import type { PredictorWorkerData, ToWorker } from './messages.ts';
import { createWorkerSession } from './worker-session.ts';

const session = createWorkerSession(workerData as PredictorWorkerData, {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  post: (message) => parentPort?.postMessage(message),
  defer: (callback) => void setImmediate(callback),
  clock: systemClock,
});

parentPort?.on('message', (message: ToWorker) => session.receive(message));
