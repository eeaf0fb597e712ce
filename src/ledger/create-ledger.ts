/** The ledger: takes each record as it comes, and tells what was spent. Nothing here waits for the disk. */
import { delay } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { RequestRecord } from '../router/request-record.ts';
import { dayOf } from './calendar.ts';
import { hasSqlite } from './database.ts';
import type { FromLedgerThread, LedgerTrouble } from './messages.ts';
import { type LedgerThread, startLedgerThread, startMemoryWriter } from './thread.ts';
import { NO_SQLITE } from './trouble.ts';
import { type LedgerRow, NO_USAGE, type UsageReport, type UsageTotals } from './usage.ts';

export interface LedgerOptions {
  readonly workerPath: string;
  /** `undefined`: there is no place for it, so it lives in memory. */
  readonly databasePath: string | undefined;
  /** Whether the budget counted the cost of an attempt already; asked once for each. */
  readonly takeBooking: (attemptId: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Ledger {
  add(record: RequestRecord): void;
  /** As last heard of, all windows together. */
  totals(): UsageTotals;
  report(): Promise<UsageReport>;
  /** Why nothing can be written at the moment. */
  trouble(): LedgerTrouble | undefined;
  readonly onTotalsChanged: Event<UsageTotals>;
  readonly onTroubleChanged: Event<LedgerTrouble | undefined>;
  /** What happened to the record of usage and is over, in the user's words. */
  readonly onNotice: Event<string>;
  /** Writes what is left. */
  dispose(): Promise<void>;
}

/** One message to the thread, and one transaction, for all that end in so short a time: ghost text ends at every key. */
const BATCH_MS = 500;
/** Starting VS Code is not the moment to read what was spent. */
const START_AFTER_MS = 5000;
/** VS Code gives all extensions together five seconds. */
const CLOSE_LIMIT_MS = 1500;

export function createLedger(options: LedgerOptions): Ledger {
  const { workerPath, databasePath, takeBooking, clock } = options;
  const logger = options.logger.child('ledger');
  const totalsChanged = new Emitter<UsageTotals>();
  const troubleChanged = new Emitter<LedgerTrouble | undefined>();
  const noticed = new Emitter<string>();
  const waiting = new Map<number, (report: UsageReport) => void>();
  let thread: LedgerThread | undefined;
  let totals: UsageTotals | undefined;
  let trouble: LedgerTrouble | undefined;
  let batch: LedgerRow[] = [];
  let sending: Disposable | undefined;
  let reports = 0;
  let onClosed: (() => void) | undefined;
  let isDisposed = false;

  function setTrouble(next: LedgerTrouble | undefined): void {
    trouble = next;
    if (next !== undefined) logger.warn(next.message);
    else logger.info('Usage can be written again.');
    troubleChanged.fire(next);
  }

  function receive(message: FromLedgerThread): void {
    switch (message.type) {
      case 'totals':
        totals = message.totals;
        totalsChanged.fire(totals);
        break;
      case 'report':
        totals = message.report;
        waiting.get(message.id)?.(message.report);
        waiting.delete(message.id);
        break;
      case 'trouble':
        setTrouble(message.trouble);
        break;
      case 'notice':
        logger.warn(message.message);
        noticed.fire(message.message);
        break;
      case 'closed':
        onClosed?.();
        break;
    }
  }

  function inMemory(reason: LedgerTrouble): LedgerThread {
    setTrouble(reason);
    return startMemoryWriter(clock, reason, receive);
  }

  function start(): LedgerThread {
    if (thread !== undefined) return thread;
    if (databasePath === undefined || !hasSqlite()) {
      thread = inMemory(NO_SQLITE);
    } else {
      const onDeath = (reason: string): void => {
        const message = `The thread that writes usage has ended (${reason}). Usage is kept only until the window is closed.`;
        thread = inMemory({ type: 'failed', message });
        for (const id of waiting.keys()) thread.post({ type: 'report', id });
        onClosed?.();
      };
      thread = startLedgerThread(workerPath, { databasePath }, { onMessage: receive, onDeath });
    }
    return thread;
  }

  function send(): void {
    sending = undefined;
    const rows = batch;
    batch = [];
    if (rows.length > 0) start().post({ type: 'rows', rows });
  }

  // An empty message makes the thread tell what is known.
  const starting = clock.setTimeout(() => start().post({ type: 'rows', rows: [] }), START_AFTER_MS);

  return {
    add(record) {
      if (isDisposed) return;
      batch.push({ record, day: dayOf(record.startedAt), isBooked: takeBooking(record.id) });
      sending ??= clock.setTimeout(send, BATCH_MS);
    },
    totals() {
      const day = dayOf(clock.wallTime());
      if (totals === undefined) return { day, today: NO_USAGE, month: NO_USAGE };
      return totals.day === day ? totals : { ...totals, day, today: NO_USAGE };
    },
    report() {
      sending?.dispose();
      send();
      const id = ++reports;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        start().post({ type: 'report', id });
      });
    },
    trouble: () => trouble,
    onTotalsChanged: totalsChanged.event,
    onTroubleChanged: troubleChanged.event,
    onNotice: noticed.event,
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      starting.dispose();
      sending?.dispose();
      send();
      for (const emitter of [totalsChanged, troubleChanged, noticed]) emitter.dispose();
      const open = thread;
      if (open === undefined) return;
      const patience = new AbortController();
      const closed = new Promise<void>((resolve) => {
        onClosed = resolve;
      });
      open.post({ type: 'close' });
      await Promise.race([closed, delay(clock, CLOSE_LIMIT_MS, patience.signal)]);
      patience.abort();
      await open.end();
    },
  };
}
