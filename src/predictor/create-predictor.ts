/** The embedded model behind its contract: starts the worker when it is needed, and starts it again when it dies. */
import { join } from 'node:path';
import { untilAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ReaperError, errorMessage } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { FromWorker, PredictorWorkerData, ToWorker, WorkerState } from './messages.ts';
import { endOfPrefix } from './prefix.ts';
import type { LearnableFile, Prediction, PredictionQuery, Predictor, PredictorState } from './predictor.ts';
import { startThread, type Thread } from './thread.ts';

export interface PredictorOptions {
  /** The bundled `worker.ts`. */
  readonly workerPath: string;
  /** Where what was learned is kept between sessions; `undefined` keeps nothing. */
  readonly storageFolder: string | undefined;
  /** Of the worker, everything included. */
  readonly memoryBytes?: number;
  /** Whether a file that was learned in an earlier session may still be read. Without it such files wait to be learned again. */
  readonly mayKeep?: (path: string) => Promise<boolean>;
  /** The worker died and what it had learned since it last saved is lost: the files should be learned again. */
  readonly onLost?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The bound. */
const MEMORY_BYTES = 64 * 2 ** 20;
const SNAPSHOT_NAME = 'workspace-model.bin';
/** Text in one message; copying it takes a fraction of a millisecond. */
const MESSAGE_CHARACTERS = 128 * 1024;
const SUFFIX_CHARACTERS = 2_000;
/** A worker that dies so often in a while has a fault that starting anew does not cure. */
const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 10 * 60 * 1000;
/** The worker answers in milliseconds; one that does not in this time never will. */
const HANGING_MS = 10_000;
/** VS Code gives an extension five seconds to shut down. */
const STOP_MS = 3_000;
/** Files asked about at a time. */
const KEEP_BATCH = 32;

export function createPredictor(options: PredictorOptions): Predictor {
  return new WorkerPredictor(options);
}

const NOTHING_LEARNED: WorkerState = { isLearning: true, files: 0, tokens: 0, memoryBytes: 0 };

class WorkerPredictor implements Predictor {
  readonly #options: PredictorOptions;
  readonly #emitter = new Emitter<PredictorState>();
  readonly onStateChanged = this.#emitter.event;
  #state: PredictorState = { state: 'learning', files: 0, tokens: 0, memoryBytes: 0, problem: undefined };
  #thread: Thread | undefined;
  #nextId = 1;
  readonly #questions = new Map<number, (prediction: Prediction | undefined) => void>();
  readonly #lessons = new Map<number, () => void>();
  #watchdog: Disposable | undefined;
  readonly #deaths: number[] = [];
  #isDisposed = false;
  #stopped: (() => void) | undefined;
  readonly #knownProblems = new Set<string>();

  constructor(options: PredictorOptions) {
    this.#options = options;
  }

  get state(): PredictorState {
    return this.#state;
  }

  async predict(query: PredictionQuery, signal: AbortSignal): Promise<Prediction | undefined> {
    if (signal.aborted) {
      throw new ReaperError('cancelled', 'Cancelled');
    }
    const id = this.#nextId++;
    const { prefix, suffix } = query;
    const short = { ...query, prefix: endOfPrefix(prefix), suffix: suffix.slice(0, SUFFIX_CHARACTERS) };
    const answer = new Promise<Prediction | undefined>((resolve) => this.#questions.set(id, resolve));
    if (!this.#send({ type: 'predict', id, query: short })) {
      this.#settle(id, undefined);
    } else {
      this.#watch();
    }
    return untilAborted(answer, signal);
  }

  async learn(files: readonly LearnableFile[]): Promise<void> {
    for (const batch of batchesOf(files)) {
      const id = this.#nextId++;
      await new Promise<void>((resolve) => {
        this.#lessons.set(id, resolve);
        if (!this.#send({ type: 'learn', id, files: batch })) {
          this.#finishLesson(id);
        }
      });
    }
  }

  forget(path: string): void {
    this.#send({ type: 'forget', path });
  }

  update(file: LearnableFile): void {
    this.#send({ type: 'update', file });
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) {
      return;
    }
    const thread = this.#thread;
    if (thread !== undefined) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.setTimeout(resolve, STOP_MS);
        this.#stopped = () => {
          timer.dispose();
          resolve();
        };
        this.#send({ type: 'stop' });
      });
    }
    this.#isDisposed = true;
    this.#thread = undefined;
    this.#release();
    this.#setState({ ...this.#state, state: 'off' });
    this.#emitter.dispose();
    await thread?.end();
  }

  /** False if there is no worker and will be none. */
  #send(message: ToWorker): boolean {
    if (this.#isDisposed || this.#state.state === 'failed') {
      return false;
    }
    try {
      this.#thread ??= this.#start();
      this.#thread.post(message);
      return true;
    } catch (error) {
      this.#fail(`The worker could not be started: ${errorMessage(error)}`);
      return false;
    }
  }

  #start(): Thread {
    const { workerPath, storageFolder, memoryBytes = MEMORY_BYTES } = this.#options;
    const snapshotFile = storageFolder === undefined ? undefined : join(storageFolder, SNAPSHOT_NAME);
    const data: PredictorWorkerData = { snapshotFile, memoryBytes };
    return startThread(workerPath, data, {
      onMessage: (message) => this.#receive(message),
      onDeath: (reason) => this.#died(reason),
    });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'predicted':
        this.#settle(message.id, message.prediction);
        break;
      case 'learned':
        this.#finishLesson(message.id);
        break;
      case 'restored':
        void this.#confirm(message.paths);
        break;
      case 'state':
        this.#setState(stateOf(message.state));
        break;
      case 'problem':
        this.#warnOnce(message.message);
        break;
      case 'stopped':
        this.#stopped?.();
        break;
    }
  }

  /** Asks about restored files a few at a time; one that may not be kept, or that nobody knows about, is forgotten or waits. */
  async #confirm(paths: readonly string[]): Promise<void> {
    const { mayKeep } = this.#options;
    if (mayKeep === undefined) {
      return;
    }
    for (let from = 0; from < paths.length && !this.#isDisposed; from += KEEP_BATCH) {
      const batch = paths.slice(from, from + KEEP_BATCH);
      const verdicts = await Promise.allSettled(batch.map(mayKeep));
      const kept = batch.filter((_, index) => {
        const verdict = verdicts[index]!;
        return verdict.status === 'fulfilled' && verdict.value;
      });
      const rejected = batch.filter((_, index) => {
        const verdict = verdicts[index]!;
        return verdict.status === 'fulfilled' && !verdict.value;
      });
      this.#send({ type: 'confirm', paths: kept });
      rejected.forEach((path) => this.forget(path));
    }
  }

  #settle(id: number, prediction: Prediction | undefined): void {
    this.#questions.get(id)?.(prediction);
    this.#questions.delete(id);
    if (this.#questions.size === 0) {
      this.#watchdog?.dispose();
      this.#watchdog = undefined;
    }
  }

  #finishLesson(id: number): void {
    this.#lessons.get(id)?.();
    this.#lessons.delete(id);
  }

  #watch(): void {
    this.#watchdog ??= this.#options.clock.setTimeout(() => {
      const thread = this.#thread;
      if (thread !== undefined) {
        void thread.end();
        this.#died('it does not answer any more');
      }
    }, HANGING_MS);
  }

  #died(reason: string): void {
    const { clock, logger, onLost } = this.#options;
    this.#thread = undefined;
    this.#release();
    this.#stopped?.();
    if (this.#isDisposed) {
      return;
    }
    const now = clock.now();
    this.#deaths.push(now);
    const recent = this.#deaths.filter((at) => now - at < RESTART_WINDOW_MS);
    if (recent.length > MAX_RESTARTS) {
      this.#fail(`The worker died ${recent.length} times, the last time because: ${reason}`);
      return;
    }
    logger.warn(`The worker died and is started anew: ${reason}`);
    this.#setState(stateOf(NOTHING_LEARNED));
    onLost?.();
  }

  /** Nobody waits for an answer that cannot come. */
  #release(): void {
    for (const id of this.#questions.keys()) {
      this.#settle(id, undefined);
    }
    for (const id of this.#lessons.keys()) {
      this.#finishLesson(id);
    }
  }

  #fail(problem: string): void {
    this.#options.logger.error(problem);
    this.#setState({ state: 'failed', files: 0, tokens: 0, memoryBytes: 0, problem });
  }

  #warnOnce(message: string): void {
    if (!this.#knownProblems.has(message)) {
      this.#knownProblems.add(message);
      this.#options.logger.warn(message);
    }
  }

  #setState(state: PredictorState): void {
    this.#state = state;
    this.#emitter.fire(state);
  }
}

function stateOf({ isLearning, files, tokens, memoryBytes }: WorkerState): PredictorState {
  return { state: isLearning ? 'learning' : 'ready', files, tokens, memoryBytes, problem: undefined };
}

/** Parts of bounded size, each at least one file. */
function* batchesOf(files: readonly LearnableFile[]): Generator<readonly LearnableFile[], void> {
  let batch: LearnableFile[] = [];
  let characters = 0;
  for (const file of files) {
    if (batch.length > 0 && characters + file.text.length > MESSAGE_CHARACTERS) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(file);
    characters += file.text.length;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
