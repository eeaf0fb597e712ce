/** Keeps the ledger's database small and right: old rows go, their sums stay. */
import type { DatabaseSync } from 'node:sqlite';
import { dayOf } from './calendar.ts';
import { releaseAbandoned } from './sqlite-spending.ts';
import { inTransaction } from './transaction.ts';

export interface LedgerBounds {
  readonly rows: number;
  readonly bytes: number;
}

/** Some months of hard work; about 20 MB. */
const BOUNDS: LedgerBounds = { rows: 50_000, bytes: 32_000_000 };
/** Each transaction holds up the reservations of all windows. */
const ROWS_AT_ONCE = 200;
/** So that the bound is not met again with the next row. */
const KEPT_SHARE = 0.9;
const DAY_MS = 24 * 60 * 60_000;
/** Single days are of no interest after that; their month stays. */
const DAYS_KEPT = 400;
/** A conversation that nobody went on with for so long begins anew, as far as its limit goes. */
const CONVERSATION_DAYS_KEPT = 90;

export function maintain(database: DatabaseSync, wallTime: number, bounds: LedgerBounds = BOUNDS): void {
  inTransaction(database, () => releaseAbandoned(database, wallTime));
  inTransaction(database, () => redateFuture(database, wallTime));
  inTransaction(database, () => forgetOld(database, wallTime));
  dropOldest(database, bounds);
  moveLog(database, wallTime);
}

/** Moves the log into the file; off the main thread, because it waits for the disk. */
export function moveLog(database: DatabaseSync, wallTime: number): void {
  // Does not wait for anybody: what cannot be moved now is moved the next time.
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  // Whoever writes first after that begins the log anew, and waits for the disk once more: better here than in a reservation.
  database
    .prepare("INSERT OR REPLACE INTO spend (account, key, usd, changed_at) VALUES ('upkeep', '9999', 0, ?)")
    .run(wallTime);
}

function dropOldest(database: DatabaseSync, bounds: LedgerBounds): void {
  const rows = numberIn(database, 'SELECT count(*) AS value FROM attempts');
  const bytes = bytesOf(database);
  if (rows <= bounds.rows && bytes <= bounds.bytes) return;
  const kept = Math.floor(Math.min(bounds.rows, (rows * bounds.bytes) / bytes) * KEPT_SHARE);
  const drop = database.prepare('DELETE FROM attempts WHERE seq IN (SELECT seq FROM attempts ORDER BY seq LIMIT ?)');
  for (let left = rows - kept; left > 0; left -= ROWS_AT_ONCE) drop.run(Math.min(left, ROWS_AT_ONCE));
  database.exec('PRAGMA incremental_vacuum');
}

/** What a clock that went wrong dated into the future counts for today, once, and not for every day until then. */
function redateFuture(database: DatabaseSync, wallTime: number): void {
  // A day ahead may be another time zone, or a clock that was set back a little.
  const last = dayOf(wallTime + DAY_MS);
  const today = dayOf(wallTime);
  moveSpend(database, { where: "account = 'day' AND key > ?", limit: last, key: today });
  const lastMonth = last.slice(0, 7);
  const monthly = "(account = 'month' OR account LIKE 'provider %')";
  moveSpend(database, { where: `${monthly} AND key > ?`, limit: lastMonth, key: today.slice(0, 7) });
  moveDays(database, { where: 'day > ?', limit: last, day: `'${today}'` });
}

function forgetOld(database: DatabaseSync, wallTime: number): void {
  const oldest = dayOf(wallTime - DAYS_KEPT * DAY_MS);
  moveDays(database, { where: "day < ? AND day NOT LIKE '%-00'", limit: oldest, day: "substr(day, 1, 7) || '-00'" });
  database.prepare("DELETE FROM spend WHERE account <> 'conversation' AND key < ?").run(oldest.slice(0, 7));
  database
    .prepare("DELETE FROM spend WHERE account = 'conversation' AND changed_at < ?")
    .run(wallTime - CONVERSATION_DAYS_KEPT * DAY_MS);
}

function moveSpend(
  database: DatabaseSync,
  { where, limit, key }: { readonly where: string; readonly limit: string; readonly key: string },
): void {
  database
    .prepare(
      `INSERT INTO spend (account, key, usd, changed_at)
       SELECT account, ?, total(usd), max(changed_at) FROM spend WHERE ${where} GROUP BY account
       ON CONFLICT (account, key) DO UPDATE SET usd = usd + excluded.usd`,
    )
    .run(key, limit);
  database.prepare(`DELETE FROM spend WHERE ${where}`).run(limit);
}

const COUNTS = [
  'attempts',
  'failed',
  'cancelled',
  'estimated',
  'unknown',
  'usd',
  'input_uncached',
  'input_cache_read',
  'input_cache_write',
  'output',
  'reasoning',
];

function moveDays(
  database: DatabaseSync,
  { where, limit, day }: { readonly where: string; readonly limit: string; readonly day: string },
): void {
  const sums = COUNTS.map((column) => `sum(${column})`).join(', ');
  database
    .prepare(
      `INSERT INTO daily (day, provider, model, purpose, ${COUNTS.join(', ')})
       SELECT ${day}, provider, model, purpose, ${sums} FROM daily WHERE ${where} GROUP BY 1, 2, 3, 4
       ON CONFLICT DO UPDATE SET ${COUNTS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`,
    )
    .run(limit);
  database.prepare(`DELETE FROM daily WHERE ${where}`).run(limit);
}

function bytesOf(database: DatabaseSync): number {
  const pages = numberIn(database, 'SELECT page_count AS value FROM pragma_page_count()');
  const free = numberIn(database, 'SELECT freelist_count AS value FROM pragma_freelist_count()');
  return (pages - free) * numberIn(database, 'SELECT page_size AS value FROM pragma_page_size()');
}

function numberIn(database: DatabaseSync, query: string): number {
  return Number(database.prepare(query).get()?.['value'] ?? 0);
}
