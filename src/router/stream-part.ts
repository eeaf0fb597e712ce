/** What comes back from a model, piece by piece: one vocabulary for all providers. */

/** Disjoint token classes; `estimated` when counted here and not told by the server. */
export interface TokenUsage {
  readonly inputUncached: number;
  readonly inputCacheRead: number;
  readonly inputCacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  readonly estimated: boolean;
}

/** Nothing was sent, or nobody bills it. */
export const NO_TOKENS: TokenUsage = {
  inputUncached: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
};

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'refused' | 'interrupted';

export type StreamPart =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** Ends a stretch of reasoning; what the provider wants to see again with it in the next turn. */
  | { readonly type: 'reasoning-end'; readonly signature: string | undefined }
  | { readonly type: 'tool-call-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly id: string; readonly json: string }
  | { readonly type: 'tool-call-end'; readonly id: string; readonly signature?: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  /** An option that this provider does not support was left out: never silently. */
  | { readonly type: 'warning'; readonly message: string }
  /** Who writes what follows. Only the router emits it, before the first useful part and after each `replace`. */
  | AnswerSource
  /** A better stream takes over; the text so far is void. Only speculation emits it. */
  | { readonly type: 'replace' }
  /** One of the answers that were merged into the text, for display. Only merging emits it. */
  | { readonly type: 'merge-piece'; readonly providerId: string; readonly model: string; readonly text: string }
  | { readonly type: 'finish'; readonly reason: FinishReason };

export interface AnswerSource {
  readonly type: 'source';
  readonly providerId: string;
  readonly model: string;
  /** As in the record: `first choice`, `fallback after overloaded from …`. */
  readonly reason: string;
  /** The first choice could not answer: the user should see that. */
  readonly isDegraded: boolean;
}
