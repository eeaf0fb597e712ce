/** A file as the corpus keeps it: a stretch of tokens and what decides whether it may be suggested from. */

export interface CorpusFile {
  readonly path: string;
  readonly folder: string;
  readonly hash: number;
  /** Tokens from `start` to `end`, the first is `FILE_START`. */
  start: number;
  end: number;
  alive: boolean;
  /** Restored from disk, and nobody has said yet that it may still be read. */
  isUnconfirmed: boolean;
  /** When it was last edited or asked about, by a counter. */
  touched: number;
}

export interface CorpusLimits {
  readonly maxTokens: number;
  readonly maxWords: number;
  readonly maxWordUnits: number;
}
