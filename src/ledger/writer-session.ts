/** Writes attempts as they come, keeps them while it cannot, and answers what is asked of them. Runs in a thread of its own. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { dayOf, monthOf } from './calendar.ts';
import { isDamage } from './database.ts';
import type { FromLedgerThread, LedgerTrouble, ToLedgerThread } from './messages.ts';
import { LATEST_SHOWN, type LedgerStore } from './store.ts';
import {
  addSums,
  isListed,
  type LedgerRow,
  lineOf,
  NO_USAGE,
  sumsOf,
  type UsageReport,
  type UsageTotals,
} from './usage.ts';

export interface WriterSessionOptions {
  /** May throw; it is tried again. */
  readonly openStore: () => LedgerStore;
  readonly troubleOf: (error: unknown) => LedgerTrouble;
  readonly post: (message: FromLedgerThread) => void;
  readonly clock: Clock;
}

export interface WriterSession {
  receive(message: ToLedgerThread): void;
}

/** A transaction of that size takes less than two milliseconds, for which reservations of all windows wait. */
const ROWS_AT_ONCE = 50;
/** A few megabytes. What is beyond is told when it works again. */
const MOST_PENDING = 5000;
const RETRY_MS = 30_000;
/** Also the time after which the costs of other windows are seen. */
const UPKEEP_MS = 60_000;

export function createWriterSession({ openStore, troubleOf, post, clock }: WriterSessionOptions): WriterSession {
  let store: LedgerStore | undefined;
  let trouble: LedgerTrouble | undefined;
  let pending: LedgerRow[] = [];
  let dropped = 0;
  let retry: Disposable | undefined;
  let toldTotals = '';

  /** Runs it on the store, opened if need be; `undefined` while that cannot be done. */
  function withStore<T>(run: (store: LedgerStore) => T, isSecondTry = false): T | undefined {
    try {
      if (store?.isCurrent() === false) closeStore();
      store ??= openStore();
      return run(store);
    } catch (error) {
      closeStore();
      // Opening it anew sets it aside.
      if (isDamage(error) && !isSecondTry) return withStore(run, true);
      setTrouble(troubleOf(error));
      retry ??= clock.setTimeout(() => {
        retry = undefined;
        // What was opened while it could not be written stays read-only.
        closeStore();
        flush();
      }, RETRY_MS);
      return undefined;
    }
  }

  function closeStore(): void {
    try {
      store?.close();
    } catch {
      // What cannot be closed is not used any more.
    }
    store = undefined;
  }

  function setTrouble(next: LedgerTrouble | undefined): void {
    if (trouble?.message === next?.message) return;
    trouble = next;
    post({ type: 'trouble', trouble });
  }

  function flush(): void {
    do {
      const rows = pending.slice(0, ROWS_AT_ONCE);
      const isWritten = withStore((open) => {
        open.write(rows);
        return true;
      });
      if (isWritten !== true) break;
      // Only what was written shows that it works again: a full disk can be read.
      setTrouble(undefined);
      pending.splice(0, rows.length);
    } while (pending.length > 0);
    if (pending.length === 0 && dropped > 0) {
      post({
        type: 'notice',
        message: `Usage can be written again; ${dropped} requests could not be kept until then.`,
      });
      dropped = 0;
    }
    tellTotals();
  }

  function tellTotals(): void {
    const now = clock.wallTime();
    const kept = withStore((open) => open.totals(now)) ?? emptyTotals(now);
    const totals = pending.reduce(addToTotals, kept);
    const told = JSON.stringify(totals);
    if (told === toldTotals) return;
    toldTotals = told;
    post({ type: 'totals', totals });
  }

  function report(): UsageReport {
    const now = clock.wallTime();
    const kept = withStore((open) => open.report(now)) ?? emptyReport(now);
    return {
      ...kept,
      ...pending.reduce(addToTotals, kept),
      latest: [...pending.filter(isListed).toReversed().map(lineOf), ...kept.latest].slice(0, LATEST_SHOWN),
    };
  }

  function tidyUp(open: LedgerStore): void {
    try {
      open.maintain(clock.wallTime());
    } catch (error) {
      // What cannot be done now is done later; whether there is room shows when something is written.
      if (isDamage(error)) throw error;
    }
  }

  function keepUp(): void {
    withStore(tidyUp);
    tellTotals();
    upkeep = clock.setTimeout(keepUp, UPKEEP_MS);
  }
  let upkeep = clock.setTimeout(keepUp, UPKEEP_MS);

  return {
    receive(message) {
      switch (message.type) {
        case 'rows':
          pending.push(...message.rows);
          if (retry === undefined) flush();
          if (pending.length > MOST_PENDING) {
            dropped += pending.length - MOST_PENDING;
            pending = pending.slice(-MOST_PENDING);
          }
          if (retry !== undefined) tellTotals();
          break;
        case 'report':
          post({ type: 'report', id: message.id, report: report() });
          break;
        case 'close':
          if (pending.length > 0) flush();
          upkeep.dispose();
          retry?.dispose();
          closeStore();
          post({ type: 'closed' });
          break;
      }
    },
  };
}

function emptyTotals(wallTime: number): UsageTotals {
  return { day: dayOf(wallTime), today: NO_USAGE, month: NO_USAGE };
}

function emptyReport(wallTime: number): UsageReport {
  return { ...emptyTotals(wallTime), byModel: [], byPurpose: [], latest: [], failed: [] };
}

function addToTotals<T extends UsageTotals>(totals: T, { record, day }: LedgerRow): T {
  const sums = sumsOf(record);
  return {
    ...totals,
    today: day >= totals.day ? addSums(totals.today, sums) : totals.today,
    month: day >= totals.day.slice(0, monthOf(0).length) ? addSums(totals.month, sums) : totals.month,
  };
}
