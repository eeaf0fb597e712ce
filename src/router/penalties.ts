/** Who is left alone for a while: a dead server must not cost every keystroke its connect time. */
import type { Clock } from '../base/clock.ts';
import type { ReaperError } from '../base/errors.ts';
import { type Breaker, createBreaker } from './limits/breaker.ts';

/**
 * What a penalty is for: failures count per model and address, failures of the connection for all models of the address, a
 * rejected key for the whole provider.
 */
export interface PenaltyTarget {
  readonly providerId: string;
  readonly baseUrl: string;
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
  /** It was resting, and the next request is the one that decides. */
  isOnTrial(target: PenaltyTarget): boolean;
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

export interface PenaltiesOptions {
  readonly clock: Clock;
  /** For the jitter of rests, from 0 to 1. */
  readonly random: () => number;
}

const GOOD: Standing = { type: 'good' };

interface Entry {
  readonly providerId: string;
  readonly breaker: Breaker;
  error: ReaperError | undefined;
}

export function createPenalties(options: PenaltiesOptions): Penalties {
  const entries = new Map<string, Entry>();
  const blocked = new Map<string, ReaperError>();
  let version = 0;

  function entryAt(key: string, providerId: string): Entry {
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { providerId, breaker: createBreaker(options), error: undefined };
      entries.set(key, entry);
    }
    return entry;
  }

  const modelEntry = ({ key, providerId }: PenaltyTarget): Entry => entryAt(key, providerId);
  const addressEntry = ({ providerId, baseUrl }: PenaltyTarget): Entry =>
    entryAt(addressKey(providerId, baseUrl), providerId);

  function rest(entry: Entry, error: ReaperError, isCertain: boolean): void {
    entry.breaker.failed(isCertain, error.retryAfterMs ?? 0);
    entry.error = error;
    version++;
  }

  function fail(target: PenaltyTarget, error: ReaperError, isCertain: boolean): void {
    rest(modelEntry(target), error, isCertain);
    if (isOfConnection(error)) rest(addressEntry(target), error, isCertain);
    else if (addressEntry(target).breaker.succeeded()) version++;
  }

  function inconclusive(target: PenaltyTarget): void {
    for (const entry of [modelEntry(target), addressEntry(target)]) {
      if (entry.breaker.inconclusive()) version++;
    }
  }

  return {
    standing(target) {
      const account = blocked.get(target.providerId);
      if (account !== undefined) return { type: 'blocked', error: account };
      const ofModel = restOf(entries.get(target.key));
      const ofAddress = restOf(entries.get(addressKey(target.providerId, target.baseUrl)));
      if (ofModel === undefined || ofAddress === undefined) return ofModel ?? ofAddress ?? GOOD;
      return ofModel.untilMs >= ofAddress.untilMs ? ofModel : ofAddress;
    },
    isOnTrial({ key, providerId, baseUrl }) {
      return [key, addressKey(providerId, baseUrl)].some((at) => entries.get(at)?.breaker.isHalfOpen === true);
    },
    began(target) {
      for (const entry of [modelEntry(target), addressEntry(target)]) {
        if (entry.breaker.began()) version++;
      }
    },
    succeeded(target) {
      for (const entry of [modelEntry(target), addressEntry(target)]) {
        if (entry.breaker.succeeded()) version++;
      }
      if (blocked.delete(target.providerId)) version++;
    },
    failed(target, error) {
      switch (consequenceOf(error)) {
        case 'block':
          inconclusive(target);
          blocked.set(target.providerId, error);
          version++;
          break;
        case 'rest':
          fail(target, error, true);
          break;
        case 'count':
          fail(target, error, false);
          break;
        case 'none':
          inconclusive(target);
          break;
      }
    },
    inconclusive,
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

/** Never a model's key, which has one part more. */
function addressKey(providerId: string, baseUrl: string): string {
  return `${providerId} ${baseUrl}`;
}

function restOf(entry: Entry | undefined): (Standing & { type: 'resting' }) | undefined {
  const untilMs = entry?.breaker.restsUntilMs;
  if (untilMs === undefined || entry?.error === undefined) return undefined;
  return { type: 'resting', untilMs, error: entry.error };
}

/** Nobody was there, as opposed to somebody who said no. */
function isOfConnection(error: ReaperError): boolean {
  return error.kind === 'network' && error.status === undefined;
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
