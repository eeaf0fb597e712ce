/** Writing rows, and what an attempt's price costs to find out. */
import { statSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createSqliteStore } from '../../src/ledger/sqlite-store.ts';
import { createPriceCatalogue } from '../../src/router/price-catalogue.ts';
import { recordOf, rowOf } from '../../test/ledger/records.ts';
import { percentile } from '../report/statistics.ts';

const ROWS = 20_000;
const ROWS_AT_ONCE = 50;

export interface RowFigures {
  readonly perSecond: number;
  readonly transactionP99Ms: number | undefined;
  readonly openNewMs: number;
  readonly openThoroughMs: number;
  readonly rowBytes: number;
  readonly addP99Us: number | undefined;
  readonly copyP50Us: number | undefined;
}

export function measureRows(path: string): RowFigures {
  const open = () => openDatabase({ path, wallTime: Date.now(), thorough: true, onSetAside: () => undefined });
  const [openNewMs, database] = timed(open);
  const store = createSqliteStore(database);
  const models = ['small-1', 'small-2', 'large-1', 'large-2'];
  const batches = Array.from({ length: ROWS / ROWS_AT_ONCE }, (_, batch) =>
    Array.from({ length: ROWS_AT_ONCE }, (_row, index) =>
      rowOf({ model: models[(batch + index) % models.length] ?? '', startedAt: Date.now() }),
    ),
  );
  const times: number[] = [];
  const startedMs = performance.now();
  for (const batch of batches) times.push(timed(() => store.write(batch))[0]);
  store.maintain(Date.now());
  const totalMs = performance.now() - startedMs;
  store.close();
  const [openThoroughMs, again] = timed(open);
  again.close();
  return {
    perSecond: ROWS / (totalMs / 1000),
    transactionP99Ms: percentile(times, 99),
    openNewMs,
    openThoroughMs,
    rowBytes: statSync(path).size / ROWS,
    addP99Us: measureAdd(),
    copyP50Us: percentile(
      batches.slice(0, 200).map((batch) => timed(() => structuredClone(batch))[0] * 1000),
      50,
    ),
  };
}

/** What the main thread does for a record: the rest is the thread's. */
function measureAdd(): number | undefined {
  const ledger = createLedger({
    workerPath: '',
    databasePath: undefined,
    takeBooking: () => false,
    clock: { ...systemClock, setTimeout: () => ({ dispose: () => undefined }) },
    logger: silentLogger,
  });
  const times: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const record = recordOf();
    times.push(timed(() => ledger.add(record))[0] * 1000);
  }
  return percentile(times, 99);
}

export interface PriceFigures {
  readonly loadMs: number;
  readonly firstUs: number;
  readonly p50Us: number | undefined;
}

export async function measurePrices(): Promise<PriceFigures> {
  const prices = createPriceCatalogue({ clock: systemClock, logger: silentLogger, overrides: () => ({}) });
  const startedMs = performance.now();
  await prices.ready();
  const loadMs = performance.now() - startedMs;
  const query = { providerId: 'p', catalogue: 'anthropic', model: 'claude-sonnet-4-5' };
  const { usage } = recordOf();
  const [firstMs] = timed(() => prices.cost(query, usage));
  const times: number[] = [];
  for (let i = 0; i < 2000; i++) {
    // One by one they are shorter than the clock can tell.
    const [hundredMs] = timed(() => {
      for (let j = 0; j < 100; j++) prices.cost(query, usage);
    });
    times.push((hundredMs / 100) * 1000);
  }
  return { loadMs, firstUs: firstMs * 1000, p50Us: percentile(times, 50) };
}

export function timed<T>(run: () => T): readonly [number, T] {
  const startedMs = performance.now();
  const result = run();
  return [performance.now() - startedMs, result];
}
