/** Syntax by a worker that is started on first use, stopped when idle, and never waited for longer than a keystroke allows. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { decideByText } from './decide-by-text.ts';
import { grammarFile } from './grammars.ts';
import type { Syntax, SyntaxFacts, SyntaxQuery } from './syntax.ts';
import { tailFromDefinition } from './window-start.ts';
import type { SyntaxReply, SyntaxRequest, SyntaxWorkerData } from './worker-messages.ts';

export interface SyntaxOptions {
  /** Absolute path of the bundled worker (`dist/syntax-worker.js`). */
  readonly workerPath: string;
  /** The folder that holds `GRAMMAR_FOLDER_FILES`. */
  readonly grammarFolder: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly startWorker?: (path: string, data: SyntaxWorkerData) => SyntaxWorker;
}

/** What is used of a worker thread. */
export interface SyntaxWorker {
  postMessage(request: SyntaxRequest): void;
  on(event: 'message', listener: (reply: SyntaxReply) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

/** The window that is parsed: a few milliseconds' work, and more text hardly changes what the cursor is in. */
const BEFORE_CHARACTERS = 6144;
const AFTER_CHARACTERS = 2048;
/** A keystroke can wait so long for a better answer than indentation gives; a warm parse takes 1 to 5 ms. */
const LATE_MS = 30;
/** A parse that takes so long hangs. The first one loads a grammar (up to 150 ms). */
const HANGS_MS = 5000;
/** The thread and a grammar hold 20 to 40 MB, and a restart costs about 100 ms that no keystroke waits for. */
const IDLE_MS = 60_000;
const MAX_CRASHES = 3;

interface Job {
  readonly id: number;
  readonly query: SyntaxQuery;
  /** Takes the worker's answer, or `undefined` for that of the lines; later calls do nothing. */
  settle(facts: SyntaxFacts | undefined): void;
}

export function createSyntax(options: SyntaxOptions): Syntax {
  const { clock, logger, startWorker = startThread } = options;
  let worker: SyntaxWorker | undefined;
  let running: { readonly job: Job; readonly watch: Disposable } | undefined;
  let waiting: Job | undefined;
  let idle: Disposable | undefined;
  let usedAt = 0;
  let crashes = 0;
  let nextId = 0;
  let disposed = false;

  const jobFor = (query: SyntaxQuery, resolve: (facts: SyntaxFacts) => void): Job => {
    let open = true;
    const settle = (facts: SyntaxFacts | undefined): void => {
      if (open) {
        open = false;
        timer.dispose();
        resolve(facts ?? decideByText(query));
      }
    };
    const timer = clock.setTimeout(() => {
      settle(undefined);
      waiting = waiting === job ? undefined : waiting;
    }, LATE_MS);
    const job: Job = { id: nextId++, query, settle };
    return job;
  };

  const send = (job: Job): void => {
    try {
      worker ??= start();
      usedAt = clock.now();
      running = { job, watch: clock.setTimeout(() => lost(worker, 'it does not answer'), HANGS_MS) };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
      worker.postMessage({ id: job.id, query: windowOf(job.query) });
    } catch (error) {
      lost(worker, errorMessage(error));
      job.settle(undefined);
    }
  };

  const start = (): SyntaxWorker => {
    const started = startWorker(options.workerPath, { grammarFolder: options.grammarFolder });
    started.on('message', (reply) => answered(started, reply));
    started.on('error', (error) => lost(started, errorMessage(error)));
    started.on('exit', (code) => lost(started, `it ended with code ${code}`));
    watchIdle();
    return started;
  };

  const answered = (from: SyntaxWorker, reply: SyntaxReply): void => {
    if (from !== worker || running?.job.id !== reply.id) {
      return;
    }
    const { job } = running;
    if (reply.worn && reply.problem !== undefined) {
      lost(from, reply.problem);
      return;
    }
    endRunning();
    job.settle(reply.facts);
    if (reply.worn) {
      stop();
    }
    if (reply.problem !== undefined) {
      logger.warn(`A grammar could not be loaded, indentation decides instead: ${reply.problem}`);
    }
    sendWaiting();
  };

  /** The thread is gone or of no use: what it was asked is answered by the lines, and the next question starts another. */
  const lost = (from: SyntaxWorker | undefined, reason: string): void => {
    if (from !== worker || disposed) {
      return;
    }
    crashes++;
    logger.warn(
      crashes < MAX_CRASHES
        ? `The syntax worker was lost: ${reason}. It is started again when needed.`
        : `The syntax worker was lost ${crashes} times: ${reason}. Indentation decides until the window is reloaded.`,
    );
    const job = running?.job;
    stop();
    job?.settle(undefined);
    sendWaiting();
  };

  const sendWaiting = (): void => {
    const next = waiting;
    waiting = undefined;
    if (next !== undefined) {
      dispatch(next);
    }
  };

  const dispatch = (job: Job): void => {
    if (disposed || crashes >= MAX_CRASHES) {
      job.settle(undefined);
    } else if (running === undefined) {
      send(job);
    } else {
      // Only the newest place is of interest.
      waiting?.settle(undefined);
      waiting = job;
    }
  };

  const endRunning = (): void => {
    running?.watch.dispose();
    running = undefined;
  };

  const stop = (): void => {
    const stopped = worker;
    worker = undefined;
    endRunning();
    idle?.dispose();
    idle = undefined;
    stopped?.terminate().catch((error: unknown) => logger.debug(`Stopping the syntax worker: ${errorMessage(error)}`));
  };

  const watchIdle = (): void => {
    idle = clock.setTimeout(
      () => {
        if (running === undefined && clock.now() - usedAt >= IDLE_MS) {
          stop();
        } else {
          watchIdle();
        }
      },
      Math.max(IDLE_MS / 10, usedAt + IDLE_MS - clock.now()),
    );
  };

  return {
    analyze: (query) =>
      grammarFile(query.languageId) === undefined || disposed
        ? Promise.resolve(decideByText(query))
        : new Promise((resolve) => {
            dispatch(jobFor(query, resolve));
          }),
    analyzeNow: decideByText,
    dispose: () => {
      disposed = true;
      const left = [running?.job, waiting];
      waiting = undefined;
      stop();
      for (const job of left) {
        job?.settle(undefined);
      }
    },
  };
}

function windowOf(query: SyntaxQuery): SyntaxQuery {
  const after = query.after.slice(0, AFTER_CHARACTERS);
  return { ...query, before: tailFromDefinition(query.before, BEFORE_CHARACTERS), after };
}

function startThread(path: string, workerData: SyntaxWorkerData): SyntaxWorker {
  // The heap holds next to nothing, the trees live in WebAssembly memory.
  const worker = new Worker(path, {
    name: 'reaper-syntax',
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
  });
  worker.unref();
  return worker;
}
