/** Sums in the database of all windows; while it fails, limits hold in this window, from what was last known. */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { SpendEntry } from './budget-limits.ts';
import { createFileCheck } from './file-identity.ts';
import { createMemorySpending, type MemorySpending } from './memory-spending.ts';
import type { Refusal, Spending } from './spending.ts';
import { createSqliteSpending } from './sqlite-spending.ts';

export interface JointSpendingOptions {
  /** Throws while it cannot be opened. */
  readonly open: () => DatabaseSync;
  readonly clock: Pick<Clock, 'now' | 'wallTime'>;
  readonly logger: Logger;
}

export interface JointSpending extends Spending {
  dispose(): void;
}

/** Each try costs time on the main thread. */
const RETRY_MS = 30_000;
/** How soon it is seen that another window has set a damaged file aside. */
const CHECK_MS = 5000;
/** Sums that are worth remembering: those of the limits in use. */
const MOST_REMEMBERED = 200;

interface Owed {
  readonly id: string;
  readonly entries: readonly SpendEntry[];
  readonly usd: number;
}

export function createJointSpending({ open, clock, logger }: JointSpendingOptions): JointSpending {
  let database: DatabaseSync | undefined;
  let shared: Spending | undefined;
  let isCurrent = (): boolean => true;
  let checkedAtMs = -Infinity;
  let retryAtMs = -Infinity;
  /** In use while the database fails. */
  let own: MemorySpending | undefined;
  const owed: Owed[] = [];
  /** By id, of this window. */
  const setAside = new Map<string, number>();
  const remembered = new Map<string, { readonly entry: SpendEntry; usd: number }>();

  function remember(entries: readonly SpendEntry[], usd: number): void {
    for (const entry of entries) {
      const key = `${entry.account}\n${entry.key}`;
      const known = remembered.get(key);
      remembered.delete(key);
      remembered.set(key, { entry, usd: (known?.usd ?? 0) + usd });
      const [oldest] = remembered.keys();
      if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    }
  }

  function rememberSpent(entries: readonly SpendEntry[], spent: readonly number[]): void {
    for (const [index, entry] of entries.entries()) {
      remembered.set(`${entry.account}\n${entry.key}`, { entry, usd: spent[index] ?? 0 });
    }
  }

  function connect(): Spending {
    if (clock.now() - checkedAtMs >= CHECK_MS) {
      checkedAtMs = clock.now();
      if (!isCurrent()) disconnect();
    }
    if (shared !== undefined) return shared;
    database = open();
    isCurrent = createFileCheck(database);
    shared = createSqliteSpending(database, clock);
    // What was settled meanwhile; what is set aside in memory is settled here when it ends.
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      shared.settle(next.id, next.entries, next.usd);
      // One by one: should it fail again, none is settled twice.
      owed.shift();
    }
    own = undefined;
    return shared;
  }

  function fallBack(error: unknown): MemorySpending {
    logger.warn(`Limits hold in this window alone until the record of usage works again: ${errorMessage(error)}`);
    disconnect();
    retryAtMs = clock.now() + RETRY_MS;
    return createOwn();
  }

  function createOwn(): MemorySpending {
    if (own !== undefined) return own;
    own = createMemorySpending();
    for (const { entry, usd } of remembered.values()) own.put(entry, usd);
    return own;
  }

  function disconnect(): void {
    try {
      database?.close();
    } catch {
      // It is not used any more.
    }
    database = undefined;
    shared = undefined;
    isCurrent = () => true;
  }

  function withSums<T>(run: (sums: Spending) => T): T {
    if (shared === undefined && clock.now() < retryAtMs) return run(createOwn());
    try {
      return run(connect());
    } catch (error) {
      return run(fallBack(error));
    }
  }

  function tryToAdd(
    kind: 'reserve' | 'extend',
    id: string,
    entries: readonly SpendEntry[],
    usd: number,
  ): Refusal | undefined {
    const refusal = withSums((sums) => sums[kind](id, entries, usd));
    if (refusal === undefined) {
      setAside.set(id, (setAside.get(id) ?? 0) + usd);
      remember(entries, usd);
    } else rememberSpent([refusal.entry], [refusal.spentUsd]);
    return refusal;
  }

  return {
    reserve: (id, entries, usd) => tryToAdd('reserve', id, entries, usd),
    extend: (id, entries, usd) => tryToAdd('extend', id, entries, usd),
    settle(id, entries, usd) {
      remember(entries, usd - (setAside.get(id) ?? 0));
      setAside.delete(id);
      withSums((sums) => {
        sums.settle(id, entries, usd);
        if (sums === own) owed.push({ id, entries, usd });
      });
    },
    spent(entries) {
      const spent = withSums((sums) => sums.spent(entries));
      rememberSpent(entries, spent);
      return spent;
    },
    dispose: disconnect,
  };
}
