/** A worker thread that tells once when it dies. */
import { Worker, type WorkerOptions } from 'node:worker_threads';

export interface WorkerThread<ToThread> {
  post(message: ToThread): void;
  /** Ends it without a word. */
  end(): Promise<void>;
}

export interface WorkerThreadEvents<FromThread> {
  readonly onMessage: (message: FromThread) => void;
  readonly onDeath: (reason: string) => void;
}

export function startWorkerThread<ToThread, FromThread>(
  path: string,
  options: WorkerOptions,
  { onMessage, onDeath }: WorkerThreadEvents<FromThread>,
): WorkerThread<ToThread> {
  const worker = new Worker(path, options);
  let isOver = false;
  const die = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    onDeath(reason);
  };
  worker.on('message', (message: FromThread) => {
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
