/** The ledger in its database: one row for each attempt, and daily sums that stay when the rows go. */
import type { DatabaseSync } from 'node:sqlite';
import type { AttemptOutcome, Cost, RequestRecord } from '../router/request-record.ts';
import { dayOf, monthOf } from './calendar.ts';
import { createFileCheck } from './file-identity.ts';
import { maintain, moveLog } from './maintenance.ts';
import { createAdder } from './sqlite-spending.ts';
import { FAILED_SHOWN, LATEST_SHOWN, type LedgerStore } from './store.ts';
import { inTransaction } from './transaction.ts';
import { type AttemptLine, countOf, mapSums, SUM_NAMES, sumsOf, type UsageSums, type UsageTotals } from './usage.ts';

type Row = Readonly<Record<string, unknown>>;

/** About a megabyte; SQLite's own habit is four. */
const ROWS_IN_LOG = 1000;
/** Servers can say a lot. */
const LONGEST_MESSAGE = 500;

export function createSqliteStore(database: DatabaseSync): LedgerStore {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO attempts (
       id, request_id, day, started_at, purpose, conversation_id, strategy, role, reason, provider, model,
       first_token_ms, total_ms, input_uncached, input_cache_read, input_cache_write, output, reasoning,
       usage_estimated, usd, certainty, credential_id, bytes_sent, bytes_received, outcome, detail, message, warnings
     ) VALUES (${Array.from({ length: 28 }, () => '?').join(', ')})`,
  );
  const columns = SUM_NAMES.map(columnOf);
  const addToDay = database.prepare(
    `INSERT INTO daily (day, provider, model, purpose, ${columns.join(', ')})
     VALUES (${Array.from({ length: 4 + columns.length }, () => '?').join(', ')})
     ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`,
  );
  const addToSpend = createAdder(database);
  let inLog = 0;
  const totalsOf = columns.map((column) => `total(${column}) AS ${column}`).join(', ');
  const sumSince = database.prepare(`SELECT ${totalsOf} FROM daily WHERE day >= ?`);
  const modelsSince = database.prepare(
    `SELECT provider, model, ${totalsOf} FROM daily WHERE day >= ? GROUP BY provider, model ORDER BY total(usd) DESC, provider, model`,
  );
  const purposesSince = database.prepare(
    `SELECT purpose, ${totalsOf} FROM daily WHERE day >= ? GROUP BY purpose ORDER BY total(usd) DESC, purpose`,
  );
  const latest = database.prepare(
    // As `isListed`.
    `SELECT * FROM attempts WHERE purpose <> 'completion' OR usd > 0 OR certainty <> 'exact' ORDER BY seq DESC LIMIT ?`,
  );
  const failed = database.prepare(
    // As `isFailure`.
    "SELECT * FROM attempts WHERE outcome = 'failed' AND detail <> 'budget' ORDER BY seq DESC LIMIT ?",
  );

  function totals(wallTime: number): UsageTotals {
    const day = dayOf(wallTime);
    return { day, today: readSums(sumSince.get(day)), month: readSums(sumSince.get(monthOf(wallTime))) };
  }

  return {
    write(rows) {
      inTransaction(database, () => {
        for (const { record, day, isBooked } of rows) {
          if (insert.run(...valuesOf(record, day)).changes === 0) continue;
          const sums = sumsOf(record);
          addToDay.run(day, record.providerId, record.model, record.purpose, ...SUM_NAMES.map((name) => sums[name]));
          if (!isBooked) addToSpend(accountsOf(record, day), record.cost.usd, record.startedAt);
        }
      });
      inLog += rows.length;
      if (inLog >= ROWS_IN_LOG) {
        inLog = 0;
        moveLog(database, rows.at(-1)?.record.startedAt ?? 0);
      }
    },
    totals,
    report(wallTime) {
      const month = monthOf(wallTime);
      return {
        ...totals(wallTime),
        byModel: modelsSince
          .all(month)
          .map((row) => ({ providerId: text(row, 'provider'), model: text(row, 'model'), sums: readSums(row) })),
        byPurpose: purposesSince
          .all(month)
          .map((row) => ({ purpose: text(row, 'purpose') as RequestRecord['purpose'], sums: readSums(row) })),
        latest: latest.all(LATEST_SHOWN).map(readLine),
        failed: failed.all(FAILED_SHOWN).map(readLine),
      };
    },
    maintain: (wallTime) => maintain(database, wallTime),
    isCurrent: createFileCheck(database),
    close: () => database.close(),
  };
}

/** Where the cost is counted, if the budget has not done it. */
function accountsOf(
  { providerId, conversationId }: RequestRecord,
  day: string,
): readonly { readonly account: string; readonly key: string }[] {
  const month = day.slice(0, 'YYYY-MM'.length);
  return [
    ...(conversationId === undefined ? [] : [{ account: 'conversation', key: conversationId }]),
    { account: 'day', key: day },
    { account: `provider ${providerId}`, key: month },
    { account: 'month', key: month },
  ];
}

function valuesOf(record: RequestRecord, day: string): readonly (string | number | null)[] {
  const { usage, cost, outcome } = record;
  return [
    record.id,
    record.requestId,
    day,
    Math.round(record.startedAt),
    record.purpose,
    record.conversationId ?? null,
    record.strategy,
    record.role,
    record.reason,
    record.providerId,
    record.model,
    record.firstUsefulTokenMs ?? null,
    record.totalMs,
    countOf(usage.inputUncached),
    countOf(usage.inputCacheRead),
    countOf(usage.inputCacheWrite),
    countOf(usage.output),
    countOf(usage.reasoning),
    usage.estimated ? 1 : 0,
    cost.usd,
    cost.certainty,
    record.credentialId ?? null,
    countOf(record.bytesSent),
    countOf(record.bytesReceived),
    outcome.type,
    detailOf(outcome),
    outcome.type === 'failed' ? outcome.message.slice(0, LONGEST_MESSAGE) : '',
    JSON.stringify(record.warnings.map((warning) => warning.slice(0, LONGEST_MESSAGE))),
  ];
}

function detailOf(outcome: AttemptOutcome): string {
  switch (outcome.type) {
    case 'finished':
      return outcome.reason;
    case 'failed':
      return outcome.kind;
    case 'cancelled':
      return '';
  }
}

function readLine(row: Row): AttemptLine {
  return {
    startedAt: amount(row, 'started_at'),
    purpose: text(row, 'purpose') as RequestRecord['purpose'],
    strategy: text(row, 'strategy') as RequestRecord['strategy'],
    role: text(row, 'role') as RequestRecord['role'],
    providerId: text(row, 'provider'),
    model: text(row, 'model'),
    inputTokens: amount(row, 'input_uncached') + amount(row, 'input_cache_read') + amount(row, 'input_cache_write'),
    outputTokens: amount(row, 'output') + amount(row, 'reasoning'),
    totalMs: amount(row, 'total_ms'),
    cost: { usd: amount(row, 'usd'), certainty: text(row, 'certainty') as Cost['certainty'] },
    outcome: readOutcome(row),
  };
}

// The casts hold because nothing else writes these tables.
function readOutcome(row: Row): AttemptOutcome {
  const detail = text(row, 'detail');
  switch (text(row, 'outcome')) {
    case 'finished':
      return { type: 'finished', reason: detail as Extract<AttemptOutcome, { type: 'finished' }>['reason'] };
    case 'failed': {
      const kind = detail as Extract<AttemptOutcome, { type: 'failed' }>['kind'];
      return { type: 'failed', kind, message: text(row, 'message') };
    }
    default:
      return { type: 'cancelled' };
  }
}

function readSums(row: Row | undefined): UsageSums {
  return mapSums((name) => (row === undefined ? 0 : amount(row, columnOf(name))));
}

function columnOf(name: keyof UsageSums): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function text(row: Row, column: string): string {
  return String(row[column] ?? '');
}

function amount(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}
