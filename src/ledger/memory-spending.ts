/** Sums in memory: for where there is no database, or none at the moment. */
import type { SpendEntry } from './budget-limits.ts';
import { hasRoom, isPeriod, type Refusal, type Spending } from './spending.ts';

export interface MemorySpending extends Spending {
  /** What is known from elsewhere. */
  put(entry: SpendEntry, spentUsd: number): void;
}

/** Conversations come and go; the sums of the oldest are forgotten. */
const MOST_KEYS = 10_000;

export function createMemorySpending(): MemorySpending {
  const sums = new Map<string, Map<string, number>>();
  const reserved = new Map<string, number>();

  function spentOf(entry: SpendEntry): number {
    const account = sums.get(entry.account);
    if (account === undefined) return 0;
    if (!isPeriod(entry)) return account.get(entry.key) ?? 0;
    let usd = 0;
    for (const [key, value] of account) if (key >= entry.key) usd += value;
    return usd;
  }

  function add(entries: readonly SpendEntry[], usd: number): void {
    for (const { account, key } of entries) {
      const keys = sums.get(account) ?? new Map<string, number>();
      sums.set(account, keys);
      keys.set(key, (keys.get(key) ?? 0) + usd);
      const [oldest] = keys.keys();
      if (keys.size > MOST_KEYS && oldest !== undefined) keys.delete(oldest);
    }
  }

  function tryToAdd(id: string, entries: readonly SpendEntry[], usd: number): Refusal | undefined {
    for (const entry of entries) {
      const spentUsd = spentOf(entry);
      if (!hasRoom(entry, spentUsd, usd)) return { entry, spentUsd };
    }
    add(entries, usd);
    reserved.set(id, (reserved.get(id) ?? 0) + usd);
    return undefined;
  }

  return {
    reserve: tryToAdd,
    extend: tryToAdd,
    settle(id, entries, usd) {
      const setAside = reserved.get(id) ?? 0;
      reserved.delete(id);
      add(entries, usd - setAside);
    },
    spent: (entries) => entries.map(spentOf),
    put({ account, key }, spentUsd) {
      const keys = sums.get(account) ?? new Map<string, number>();
      sums.set(account, keys);
      keys.set(key, spentUsd);
    },
  };
}
