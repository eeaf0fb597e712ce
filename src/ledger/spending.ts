/** The port of the sums that limits are held against: one for all windows where there is a database. */
import type { SpendEntry } from './budget-limits.ts';

export interface Refusal {
  readonly entry: SpendEntry;
  readonly spentUsd: number;
}

export interface Spending {
  /** Adds to all entries, or to none and says which one has no room. Throws if the sums cannot be kept. */
  reserve(id: string, entries: readonly SpendEntry[], usd: number): Refusal | undefined;
  /** Sets more aside for what was reserved. */
  extend(id: string, entries: readonly SpendEntry[], usd: number): Refusal | undefined;
  /** What was set aside under the id goes, what it did cost comes; also for an id that is no longer set aside. */
  settle(id: string, entries: readonly SpendEntry[], usd: number): void;
  /** In the order of the entries; set-aside money counts as spent. */
  spent(entries: readonly SpendEntry[]): readonly number[];
}

// Sums of fractions of cents are not exact to the last bit.
const ROUNDING_USD = 1e-9;

export function hasRoom(entry: SpendEntry, spentUsd: number, usd: number): boolean {
  return spentUsd + usd <= entry.limitUsd + ROUNDING_USD;
}

/** Periods go on from their key: money that a wrong clock dated into the future counts as spent now, and not twice. */
export function isPeriod({ scope }: SpendEntry): boolean {
  return scope !== 'conversation';
}
