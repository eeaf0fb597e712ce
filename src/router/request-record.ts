/** What is kept of each upstream attempt: made in one `finally`, for the ledger, the log and the user. */
import type { ErrorKind } from '../base/errors.ts';
import type { Purpose, Strategy } from './model-request.ts';
import type { FinishReason, TokenUsage } from './stream-part.ts';

export type AttemptOutcome =
  | { readonly type: 'finished'; readonly reason: FinishReason }
  | { readonly type: 'failed'; readonly kind: ErrorKind; readonly message: string }
  | { readonly type: 'cancelled' };

/** US dollars. `estimated`: from counted tokens or a guessed price class; `unknown`: the model has no known price. */
export interface Cost {
  readonly usd: number;
  readonly certainty: 'exact' | 'estimated' | 'unknown';
}

/** What part an attempt had in its request. */
export type AttemptRole = 'only' | 'winner' | 'loser' | 'hedge' | 'piece' | 'merger' | 'retry';

export interface RequestRecord {
  readonly id: string;
  /** The same for all attempts of one `router.stream` call. */
  readonly requestId: string;
  readonly purpose: Purpose;
  readonly conversationId: string | undefined;
  readonly strategy: Strategy;
  readonly role: AttemptRole;
  /** Why this provider was asked: `first choice`, `fallback after auth from openai`, ... */
  readonly reason: string;
  readonly providerId: string;
  readonly model: string;
  readonly startedAt: number;
  /** Milliseconds from the start to the first text that is not white space. */
  readonly firstUsefulTokenMs: number | undefined;
  readonly totalMs: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  /** Which of several keys or accounts; see `Credential.id`. */
  readonly credentialId: string | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly outcome: AttemptOutcome;
  readonly warnings: readonly string[];
}
