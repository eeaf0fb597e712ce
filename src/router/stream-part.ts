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

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'refused' | 'interrupted';

export type StreamPart =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly id: string; readonly json: string }
  | { readonly type: 'tool-call-end'; readonly id: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  /** An option that this provider does not support was left out: never silently. */
  | { readonly type: 'warning'; readonly message: string }
  /** A better stream takes over; the text so far is void. Only speculation emits it. */
  | { readonly type: 'replace' }
  | { readonly type: 'finish'; readonly reason: FinishReason };
