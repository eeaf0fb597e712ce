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
  /** Set-up that only this stage needs; it reports its own progress. If it fails, the stage has failed and is not run. */
  prepare?(options: StageOptions): Promise<void>;
  run(options: StageOptions): Promise<StageResult>;
}
