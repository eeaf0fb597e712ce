/** What is said between the ledger and its thread. */
import type { LedgerRow, UsageReport, UsageTotals } from './usage.ts';

export interface LedgerWorkerData {
  readonly databasePath: string;
}

export type ToLedgerThread =
  | { readonly type: 'rows'; readonly rows: readonly LedgerRow[] }
  | { readonly type: 'report'; readonly id: number }
  | { readonly type: 'close' };

export type FromLedgerThread =
  | { readonly type: 'totals'; readonly totals: UsageTotals }
  | { readonly type: 'report'; readonly id: number; readonly report: UsageReport }
  | { readonly type: 'trouble'; readonly trouble: LedgerTrouble | undefined }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'closed' };

/** Why attempts are kept in memory at the moment; they are written when it works again. */
export interface LedgerTrouble {
  /** `disk`: full, read-only or unreadable; `newer`: written by a newer version; `missing`: this editor has no SQLite. */
  readonly type: 'disk' | 'newer' | 'missing' | 'failed';
  readonly message: string;
}
