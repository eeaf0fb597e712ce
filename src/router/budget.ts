/** The budget port: money is set aside before anything is sent, and settled when the attempt has ended. */
import type { Purpose } from './model-request.ts';
import type { Cost } from './request-record.ts';

export interface BudgetQuery {
  /** Of the attempt, as in its record. */
  readonly id: string;
  readonly requestId: string;
  readonly purpose: Purpose;
  readonly conversationId: string | undefined;
  readonly providerId: string;
  readonly model: string;
  /** Input as counted plus the most output that may come; without any cache discount. */
  readonly highest: Cost;
  /** Of the request, from its hints. */
  readonly requestBudgetUsd: number | undefined;
}

export interface Reservation {
  /** What the attempt may cost at the most, in dollars; the stream is stopped when it would go beyond. `Infinity`: no limit. */
  readonly ceilingUsd: number;
  /** Sets so much more aside, because the answer is longer than it should be; synchronous. `false`: the limits do not allow it. */
  extend(usd: number): boolean;
  /** Once. What was set aside is given back, and what it did cost takes its place. */
  settle(cost: Cost): void;
}

export interface Budget {
  /**
   * Synchronous, and one for all windows. Throws `ReaperError('budget')` that names the limit, what is left of it and the
   * setting, also for an unknown price under a hard limit.
   */
  reserve(query: BudgetQuery): Reservation;
}

/** Where nobody set a limit. */
export const noBudget: Budget = {
  reserve: () => ({ ceilingUsd: Infinity, extend: () => true, settle: () => undefined }),
};
