/** Sums in the database: every window adds to the same ones, each time in one transaction that the others wait for. */
import { hostname } from 'node:os';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { SpendEntry } from './budget-limits.ts';
import { isProcessAlive } from './living-process.ts';
import { hasRoom, isPeriod, type Refusal, type Spending } from './spending.ts';
import { inTransaction } from './transaction.ts';

/** A request ends within ten minutes; what is still set aside later belongs to nobody. */
const LONGEST_LEASE_MS = 15 * 60_000;

export function createSqliteSpending(database: DatabaseSync, clock: Pick<Clock, 'wallTime'>): Spending {
  const sumFrom = database.prepare('SELECT total(usd) AS usd FROM spend WHERE account = ? AND key >= ?');
  const sumOf = database.prepare('SELECT total(usd) AS usd FROM spend WHERE account = ? AND key = ?');
  const reservation = database.prepare('SELECT usd FROM reservations WHERE id = ?');
  const insert = database.prepare(
    `INSERT INTO reservations (id, usd, entries, host, process, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET usd = usd + excluded.usd`,
  );
  const remove = database.prepare('DELETE FROM reservations WHERE id = ?');
  const host = hostname();
  /** Set aside here and not settled yet: whatever a clock that was moved says of their age. */
  const own = new Set<string>();

  function spentOf(entry: SpendEntry): number {
    return dollarsIn((isPeriod(entry) ? sumFrom : sumOf).get(entry.account, entry.key));
  }

  function findRefusal(entries: readonly SpendEntry[], usd: number): Refusal | undefined {
    for (const entry of entries) {
      if (entry.limitUsd === Infinity) continue;
      const spentUsd = spentOf(entry);
      if (!hasRoom(entry, spentUsd, usd)) return { entry, spentUsd };
    }
    return undefined;
  }

  const add = createAdder(database);

  function tryToAdd(id: string, entries: readonly SpendEntry[], usd: number): Refusal | undefined {
    return inTransaction(database, () => {
      let refusal = findRefusal(entries, usd);
      // Before anything is refused, what windows that are gone had set aside is given back.
      if (refusal !== undefined && releaseAbandoned(database, clock.wallTime(), own) > 0) {
        refusal = findRefusal(entries, usd);
      }
      if (refusal !== undefined) return refusal;
      const now = clock.wallTime();
      add(entries, usd, now);
      insert.run(id, usd, JSON.stringify(entries.map(({ account, key }) => [account, key])), host, process.pid, now);
      own.add(id);
      return undefined;
    });
  }

  return {
    reserve: tryToAdd,
    extend: tryToAdd,
    settle(id, entries, usd) {
      inTransaction(database, () => {
        const setAside = dollarsIn(reservation.get(id));
        remove.run(id);
        add(entries, usd - setAside, clock.wallTime());
      });
      own.delete(id);
    },
    spent: (entries) => entries.map(spentOf),
  };
}

type Account = Pick<SpendEntry, 'account' | 'key'>;

/** Adds to the sums, inside a transaction. */
export function createAdder(
  database: DatabaseSync,
): (entries: readonly Account[], usd: number, wallTime: number) => void {
  const upsert: StatementSync = database.prepare(
    `INSERT INTO spend (account, key, usd, changed_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (account, key) DO UPDATE SET usd = usd + excluded.usd, changed_at = excluded.changed_at`,
  );
  return (entries, usd, wallTime) => {
    if (usd === 0) return;
    for (const { account, key } of entries) upsert.run(account, key, usd, wallTime);
  };
}

/** Gives back, inside a transaction, what dead windows had set aside; how many there were. */
export function releaseAbandoned(
  database: DatabaseSync,
  wallTime: number,
  living: ReadonlySet<string> = new Set(),
): number {
  const host = hostname();
  const add = createAdder(database);
  const remove = database.prepare('DELETE FROM reservations WHERE id = ?');
  let released = 0;
  for (const row of database.prepare('SELECT id, usd, entries, host, process, created_at FROM reservations').all()) {
    if (living.has(String(row['id']))) continue;
    const ageMs = Math.abs(wallTime - Number(row['created_at']));
    const isDead = row['host'] === host && !isProcessAlive(Number(row['process']));
    if (!isDead && ageMs <= LONGEST_LEASE_MS) continue;
    const entries = JSON.parse(String(row['entries'])) as readonly (readonly [string, string])[];
    add(
      entries.map(([account, key]) => ({ account, key })),
      -dollarsIn(row),
      wallTime,
    );
    remove.run(String(row['id']));
    released++;
  }
  return released;
}

function dollarsIn(row: Readonly<Record<string, unknown>> | undefined): number {
  return Number(row?.['usd'] ?? 0);
}
