/** What keeping the books costs, and whether they stay right: rows, reservations, several processes, processes that are killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { atLeast, atMost, printReport, type Row, saveReport, type Unit, type Wanted } from '../report/table.ts';
import { measureBudget } from './budget.ts';
import { measureKills, measureTwoProcesses } from './processes.ts';
import { measurePrices, measureRows } from './rows.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '25' } } });
const folder = mkdtempSync(join(tmpdir(), 'reaper-bench-ledger-'));

const row = (quantity: string, unit: Unit, wanted: Wanted | undefined, value: number | undefined): Row => ({
  quantity,
  unit,
  wanted,
  values: { Reaper: value },
});

try {
  const rows = measureRows(join(folder, 'rows.db'));
  const prices = await measurePrices();
  const budget = await measureBudget(join(folder, 'budget.db'));
  const shared = await measureTwoProcesses(join(folder, 'shared.db'));
  const kills = await measureKills(join(folder, 'killed.db'), Number(values.kills));
  const report = {
    bench: 'ledger',
    title: 'The ledger',
    subject: 'Reaper',
    rows: [
      row('rows written in a second', 'count', atLeast(10_000), rows.perSecond),
      row('50 rows and what is due of moving the log into the file, p99', 'ms', undefined, rows.transactionP99Ms),
      row('opening a new database', 'ms', undefined, rows.openNewMs),
      row('opening one with 20,000 rows, all of it checked', 'ms', undefined, rows.openThoroughMs),
      row('size of a row on the disk', 'kB', undefined, rows.rowBytes / 1000),
      row('handing a record over, on the main thread, p99', 'µs', atMost(50), rows.addP99Us),
      row('copying 50 of them for the thread, p50', 'µs', atMost(2000), rows.copyP50Us),
      row('loading the prices', 'ms', undefined, prices.loadMs),
      row('first look-up of a model', 'µs', undefined, prices.firstUs),
      row('a price, p50', 'µs', atMost(1), prices.p50Us),
      row('reserve and settle, p50', 'µs', undefined, budget.p50Us),
      row('reserve and settle, p99', 'µs', atMost(2000), budget.p99Us),
      row('reserve and settle while another thread writes, p99', 'µs', atMost(2000), budget.busyP99Us),
      row('the same, the longest', 'µs', undefined, budget.busyLongestUs),
      row('reserve without any limit, p99', 'µs', atMost(10), budget.unlimitedP99Us),
      row('overshoot, 1,000 at once in one process', 'share', atMost(0), budget.overshootShare),
      row('overshoot, 1,000 at once in two processes', 'share', atMost(0), shared.overshootShare),
      row('processes killed while they wrote', 'count', undefined, kills.rounds),
      row('databases that did not open afterwards', 'count', atMost(0), kills.notOpened),
      row('committed rows', 'count', undefined, kills.committed),
      row('committed rows that were lost', 'count', atMost(0), kills.lost),
    ],
    notes: [
      'In the extension rows are written in a thread of its own; reservations are made on the main thread, before a request is sent.',
      'Overshoot: what was spent beyond the limit, as a share of it. At least half of the limit was spent in each run.',
      'Killed: SIGKILL after a random number of rows; a row counts as committed once the process has told of it.',
    ],
  };
  printReport(report);
  saveReport(report, { rows, prices, budget, shared, kills });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
