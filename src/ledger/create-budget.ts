/** The budget: limits of the user, held before anything is sent, in all windows together. */
import type { Clock } from '../base/clock.ts';
import { errorMessage, type ReaperError } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { Budget, BudgetQuery } from '../router/budget.ts';
import {
  type BudgetLimits,
  type BudgetState,
  entriesOf,
  isLimited,
  type SpendEntry,
  standingEntries,
} from './budget-limits.ts';
import { noRoomError, unknownPriceError } from './budget-errors.ts';
import { dayOf, monthOf } from './calendar.ts';
import { createRequestSums } from './request-sums.ts';
import type { Spending } from './spending.ts';

export interface LedgerBudgetOptions {
  readonly limits: () => BudgetLimits;
  readonly spending: Spending;
  readonly clock: Pick<Clock, 'wallTime'>;
  readonly logger: Logger;
}

export interface LedgerBudget extends Budget {
  /** Whether the cost of the attempt was added to the sums here; asked once, by the ledger. */
  takeBooking(attemptId: string): boolean;
  /** The standing limits, with what is used up of each. */
  states(): readonly BudgetState[];
  /** A limit is nearly used up: once, by the attempt that passes the mark. */
  readonly onNearlySpent: Event<BudgetState>;
  dispose(): void;
}

/** Issue 3 §4. */
const WARN_AT_SHARE = 0.8;
/** Attempts that are settled and not written yet; far more than ever wait. */
const MOST_BOOKED = 20_000;

export function createBudget({ limits, spending, clock, logger }: LedgerBudgetOptions): LedgerBudget {
  const requests = createRequestSums();
  const booked = new Set<string>();
  const nearlySpent = new Emitter<BudgetState>();

  function book(id: string): void {
    booked.add(id);
    const [oldest] = booked;
    if (booked.size > MOST_BOOKED && oldest !== undefined) booked.delete(oldest);
  }

  function warn(entries: readonly SpendEntry[], addedUsd: number): void {
    if (addedUsd <= 0) return;
    const limited = entries.filter(({ limitUsd }) => limitUsd < Infinity);
    if (limited.length === 0) return;
    for (const [index, spentUsd] of spending.spent(limited).entries()) {
      const entry = limited[index];
      if (entry === undefined) continue;
      const mark = entry.limitUsd * WARN_AT_SHARE;
      if (spentUsd >= mark && spentUsd - addedUsd < mark) tell(stateOf(entry, spentUsd));
    }
  }

  /** This is the end of somebody's stream: a listener's fault must not break it. */
  function tell(state: BudgetState): void {
    try {
      nearlySpent.fire(state);
    } catch (error) {
      logger.error(`A listener of limits failed: ${errorMessage(error)}`, error);
    }
  }

  return {
    reserve(query) {
      const current = limits();
      const requestLimit = requestLimitOf(current, query);
      // Nothing to hold, or nothing to pay: no database, no waiting.
      if (requestLimit === Infinity && !isLimited(current)) return UNLIMITED;
      const { highest } = query;
      if (highest.certainty === 'unknown') {
        if (current.allowUnknownPrices) return UNLIMITED;
        throw unknownPriceError(query);
      }
      if (highest.usd === 0) return UNLIMITED;

      const now = clock.wallTime();
      const entries = entriesOf(current, { ...query, day: dayOf(now), month: monthOf(now) });
      let reservedUsd = 0;

      /** All scopes or none: the request's own sum is in this window, so it can be taken back. */
      const setAside = (usd: number, reserve: typeof spending.reserve): ReaperError | undefined => {
        const spentUsd = requests.spent(query.requestId);
        // Asked this way round, a limit that is no number allows nothing.
        if (!(spentUsd + usd <= requestLimit)) {
          return noRoomError({ scope: 'request', providerId: undefined, limitUsd: requestLimit, spentUsd }, usd, query);
        }
        const refusal = reserve(query.id, entries, usd);
        if (refusal !== undefined) return noRoomError(stateOf(refusal.entry, refusal.spentUsd), usd, query);
        requests.add(query.requestId, usd);
        reservedUsd += usd;
        return undefined;
      };

      const error = setAside(highest.usd, spending.reserve);
      if (error !== undefined) throw error;
      book(query.id);
      let isSettled = false;
      return {
        ceilingUsd: highest.usd,
        extend: (usd) => !isSettled && setAside(usd, spending.extend) === undefined,
        settle(cost) {
          if (isSettled) return;
          isSettled = true;
          requests.add(query.requestId, cost.usd - reservedUsd);
          spending.settle(query.id, entries, cost.usd);
          warn(entries, cost.usd);
        },
      };
    },
    takeBooking: (attemptId) => booked.delete(attemptId),
    states() {
      const now = clock.wallTime();
      const entries = standingEntries(limits(), dayOf(now), monthOf(now));
      if (entries.length === 0) return [];
      return spending.spent(entries).flatMap((spentUsd, index) => {
        const entry = entries[index];
        return entry === undefined ? [] : [stateOf(entry, spentUsd)];
      });
    },
    onNearlySpent: nearlySpent.event,
    dispose: () => nearlySpent.dispose(),
  };
}

const UNLIMITED = { ceilingUsd: Infinity, extend: () => true, settle: () => undefined };

/** The tighter one of the user's limit and the request's own. */
function requestLimitOf({ perRequestUsd }: BudgetLimits, { requestBudgetUsd }: BudgetQuery): number {
  return Math.min(perRequestUsd > 0 ? perRequestUsd : Infinity, requestBudgetUsd ?? Infinity);
}

function stateOf({ scope, providerId, limitUsd }: SpendEntry, spentUsd: number): BudgetState {
  return { scope, providerId, limitUsd, spentUsd };
}
