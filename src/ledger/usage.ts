/** What the ledger tells of the money and tokens that were spent. */
import type { Purpose, Strategy } from '../router/model-request.ts';
import type { AttemptOutcome, AttemptRole, Cost, RequestRecord } from '../router/request-record.ts';

/** A record as it is kept: with the day it counts for, which is the user's. */
export interface LedgerRow {
  readonly record: RequestRecord;
  readonly day: string;
  /** The budget has added its cost to the sums already. */
  readonly isBooked: boolean;
}

export interface UsageSums {
  /** Each upstream call counts, losers of a race and failed ones too. */
  readonly attempts: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly estimated: number;
  /** Attempts without a known price: with any, the sum is a lower bound. */
  readonly unknown: number;
  readonly usd: number;
  readonly inputUncached: number;
  readonly inputCacheRead: number;
  readonly inputCacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface ModelUsage {
  readonly providerId: string;
  readonly model: string;
  readonly sums: UsageSums;
}

export interface PurposeUsage {
  readonly purpose: Purpose;
  readonly sums: UsageSums;
}

/** One attempt in short. */
export interface AttemptLine {
  readonly startedAt: number;
  readonly purpose: Purpose;
  readonly strategy: Strategy;
  readonly role: AttemptRole;
  readonly providerId: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalMs: number;
  readonly cost: Cost;
  readonly outcome: AttemptOutcome;
}

/** What changes with every request. */
export interface UsageTotals {
  readonly day: string;
  readonly today: UsageSums;
  readonly month: UsageSums;
}

export interface UsageReport extends UsageTotals {
  /** Of the month, the dearest first. */
  readonly byModel: readonly ModelUsage[];
  readonly byPurpose: readonly PurposeUsage[];
  /** Newest first. */
  readonly latest: readonly AttemptLine[];
  /** Newest first; why they failed is in the outcome. */
  readonly failed: readonly AttemptLine[];
}

export const NO_USAGE: UsageSums = {
  attempts: 0,
  failed: 0,
  cancelled: 0,
  estimated: 0,
  unknown: 0,
  usd: 0,
  inputUncached: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  output: 0,
  reasoning: 0,
};

/** What one attempt adds to the sums. */
export function sumsOf({ outcome, cost, usage }: RequestRecord): UsageSums {
  return {
    attempts: 1,
    failed: outcome.type === 'failed' ? 1 : 0,
    cancelled: outcome.type === 'cancelled' ? 1 : 0,
    estimated: cost.certainty === 'estimated' ? 1 : 0,
    unknown: cost.certainty === 'unknown' ? 1 : 0,
    usd: cost.usd,
    inputUncached: countOf(usage.inputUncached),
    inputCacheRead: countOf(usage.inputCacheRead),
    inputCacheWrite: countOf(usage.inputCacheWrite),
    output: countOf(usage.output),
    reasoning: countOf(usage.reasoning),
  };
}

/** Counts come from servers, who may send anything. */
export function countOf(told: number): number {
  return Number.isFinite(told) ? Math.max(0, Math.round(told)) : 0;
}

export function addSums(left: UsageSums, right: UsageSums): UsageSums {
  return mapSums((name) => left[name] + right[name]);
}

export function mapSums(valueOf: (name: keyof UsageSums) => number): UsageSums {
  return Object.fromEntries(SUM_NAMES.map((name) => [name, valueOf(name)])) as unknown as UsageSums;
}

export const SUM_NAMES = Object.keys(NO_USAGE) as readonly (keyof UsageSums)[];

/** Ghost text that costs nothing comes at every key: it is counted, but a list of it would show nothing else. */
export function isListed({ record }: LedgerRow): boolean {
  const { purpose, cost } = record;
  return purpose !== 'completion' || cost.usd > 0 || cost.certainty !== 'exact';
}

/** What a limit kept from being sent is no fault of anybody, and comes at every key. */
export function isFailure({ record: { outcome } }: LedgerRow): boolean {
  return outcome.type === 'failed' && outcome.kind !== 'budget';
}

export function lineOf({ record }: LedgerRow): AttemptLine {
  const { startedAt, purpose, strategy, role, providerId, model, usage, totalMs, cost, outcome } = record;
  return {
    startedAt,
    purpose,
    strategy,
    role,
    providerId,
    model,
    inputTokens: usage.inputUncached + usage.inputCacheRead + usage.inputCacheWrite,
    outputTokens: usage.output + usage.reasoning,
    totalMs,
    cost,
    outcome,
  };
}
