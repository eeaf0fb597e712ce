/** What the worker does with its messages: answers come first, and learning is done in slices between them. */
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { errorMessage } from '../base/errors.ts';
import { redactSecrets } from '../base/redact.ts';
import { limitsFor } from './limits.ts';
import type { FromWorker, PredictorWorkerData, ToWorker } from './messages.ts';
import type { LearnableFile, Prediction, PredictionQuery } from './predictor.ts';
import { SnapshotError } from './snapshot-bytes.ts';
import { loadSnapshot, saveSnapshot, setAside } from './snapshot-file.ts';
import { WorkspaceModel } from './workspace-model.ts';

/** A question waits for no more than this, or one step of the work, whichever is longer. */
const SLICE_MS = 1;
/** After the last change; a burst of changes is saved once. */
const SAVE_AFTER_MS = 15_000;
const STATE_EVERY_MS = 200;

export interface SessionPorts {
  readonly post: (message: FromWorker) => void;
  /** Runs the callback soon, after messages that have arrived. */
  readonly defer: (callback: () => void) => void;
  readonly clock: Clock;
}

export interface WorkerSession {
  receive(message: ToWorker): void;
}

interface Question {
  readonly id: number;
  readonly query: PredictionQuery;
}

type Work = () => Generator<void, void>;

export function createWorkerSession(data: PredictorWorkerData, ports: SessionPorts): WorkerSession {
  return new Session(data, ports);
}

class Session implements WorkerSession {
  readonly #data: PredictorWorkerData;
  readonly #ports: SessionPorts;
  #model: WorkspaceModel;
  #question: Question | undefined;
  readonly #queue: Work[] = [];
  #running: Generator<void, void> | undefined;
  #isDeferred = false;
  /** Something was learned or forgotten that is not on disk. */
  #isDirty = false;
  #saveTimer: Disposable | undefined;
  #saidStateAt = Number.NEGATIVE_INFINITY;

  constructor(data: PredictorWorkerData, ports: SessionPorts) {
    this.#data = data;
    this.#ports = ports;
    this.#model = new WorkspaceModel(limitsFor(data.memoryBytes));
    if (data.snapshotFile !== undefined) {
      const file = data.snapshotFile;
      this.#enqueue(() => this.#load(file));
    }
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'predict':
        this.#ask(message);
        break;
      case 'learn':
        this.#enqueue(() => this.#learn(message.id, message.files));
        break;
      case 'update':
        this.#model.corpus.focusOn(message.file.path);
        this.#enqueue(() => this.#learnFile(message.file));
        break;
      case 'forget':
        this.#forget(message.path);
        break;
      case 'confirm':
        for (const path of message.paths) {
          this.#model.corpus.confirm(path);
        }
        break;
      case 'stop':
        this.#stop();
        break;
    }
    this.#schedule();
  }

  #ask(question: Question): void {
    if (this.#question !== undefined) {
      this.#ports.post({ type: 'predicted', id: this.#question.id, prediction: undefined });
    }
    this.#question = question;
  }

  #answer({ id, query }: Question): void {
    const { corpus } = this.#model;
    let prediction: Prediction | undefined;
    this.#attempt('A prediction failed', () => {
      corpus.focusOn(query.path);
      prediction = this.#model.predict(query, this.#ports.clock);
    });
    this.#ports.post({ type: 'predicted', id, prediction });
  }

  #forget(path: string): void {
    // At once, so that nothing of it is suggested any more; and again in turn, in case it waits to be learned.
    this.#model.corpus.forget(path);
    this.#changed();
    this.#enqueue(() => {
      this.#model.corpus.forget(path);
      return nothing();
    });
  }

  *#learn(id: number, files: readonly LearnableFile[]): Generator<void, void> {
    for (const file of files) {
      yield* this.#learnFile(file);
    }
    this.#ports.post({ type: 'learned', id });
  }

  *#learnFile(file: LearnableFile): Generator<void, void> {
    // What is learned is suggested elsewhere and kept on disk: no secret gets so far.
    const safe = redactSecrets(file.text);
    const text = safe.includes('\r') ? safe.replaceAll('\r\n', '\n') : safe;
    if (yield* this.#model.corpus.learn({ ...file, text })) {
      this.#changed();
    }
  }

  #stop(): void {
    this.#enqueue(() => this.#save());
    this.#enqueue(() => {
      this.#saveTimer?.dispose();
      this.#ports.post({ type: 'stopped' });
      return nothing();
    });
  }

  #changed(): void {
    this.#isDirty = true;
    this.#saveTimer?.dispose();
    this.#saveTimer = this.#ports.clock.setTimeout(() => {
      this.#enqueue(() => this.#save());
      this.#schedule();
    }, SAVE_AFTER_MS);
  }

  *#load(file: string): Generator<void, void> {
    const { corpus } = this.#model;
    try {
      if (yield* loadSnapshot(file, corpus, limitsFor(this.#data.memoryBytes))) {
        this.#ports.post({ type: 'restored', paths: corpus.files.map(({ path }) => path) });
      }
    } catch (error) {
      this.#model = new WorkspaceModel(limitsFor(this.#data.memoryBytes));
      this.#problem('What was learned before could not be read and is learned anew', error);
      if (error instanceof SnapshotError) {
        this.#attempt('The bad file could not be moved away', () => setAside(file));
      }
    }
  }

  *#save(): Generator<void, void> {
    const { snapshotFile } = this.#data;
    if (!this.#isDirty || snapshotFile === undefined) {
      return;
    }
    this.#isDirty = false;
    try {
      yield* saveSnapshot(snapshotFile, this.#model.corpus);
    } catch (error) {
      this.#problem('What was learned could not be saved', error);
    }
  }

  #attempt(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#problem(what, error);
    }
  }

  #problem(what: string, error: unknown): void {
    this.#ports.post({ type: 'problem', message: `${what}: ${errorMessage(error)}` });
  }

  #enqueue(work: Work): void {
    this.#queue.push(work);
  }

  #schedule(): void {
    if (!this.#isDeferred) {
      this.#isDeferred = true;
      this.#ports.defer(() => {
        this.#isDeferred = false;
        this.#step();
      });
    }
  }

  /** One answer or one slice of work; then the messages that have come meanwhile. */
  #step(): void {
    const question = this.#question;
    if (question !== undefined) {
      this.#question = undefined;
      this.#answer(question);
    } else {
      this.#work();
    }
    if (this.#question !== undefined || this.#running !== undefined || this.#queue.length > 0) {
      this.#schedule();
    }
  }

  #work(): void {
    const { clock } = this.#ports;
    const startedAt = clock.now();
    while (clock.now() - startedAt < SLICE_MS) {
      this.#running ??= this.#queue.shift()?.() ?? this.#tidy();
      if (this.#running === undefined) {
        break;
      }
      if (this.#running.next().done === true) {
        this.#running = undefined;
      }
    }
    this.#sayState();
  }

  /** What is done when there is nothing else to do. */
  #tidy(): Generator<void, void> | undefined {
    const { corpus } = this.#model;
    return corpus.wantsRebuild ? corpus.rebuild() : undefined;
  }

  #sayState(): void {
    const now = this.#ports.clock.now();
    const isLearning = this.#running !== undefined || this.#queue.length > 0;
    if (isLearning && now - this.#saidStateAt < STATE_EVERY_MS) {
      return;
    }
    this.#saidStateAt = now;
    const { corpus } = this.#model;
    const memoryBytes = this.#model.memoryBytes + getHeapStatistics().total_physical_size;
    const state = { isLearning, files: corpus.liveFiles, tokens: corpus.liveTokens, memoryBytes };
    this.#ports.post({ type: 'state', state });
  }
}

function* nothing(): Generator<void, void> {
  // The work was done when it was started.
}
