/** The tables of the ledger, and how a database of an older version becomes one of this. */
import type { DatabaseSync } from 'node:sqlite';

/** One entry for each version; what was published is never changed. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL,
    day TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    conversation_id TEXT,
    strategy TEXT NOT NULL,
    role TEXT NOT NULL,
    reason TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    first_token_ms REAL,
    total_ms REAL NOT NULL,
    input_uncached INTEGER NOT NULL,
    input_cache_read INTEGER NOT NULL,
    input_cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    usage_estimated INTEGER NOT NULL,
    usd REAL NOT NULL,
    certainty TEXT NOT NULL,
    credential_id TEXT,
    bytes_sent INTEGER NOT NULL,
    bytes_received INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    message TEXT NOT NULL,
    warnings TEXT NOT NULL
  ) STRICT;

  -- What stays when old attempts go: so it is kept with each attempt, and not made when they go.
  CREATE TABLE daily (
    day TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    purpose TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    usd REAL NOT NULL,
    input_uncached INTEGER NOT NULL,
    input_cache_read INTEGER NOT NULL,
    input_cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    PRIMARY KEY (day, provider, model, purpose)
  ) STRICT, WITHOUT ROWID;

  -- What limits are held against: settled costs, and what is set aside for attempts that run.
  CREATE TABLE spend (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    usd REAL NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reservations (
    id TEXT PRIMARY KEY,
    usd REAL NOT NULL,
    entries TEXT NOT NULL,
    host TEXT NOT NULL,
    process INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

export class NewerLedgerError extends Error {
  override readonly name = 'NewerLedgerError';
}

/** Brings the database to this version; several windows may do so at once. */
export function migrate(database: DatabaseSync): void {
  if (versionOf(database) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) {
      throw new NewerLedgerError(
        'The usage ledger was written by a newer version of Reaper. Update Reaper in this window to see and keep it.',
      );
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.['user_version'] ?? 0);
}
