/** What the thread of the extension and that of the predictor say to each other. */
import type { LearnableFile, Prediction, PredictionQuery } from './predictor.ts';

export interface PredictorWorkerData {
  /** Where what was learned is kept; `undefined` keeps nothing. */
  readonly snapshotFile: string | undefined;
  readonly memoryBytes: number;
}

export type ToWorker =
  | { readonly type: 'predict'; readonly id: number; readonly query: PredictionQuery }
  | { readonly type: 'learn'; readonly id: number; readonly files: readonly LearnableFile[] }
  | { readonly type: 'update'; readonly file: LearnableFile }
  | { readonly type: 'forget'; readonly path: string }
  /** Restored files that may still be read; the others count once they are learned again. */
  | { readonly type: 'confirm'; readonly paths: readonly string[] }
  | { readonly type: 'stop' };

export type FromWorker =
  /** Also for a question that was dropped because a newer one came: without a prediction. */
  | { readonly type: 'predicted'; readonly id: number; readonly prediction: Prediction | undefined }
  | { readonly type: 'learned'; readonly id: number }
  | { readonly type: 'restored'; readonly paths: readonly string[] }
  | { readonly type: 'state'; readonly state: WorkerState }
  | { readonly type: 'problem'; readonly message: string }
  /** Everything is saved; the worker may be ended. */
  | { readonly type: 'stopped' };

export interface WorkerState {
  readonly isLearning: boolean;
  readonly files: number;
  readonly tokens: number;
  readonly memoryBytes: number;
}
