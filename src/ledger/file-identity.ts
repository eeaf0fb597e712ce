/** Whether a database is still the file of its name: another window may have set it aside, or a user deleted it. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** A check that costs some microseconds. */
export function createFileCheck(database: DatabaseSync): () => boolean {
  const path = database.location();
  const opened = path === null ? undefined : identityOf(path);
  return () => path === null || identityOf(path) === opened;
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
