/** When the same candidate is asked once more, and after what wait: the one place that decides about retries. */
import { isCancellation, type ReaperError } from '../base/errors.ts';
import { hasNotConnected } from './network-errors.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

export interface FailureFacts {
  /** Retries of this candidate in this request so far, those without a wait included. */
  readonly retries: number;
  readonly retriedAtOnce: boolean;
  /** Somebody else could answer. */
  readonly hasAnother: boolean;
  readonly isCompletion: boolean;
  /** What is left of the deadline for the first useful token. */
  readonly leftMs: number;
  /** The rejected credential can be replaced by a fresh one, and was not yet. */
  readonly canRenew: boolean;
  /** Other keys of the provider that could be used. */
  readonly otherKeys: number;
}

export type RetryDecision =
  | { readonly type: 'give-up' }
  | { readonly type: 'renew' }
  | { readonly type: 'next-key'; readonly waitMs: number }
  /** Counted against the retry budget. */
  | { readonly type: 'retry'; readonly waitMs: number };

// Doubling from 100 ms to 5 s with full jitter (facts/router §3.1).
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5000;
// Nobody watches an answer that does not begin for longer.
const LONGEST_WAIT_MS = 10_000;
// The big SDKs retry twice; a completion is asked anew with the next key anyway.
const MOST_RETRIES = 3;
const MOST_COMPLETION_RETRIES = 1;

const GIVE_UP: RetryDecision = { type: 'give-up' };

// facts/router §3.1: at most a fifth more requests, so that retries cannot keep a server down.
const RETRY_SHARE = 0.2;
const MOST_RETRIES_SAVED_UP = 10;
const RETRIES_AT_FIRST = 5;

export function createRetryBudget(): TokenBucket {
  return createTokenBucket({ share: RETRY_SHARE, most: MOST_RETRIES_SAVED_UP, atFirst: RETRIES_AT_FIRST });
}

export function decideRetry(error: ReaperError, facts: FailureFacts, random: () => number): RetryDecision {
  if (isCancellation(error) || facts.leftMs <= 0) return GIVE_UP;
  const isKeyFault = error.kind === 'auth' || error.kind === 'quota';
  if (error.kind === 'auth' && error.status !== 403 && facts.canRenew) return { type: 'renew' };
  if (isKeyFault) return facts.otherKeys > 0 ? { type: 'next-key', waitMs: 0 } : GIVE_UP;
  const backoffMs = random() * Math.min(FIRST_BACKOFF_MS * 2 ** facts.retries, LONGEST_BACKOFF_MS);
  const prefersAnother = facts.isCompletion && facts.hasAnother;
  if (error.kind === 'rate-limit' && facts.otherKeys > 0 && !prefersAnother) {
    // Limits are often of the account and not of the key, so the next one is not asked at once.
    return backoffMs <= facts.leftMs ? { type: 'next-key', waitMs: backoffMs } : GIVE_UP;
  }
  if (!error.retryable) return GIVE_UP;
  if (hasNotConnected(error) && !facts.retriedAtOnce && !prefersAnother) return { type: 'retry', waitMs: 0 };
  if (facts.hasAnother) return GIVE_UP;
  if (facts.retries >= (facts.isCompletion ? MOST_COMPLETION_RETRIES : MOST_RETRIES)) return GIVE_UP;
  const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs);
  return waitMs <= Math.min(facts.leftMs, LONGEST_WAIT_MS) ? { type: 'retry', waitMs } : GIVE_UP;
}
