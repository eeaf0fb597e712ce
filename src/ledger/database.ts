/** Opens the ledger's database; one that is damaged is set aside, never deleted, and a new one begun. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import { errorMessage } from '../base/errors.ts';
import { migrate } from './schema.ts';

export interface OpenOptions {
  readonly path: string;
  /** Milliseconds since the Unix epoch, for the name of what is set aside. */
  readonly wallTime: number;
  /** Reads everything once: off the main thread only. */
  readonly thorough: boolean;
  /** Told once the damaged file is out of the way. */
  readonly onSetAside: (path: string) => void;
}

/** Another window's transaction takes a fraction of a millisecond; who waits this long meets something else. */
const BUSY_TIMEOUT_MS = 2000;
/** Whoever holds the lock to set a file aside is done long before. */
const STALE_LOCK_MS = 10_000;

/** Whether this editor's Node has SQLite; Electron's lacked it for a time (electron#47706). */
export function hasSqlite(): boolean {
  return sqlite() !== undefined;
}

/** Throws what SQLite throws, and `NewerLedgerError`. */
export function openDatabase(options: OpenOptions): Sqlite.DatabaseSync {
  mkdirSync(dirname(options.path), { recursive: true });
  try {
    return open(options);
  } catch (error) {
    if (!isDamage(error)) throw error;
    setAside(options);
    return open(options);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, whatever the extended code adds. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === 11 || code === 26;
}

/** SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN: the disk's fault, which may pass. */
export function isDiskTrouble(error: unknown): boolean {
  const code = resultCode(error);
  return code === 13 || code === 8 || code === 10 || code === 14;
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

class DamagedError extends Error {
  readonly errcode = 11;
}

function open({ path, thorough }: OpenOptions): Sqlite.DatabaseSync {
  const module = sqlite();
  if (module === undefined) throw new Error('This editor has no SQLite.');
  const database = new module.DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Only a new file takes it, and only before it has tables.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL');
    // A commit is not lost when a process dies; when the machine dies the last ones may be, and the file stays whole.
    database.exec('PRAGMA synchronous = NORMAL');
    // That waits for the disk, so it is done where nobody types (`moveLog`).
    database.exec('PRAGMA wal_autocheckpoint = 0');
    if (thorough) {
      const [first] = database.prepare('PRAGMA quick_check(1)').all();
      if (first?.['quick_check'] !== 'ok') throw new DamagedError(String(first?.['quick_check']));
    }
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** One window does it; the others find the new file. */
function setAside(options: OpenOptions): void {
  const { path, wallTime, onSetAside } = options;
  const lock = `${path}.lock`;
  if (!takeLock(lock, wallTime)) return;
  try {
    // Another window may have been quicker: what is there now may be sound.
    open({ ...options, thorough: true }).close();
  } catch (error) {
    if (!isDamage(error)) throw error;
    const time = new Date(wallTime).toISOString().replaceAll(/[:.]/g, '-');
    const target = path.replace(/(\.\w+)?$/, `.damaged-${time}$1`);
    // The log first: without its file it is nothing, and it must not be played into the new one.
    for (const suffix of ['-wal', '-shm', '']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
    }
    onSetAside(target);
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string, wallTime: number): boolean {
  try {
    if (existsSync(lock) && wallTime - statSync(lock).mtimeMs > STALE_LOCK_MS) rmSync(lock, { force: true });
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch (error) {
    if (errorMessage(error).includes('EEXIST')) return false;
    throw error;
  }
}

function sqlite(): typeof Sqlite | undefined {
  // Synchronous, `undefined` where it does not exist, and nothing that a bundler would follow.
  return process.getBuiltinModule('node:sqlite');
}
