/** Who is left alone for a while: a dead server must not cost every keystroke its connect time. */
import type { Clock } from '../base/clock.ts';
import type { ReaperError } from '../base/errors.ts';

/** What a penalty is for: failures count per model and address, a rejected key counts for the whole provider. */
export interface PenaltyTarget {
  readonly providerId: string;
  /** Provider, address and model. */
  readonly key: string;
}

export type Standing =
  | { readonly type: 'good' }
  /** Failed too often; asked again after `untilMs` (clock time), first by one request alone. */
  | { readonly type: 'resting'; readonly untilMs: number; readonly error: ReaperError }
  /** Key or account: nothing changes until the user does something. */
  | { readonly type: 'blocked'; readonly error: ReaperError };

export interface Penalties {
  standing(target: PenaltyTarget): Standing;
  began(target: PenaltyTarget): void;
  succeeded(target: PenaltyTarget): void;
  failed(target: PenaltyTarget, error: ReaperError): void;
  /** Ended without telling anything about the server. */
  inconclusive(target: PenaltyTarget): void;
  /** A test succeeded. */
  forgive(providerId: string): void;
  /** Settings or keys changed. */
  forgiveAll(): void;
  /** Grows with every change of any standing that is not only the passing of time. */
  readonly version: number;
}

// facts/router §3.7: three in a row, 10 s doubling to 120 s. Successes in between start the count anew.
const FAILURES_BEFORE_REST = 3;
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 120_000;

const GOOD: Standing = { type: 'good' };

interface Entry {
  readonly providerId: string;
  failures: number;
  nextRestMs: number;
  untilMs: number;
  resting: boolean;
  /** After the rest one request goes ahead; the others wait for what becomes of it. */
  trialUnderWay: boolean;
  error: ReaperError;
}

export function createPenalties(clock: Clock): Penalties {
  const entries = new Map<string, Entry>();
  const blocked = new Map<string, ReaperError>();
  let version = 0;

  function fail(target: PenaltyTarget, error: ReaperError, weight: number): void {
    const entry = entries.get(target.key) ?? {
      providerId: target.providerId,
      failures: 0,
      nextRestMs: FIRST_REST_MS,
      untilMs: 0,
      resting: false,
      trialUnderWay: false,
      error,
    };
    entries.set(target.key, entry);
    entry.failures += weight;
    entry.error = error;
    entry.trialUnderWay = false;
    const askedMs = error.retryAfterMs ?? 0;
    if (entry.failures >= FAILURES_BEFORE_REST || askedMs > 0) {
      const counted = entry.failures >= FAILURES_BEFORE_REST ? entry.nextRestMs : 0;
      // Answers to requests that ran side by side arrive together: they are one failure, not a reason to double.
      const isFirst = !entry.resting || entry.untilMs <= clock.now();
      entry.untilMs = Math.max(entry.untilMs, clock.now() + Math.max(isFirst ? counted : 0, askedMs));
      if (isFirst && counted > 0) entry.nextRestMs = Math.min(entry.nextRestMs * 2, LONGEST_REST_MS);
      entry.resting = true;
    }
    version++;
  }

  return {
    standing(target) {
      const account = blocked.get(target.providerId);
      if (account !== undefined) return { type: 'blocked', error: account };
      const entry = entries.get(target.key);
      if (entry === undefined || !entry.resting) return GOOD;
      if (clock.now() < entry.untilMs) return { type: 'resting', untilMs: entry.untilMs, error: entry.error };
      return entry.trialUnderWay ? { type: 'resting', untilMs: Infinity, error: entry.error } : GOOD;
    },
    began(target) {
      const entry = entries.get(target.key);
      if (entry?.resting === true && !entry.trialUnderWay) {
        entry.trialUnderWay = true;
        version++;
      }
    },
    succeeded(target) {
      const changed = entries.delete(target.key);
      if (blocked.delete(target.providerId) || changed) version++;
    },
    failed(target, error) {
      switch (consequenceOf(error)) {
        case 'block':
          blocked.set(target.providerId, error);
          version++;
          break;
        case 'rest':
          fail(target, error, FAILURES_BEFORE_REST);
          break;
        case 'count':
          fail(target, error, 1);
          break;
        case 'none':
          this.inconclusive(target);
          break;
      }
    },
    inconclusive(target) {
      const entry = entries.get(target.key);
      if (entry?.trialUnderWay === true) {
        entry.trialUnderWay = false;
        version++;
      }
    },
    forgive(providerId) {
      blocked.delete(providerId);
      for (const [key, entry] of entries) {
        if (entry.providerId === providerId) entries.delete(key);
      }
      version++;
    },
    forgiveAll() {
      blocked.clear();
      entries.clear();
      version++;
    },
    get version() {
      return version;
    },
  };
}

function consequenceOf(error: ReaperError): 'block' | 'rest' | 'count' | 'none' {
  switch (error.kind) {
    case 'auth':
    case 'quota':
      return 'block';
    case 'rate-limit':
    case 'invalid-config':
      return 'rest';
    case 'network':
      // A certificate, a proxy that wants a sign-in, the wrong scheme: the next try fails just the same.
      return error.retryable ? 'count' : 'rest';
    case 'overloaded':
    case 'timeout':
    case 'bad-response':
      return 'count';
    case 'too-long':
    case 'refused':
    case 'privacy':
    case 'budget':
    case 'cancelled':
      // The request's, not the server's fault.
      return 'none';
  }
}
