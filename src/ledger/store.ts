/** The port behind which attempts are kept: a database, or memory where there is none. */
import type { LedgerRow, UsageReport, UsageTotals } from './usage.ts';

export interface LedgerStore {
  /** All of them or none; one that is there already is left as it is. Throws if they cannot be kept. */
  write(rows: readonly LedgerRow[]): void;
  totals(wallTime: number): UsageTotals;
  report(wallTime: number): UsageReport;
  /** What takes longer: bounds, sums of dead windows, the log of the database. Now and then, off the main thread. */
  maintain(wallTime: number): void;
  /** Still the one that the others write to. */
  isCurrent(): boolean;
  close(): void;
}

/** How many attempts the report lists. */
export const LATEST_SHOWN = 20;
export const FAILED_SHOWN = 10;
