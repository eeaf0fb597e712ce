/** What is wrong with the ledger, in the user's words. */
import { errorMessage } from '../base/errors.ts';
import { isDiskTrouble } from './database.ts';
import type { LedgerTrouble } from './messages.ts';
import { NewerLedgerError } from './schema.ts';

export function troubleOf(error: unknown, path: string): LedgerTrouble {
  if (error instanceof NewerLedgerError) return { type: 'newer', message: error.message };
  if (isDiskTrouble(error) || isFileError(error)) {
    return {
      type: 'disk',
      message: `Usage cannot be written to ${path} (${errorMessage(error)}). Requests go on, and usage is kept in memory until it can be. Make room on the disk, or make the folder writable.`,
    };
  }
  return {
    type: 'failed',
    message: `Usage cannot be written to ${path} (${errorMessage(error)}). Requests go on, and usage is kept in memory until it can be.`,
  };
}

export const NO_SQLITE: LedgerTrouble = {
  type: 'missing',
  message:
    'This editor has no SQLite, so usage is kept only until the window is closed, and limits hold for each window alone.',
};

export function setAsideMessage(path: string): string {
  return `The record of usage was damaged. It was set aside as ${path}, and a new one was begun; limits count from now on.`;
}

/** From the file system itself: no permission, no room, no such disk. */
function isFileError(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && /^E(ACCES|PERM|ROFS|NOSPC|DQUOT|IO|NOTDIR)$/.test(String(error.code))
  );
}
