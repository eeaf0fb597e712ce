/** The ledger as the extension has it: with its thread, and without. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createLedger, type Ledger, type LedgerOptions } from '../../src/ledger/create-ledger.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { NOON, recordOf } from './records.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const workerPath = fileURLToPath(new URL('../../src/ledger/worker.ts', import.meta.url));

describe('the ledger of a window', () => {
  let temporary: TemporaryDatabase;
  let ledgers: Ledger[];

  beforeEach(() => {
    temporary = createTemporaryDatabase();
    ledgers = [];
  });
  afterEach(async () => {
    await Promise.all(ledgers.map((ledger) => ledger.dispose()));
    temporary.dispose();
  });

  function open(overrides: Partial<LedgerOptions> = {}): Ledger {
    const ledger = createLedger({
      workerPath,
      databasePath: temporary.path,
      takeBooking: () => false,
      clock: systemClock,
      logger: silentLogger,
      ...overrides,
    });
    ledgers.push(ledger);
    return ledger;
  }

  const now = (): number => Date.now();

  it('writes what is added and tells of it, in this window and the next', async () => {
    const first = open();
    first.add(recordOf({ startedAt: now(), cost: { usd: 0.25, certainty: 'exact' } }));
    const report = await first.report();
    assert.equal(report.today.usd, 0.25);
    assert.equal(first.totals().today.attempts, 1);
    first.add(recordOf({ startedAt: now() }));
    // What was added last is written when the window is closed.
    await first.dispose();
    assert.equal((await open().report()).today.attempts, 2);
  });

  it('adds up what all windows spend', async () => {
    const [one, other] = [open(), open()];
    for (let i = 0; i < 20; i++) {
      one.add(recordOf({ startedAt: now() }));
      other.add(recordOf({ startedAt: now() }));
    }
    await Promise.all([one.report(), other.report()]);
    assert.equal((await one.report()).today.attempts, 40);
    assert.equal((await other.report()).today.attempts, 40);
  });

  it('keeps usage in memory where there is no place for a database, and says so', async () => {
    const ledger = open({ databasePath: undefined });
    ledger.add(recordOf({ startedAt: now() }));
    assert.equal((await ledger.report()).today.attempts, 1);
    assert.match(ledger.trouble()?.message ?? '', /only until the window is closed/);
  });

  it('goes on where the folder cannot be written, and says why', async () => {
    writeFileSync(join(temporary.folder, 'file'), '');
    const ledger = open({ databasePath: join(temporary.folder, 'file', 'usage.db') });
    ledger.add(recordOf({ startedAt: now() }));
    assert.equal((await ledger.report()).today.attempts, 1);
    assert.match(ledger.trouble()?.message ?? '', /cannot be written to .*Requests go on/);
  });

  it('sets a damaged database aside and says where', async () => {
    mkdirSync(temporary.folder, { recursive: true });
    writeFileSync(temporary.path, 'garbage '.repeat(1000));
    const ledger = open();
    const notices: string[] = [];
    ledger.onNotice((message) => notices.push(message));
    ledger.add(recordOf({ startedAt: now() }));
    assert.equal((await ledger.report()).today.attempts, 1);
    assert.match(notices[0] ?? '', /damaged.*set aside as .*usage\.damaged-/);
    assert.ok(existsSync(temporary.path));
  });

  it('goes on in memory when its thread dies, and answers who waits', async () => {
    const broken = join(temporary.folder, 'broken.mjs');
    writeFileSync(broken, 'throw new Error("no such module");');
    const ledger = open({ workerPath: broken });
    ledger.add(recordOf({ startedAt: now() }));
    const report = await ledger.report();
    assert.equal(report.day, ledger.totals().day);
    assert.match(ledger.trouble()?.message ?? '', /has ended \(no such module\)/);
    ledger.add(recordOf({ startedAt: now() }));
    assert.ok((await ledger.report()).today.attempts >= 1);
  });

  it('starts no thread for a window that is closed at once', async () => {
    const clock = createFakeClock(0, NOON);
    const ledger = open({ clock, workerPath: 'no-such-file.mjs' });
    await ledger.dispose();
    assert.equal(clock.pendingTimers, 0);
    assert.equal(ledger.trouble(), undefined);
    ledger.add(recordOf());
    assert.equal(clock.pendingTimers, 0);
  });

  it('shows a new day as one on which nothing was spent yet', async () => {
    const clock = createFakeClock(0, NOON);
    const ledger = open({ clock, databasePath: undefined });
    ledger.add(recordOf({ cost: { usd: 1, certainty: 'exact' } }));
    await ledger.report();
    assert.equal(ledger.totals().today.usd, 1);
    await clock.advance(24 * 3600_000);
    assert.equal(ledger.totals().today.usd, 0);
    assert.equal(ledger.totals().month.usd, 1);
  });
});
