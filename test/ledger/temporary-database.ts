/** A database in a folder of its own, gone after the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../src/ledger/database.ts';
import { NOON } from './records.ts';

export interface TemporaryDatabase {
  readonly folder: string;
  readonly path: string;
  /** What was set aside, in order. */
  readonly setAside: readonly string[];
  open(thorough?: boolean): DatabaseSync;
  dispose(): void;
}

export function createTemporaryDatabase(wallTime = NOON): TemporaryDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'reaper-ledger-'));
  const path = join(folder, 'usage.db');
  const setAside: string[] = [];
  const opened: DatabaseSync[] = [];
  return {
    folder,
    path,
    setAside,
    open(thorough = false) {
      const database = openDatabase({ path, wallTime, thorough, onSetAside: (target) => setAside.push(target) });
      opened.push(database);
      return database;
    },
    dispose() {
      for (const database of opened) if (database.isOpen) database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
