/** What a stage of `npm test` is: a name, what it checks, and a run that counts. */

export interface StageResult {
  readonly passed: number;
  readonly failed: number;
  /** Shown when something failed. */
  readonly output: string;
  /** Said on the summary line, e.g. why a stage had nothing to do on this system. */
  readonly note?: string;
}

export interface StageOptions {
  /** Host tests in a downloaded desktop VS Code instead of the server. */
  readonly electron: boolean;
  /** Unit tests under c8; the report goes to `coverage/`. */
  readonly coverage: boolean;
  /** Only tests whose full title matches. */
  readonly grep: string | undefined;
}

export interface Stage {
  readonly name: string;
  readonly summary: string;
  /** Much longer than a busy machine needs. What is not done by then never will be: the stage is ended, and has failed. */
  readonly limitMs: number;
  /** Set-up that only this stage needs; it reports its own progress. If it fails, the stage has failed and is not run. */
  prepare?(options: StageOptions): Promise<void>;
  /** Ends everything that it has started when `signal` is aborted. */
  run(options: StageOptions, signal: AbortSignal): Promise<StageResult>;
}
