/** The embedded completion model as the rest of Reaper sees it; the work happens in a worker thread. */
import type { Event } from '../base/event.ts';

export interface PredictionQuery {
  /** Workspace-relative, `/` separated. */
  readonly path: string;
  readonly language: string;
  /** Text before the cursor, `\n` line breaks; a few thousand characters are enough. */
  readonly prefix: string;
  /** Text after the cursor. */
  readonly suffix: string;
  readonly maxLines: number;
}

export interface Prediction {
  readonly text: string;
  /** Calibrated probability that the first line is exactly what will be typed, 0 to 1. */
  readonly confidence: number;
}

export interface PredictorState {
  readonly state: 'off' | 'learning' | 'ready' | 'failed';
  readonly files: number;
  readonly tokens: number;
  readonly memoryBytes: number;
  readonly problem: string | undefined;
}

/** A file to learn. The caller has already asked `privacy` whether it may be read. */
export interface LearnableFile {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

export interface Predictor {
  /** The most likely continuation, or `undefined` below the threshold. Rejects with `cancelled`. */
  predict(query: PredictionQuery, signal: AbortSignal): Promise<Prediction | undefined>;
  /** Learns files in the background; a path that is known is learned anew. */
  learn(files: readonly LearnableFile[]): Promise<void>;
  /** Forgets a deleted or newly ignored file. */
  forget(path: string): void;
  /** What the user has typed lately in an open file: replaces what was known of it. */
  update(file: LearnableFile): void;
  readonly state: PredictorState;
  readonly onStateChanged: Event<PredictorState>;
  /** Writes what was learned to disk, then stops the worker. */
  dispose(): Promise<void>;
}
