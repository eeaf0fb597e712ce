/** The contract of finishing: from what a model has streamed so far to what may be shown. */

export interface FinishContext {
  readonly languageId: string;
  /** Text before the cursor as it is now, `\n` line breaks; the current line is last. */
  readonly before: string;
  /** Text after the cursor as it is now. */
  readonly after: string;
  readonly mode: 'line' | 'block';
  /** One level of indentation in this file: a tab or a number of blanks. */
  readonly indentUnit: string;
  /** At most this many lines are shown in `block` mode. */
  readonly maxLines: number;
}

export type FinishResult =
  /** More of the stream is needed before anything can be said. */
  | { readonly type: 'wait' }
  /** `final`: more of the stream would not change this. `consumed`: characters of the raw text that this stands for. */
  | { readonly type: 'text'; readonly text: string; readonly final: boolean; readonly consumed: number }
  /** Nothing may be shown; `rule` is the file name of the rule that said so, `reason` is in the user's words. */
  | { readonly type: 'nothing'; readonly rule: string; readonly reason: string };

/** Pure; at most 1 ms for 40 lines. `raw` is what was streamed, from the cursor on; `done` says that the stream has ended. */
export type Finish = (raw: string, done: boolean, context: FinishContext) => FinishResult;

/** Where a stream should be stopped early. `cutAt` is the length of `raw` that is worth keeping. */
export interface StreamEnd {
  readonly cutAt: number;
  readonly reason: 'block-end' | 'repetition' | 'suffix' | 'max-lines';
}

/**
 * Asked as text arrives. In `line` mode the stream goes on for `lookAheadLines` after the first, so that the next suggestion
 * is there after an accept; it stops before that when the block ends, the text repeats itself or runs into the suffix.
 */
export type FindStreamEnd = (raw: string, context: FinishContext, lookAheadLines: number) => StreamEnd | undefined;
