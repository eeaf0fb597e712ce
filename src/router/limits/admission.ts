/** Between the choice of a candidate and the request that is sent: a turn at its address, and its share of what the limits leave. */
import type { Clock } from '../../base/clock.ts';
import { ReaperError } from '../../base/errors.ts';
import type { Candidate } from '../candidates.ts';
import { likelyInputTokens } from '../estimate-usage.ts';
import type { ModelRequest } from '../model-request.ts';
import type { Standing } from '../penalties.ts';
import type { TokenUsage } from '../stream-part.ts';
import { type Concurrency, createConcurrency, type Occupancy, type Turn } from './concurrency.ts';
import { type Charge, createRateHeadroom, type Headroom, type RateHeadroom, type TokenNeed } from './rate-headroom.ts';
import { readRateSignals } from './rate-signals.ts';

export interface AdmissionPlan {
  readonly candidate: Candidate;
  readonly request: ModelRequest;
  /** Of the attempt: aborting it ends the wait. */
  readonly signal: AbortSignal;
}

export interface AdmissionEnd {
  readonly error: ReaperError | undefined;
  readonly usage: TokenUsage;
}

/** One attempt's way through the limits. */
export interface Admission {
  /**
   * Right before the request is sent; `undefined`: go ahead. Rejects with `cancelled`, or with `overloaded` if too many wait already.
   * `otherKeys`: how many could be used in place of this one.
   */
  enter(credentialId: string | undefined, otherKeys: number): Promise<void> | undefined;
  /** Waits for a turn: nothing was sent, so no delay is the server's. */
  readonly isWaiting: boolean;
  /** Every response, whatever its status. */
  answered(headers: Headers): void;
  /** Once, also for an attempt that never entered. */
  settle(end: AdmissionEnd): void;
}

export interface PlaceReport {
  readonly occupancy: Occupancy | undefined;
  readonly headroom: readonly Headroom[];
}

export interface Admissions {
  begin(plan: AdmissionPlan): Admission;
  /** `resting` while no key has room for this request. */
  standing(candidate: Candidate, request: Pick<ModelRequest, 'input' | 'limits'>): Standing;
  /** Whether one key has room; every key has that nothing is known of. */
  hasRoom(candidate: Candidate, credentialId: string, request: Pick<ModelRequest, 'input' | 'limits'>): boolean;
  report(candidate: Candidate): PlaceReport;
  /** Settings or keys changed. */
  reset(): void;
}

const GOOD: Standing = { type: 'good' };

export function createAdmissions(clock: Clock): Admissions {
  const concurrency = createConcurrency(clock);
  const headroom = createRateHeadroom(clock);
  return {
    begin: (plan) => createAdmission(plan, { clock, concurrency, headroom }),
    standing(candidate, request) {
      const shortage = headroom.shortage(candidate.key, () => needOf(request));
      if (shortage === undefined) return GOOD;
      const { label } = candidate.profile.definition;
      const waitMs = Math.ceil(shortage.untilMs - clock.now());
      const error = new ReaperError(
        'rate-limit',
        `The limit of ${label} for ${shortage.unit.replace('-', ' ')} leaves no room for this request for another ${spanOf(waitMs)}.`,
        { retryAfterMs: waitMs },
      );
      return { type: 'resting', untilMs: shortage.untilMs, error };
    },
    hasRoom: (candidate, credentialId, request) =>
      headroom.shortageOfKey(candidate.key, credentialId, () => needOf(request)) === undefined,
    report: (candidate) => ({
      occupancy: concurrency.occupancy(placeOf(candidate)),
      headroom: headroom.known(candidate.key),
    }),
    reset() {
      concurrency.reset();
      headroom.reset();
    },
  };
}

interface Parts {
  readonly clock: Clock;
  readonly concurrency: Concurrency;
  readonly headroom: RateHeadroom;
}

function createAdmission({ candidate, request, signal }: AdmissionPlan, parts: Parts): Admission {
  let turn: Turn | undefined;
  let charge: Charge | undefined;
  let isWaiting = false;
  let isSettled = false;

  function enterNow(won: Turn, credentialId: string | undefined, otherKeys: number): void {
    // The attempt may have ended in the moment in which its turn came.
    if (isSettled) {
      won.end('other');
      return;
    }
    turn = won;
    charge = parts.headroom.charge({ target: candidate.key, credentialId, otherKeys, need: needOf(request) });
  }

  return {
    enter(credentialId, otherKeys) {
      // What runs inside the extension has no limits but its own.
      if (candidate.location === 'embedded') return undefined;
      const { purpose } = request;
      const most = Math.max(1, candidate.parallelRequests);
      const won = parts.concurrency.turn({ place: placeOf(candidate), most, purpose, signal });
      if (!(won instanceof Promise)) {
        enterNow(won, credentialId, otherKeys);
        return undefined;
      }
      isWaiting = true;
      return won
        .then((late) => enterNow(late, credentialId, otherKeys))
        .finally(() => {
          isWaiting = false;
        });
    },
    get isWaiting() {
      return isWaiting;
    },
    answered: (headers) => charge?.answered(readRateSignals(headers, parts.clock.wallTime())),
    settle({ error, usage }) {
      if (isSettled) return;
      isSettled = true;
      turn?.end(error === undefined ? 'answered' : error.kind === 'rate-limit' ? 'limited' : 'other');
      charge?.settle(usedBy(error, usage));
    },
  };
}

/** A refusal costs nothing; of an answer that was cut, what was counted is the best that is known. */
function usedBy(error: ReaperError | undefined, usage: TokenUsage): TokenNeed | undefined {
  if (error !== undefined && error.kind !== 'cancelled' && error.kind !== 'timeout') return undefined;
  return {
    // What comes from a provider's cache does not count against most limits.
    input: usage.inputUncached + usage.inputCacheWrite,
    output: usage.output + usage.reasoning,
  };
}

function needOf({ input, limits }: Pick<ModelRequest, 'input' | 'limits'>): TokenNeed {
  return { input: likelyInputTokens(input), output: limits.maxOutputTokens };
}

function placeOf({ providerId, baseUrl }: Candidate): string {
  return `${providerId} ${baseUrl}`;
}

function spanOf(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
