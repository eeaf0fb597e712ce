/** Databases that are damaged, newer, gone or locked. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { silentLogger } from '../../src/base/logger.ts';
import type { SpendEntry } from '../../src/ledger/budget-limits.ts';
import { createJointSpending } from '../../src/ledger/joint-spending.ts';
import { createSqliteSpending } from '../../src/ledger/sqlite-spending.ts';
import type { Spending } from '../../src/ledger/spending.ts';
import type { FromLedgerThread } from '../../src/ledger/messages.ts';
import { createSqliteStore } from '../../src/ledger/sqlite-store.ts';
import { troubleOf } from '../../src/ledger/trouble.ts';
import { createWriterSession } from '../../src/ledger/writer-session.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { NOON, rowOf } from './records.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const today: SpendEntry = { scope: 'day', account: 'day', key: '2026-11-21', providerId: undefined, limitUsd: 1 };

describe('the database of the ledger', () => {
  let temporary: TemporaryDatabase;
  beforeEach(() => {
    temporary = createTemporaryDatabase(NOON);
  });
  afterEach(() => temporary.dispose());

  it('is begun anew when it is damaged, and what was there is set aside', () => {
    for (const [index, garbage] of [
      'not a database at all, but long enough to look like one'.repeat(200),
      `SQLite format 3\0${'x'.repeat(5000)}`,
    ].entries()) {
      writeFileSync(temporary.path, garbage);
      const store = createSqliteStore(temporary.open());
      store.write([rowOf()]);
      assert.equal(store.totals(NOON).today.attempts, 1);
      store.close();
      const target = temporary.setAside[index] ?? '';
      assert.match(target, /usage\.damaged-2026-11-2[012]T\d\d-\d\d-00-000Z\.db$/);
      assert.equal(readFileSync(target, 'utf8'), garbage);
      rmSync(target);
      rmSync(temporary.path);
    }
  });

  it('is set aside when its pages are damaged behind a sound head, once everything is read', () => {
    const store = createSqliteStore(temporary.open(true));
    store.write(Array.from({ length: 500 }, () => rowOf()));
    store.close();
    const bytes = readFileSync(temporary.path);
    bytes.fill(0x5a, 4096 * 3, 4096 * 12);
    writeFileSync(temporary.path, bytes);
    const anew = createSqliteStore(temporary.open(true));
    assert.equal(temporary.setAside.length, 1);
    assert.equal(anew.totals(NOON).today.attempts, 0);
    anew.close();
    assert.deepEqual(
      readdirSync(temporary.folder).filter((name) => name.endsWith('.lock')),
      [],
    );
  });

  it('of a newer version is left alone', () => {
    temporary.open().exec('PRAGMA user_version = 99');
    assert.throws(() => temporary.open(), /newer version of Reaper/);
    assert.ok(existsSync(temporary.path));
    assert.deepEqual(temporary.setAside, []);
  });

  it('is found again by its name when another window has set it aside', async () => {
    const clock = createFakeClock(0, NOON);
    const spending = createJointSpending({ open: () => temporary.open(), clock, logger: silentLogger });
    spending.reserve('a', [today], 0.1);
    const store = createSqliteStore(temporary.open());
    for (const suffix of ['', '-wal', '-shm']) renameSync(temporary.path + suffix, `${temporary.path}.aside${suffix}`);
    assert.equal(store.isCurrent(), false);
    await clock.advance(6000);
    spending.reserve('b', [today], 0.2);
    assert.ok(existsSync(temporary.path));
    assert.equal(createSqliteSpending(temporary.open(), clock).spent([today])[0]?.toFixed(6), '0.200000');
    spending.dispose();
  });

  it('that fails leaves limits in force, and gets what was spent meanwhile when it works again', async () => {
    const clock = createFakeClock(0, NOON);
    let fails = false;
    const log: string[] = [];
    const spending = createJointSpending({
      open: () => {
        if (fails) throw new Error('disk full');
        return temporary.open();
      },
      clock,
      logger: { ...silentLogger, warn: (message) => void log.push(message) },
    });
    spending.reserve('a', [today], 0.6);
    spending.settle('a', [today], 0.5);
    fails = true;
    rmSync(temporary.path);
    await clock.advance(6000);
    assert.equal(spending.reserve('b', [today], 0.6)?.spentUsd, 0.5);
    assert.equal(spending.reserve('c', [today], 0.4), undefined);
    spending.settle('c', [today], 0.3);
    assert.equal(spending.spent([today])[0]?.toFixed(6), '0.800000');
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /disk full/);

    fails = false;
    await clock.advance(31_000);
    assert.equal(spending.spent([today])[0]?.toFixed(6), '0.300000');
    spending.dispose();
  });

  for (const [trouble, limit, wayOut] of [
    ['full', (pages: number) => `PRAGMA max_page_count = ${pages}`, /database or disk is full.*Make room on the disk/],
    ['read-only', () => 'PRAGMA query_only = ON', /readonly database.*make the folder writable/],
  ] as const) {
    it(`that is ${trouble} is said so, and written when it can be again`, async () => {
      const clock = createFakeClock(0, NOON);
      const posted: FromLedgerThread[] = [];
      let isTroubled = true;
      const session = createWriterSession({
        openStore: () => {
          const database = temporary.open();
          const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
          if (isTroubled) database.exec(limit(pages));
          return createSqliteStore(database);
        },
        troubleOf: (error) => troubleOf(error, temporary.path),
        post: (message) => posted.push(message),
        clock,
      });
      session.receive({ type: 'rows', rows: Array.from({ length: 300 }, () => rowOf()) });
      const told = posted.filter((message) => message.type === 'trouble');
      assert.equal(told.length, 1);
      assert.equal(told[0]?.trouble?.type, 'disk');
      assert.match(told[0].trouble.message, wayOut);
      isTroubled = false;
      await clock.advance(30_000);
      const { totals } = posted.findLast((message) => message.type === 'totals') ?? {};
      assert.equal(totals?.today.attempts, 300);
      assert.equal(createSqliteStore(temporary.open()).totals(NOON).today.attempts, 300);
      session.receive({ type: 'close' });
    });
  }

  it('lets another window finish, and waits for no longer than it takes', () => {
    const one = createSqliteSpending(temporary.open(), { wallTime: () => NOON });
    const other = temporary.open();
    const spent = one.reserve('a', [today], 0.25);
    assert.equal(spent, undefined);
    assert.equal(createSqliteSpending(other, { wallTime: () => NOON }).spent([today])[0], 0.25);
  });

  it('gives back what another window has set aside for longer than any request takes, and never what is in use here', () => {
    let now = NOON;
    const window = (): Spending => createSqliteSpending(temporary.open(), { wallTime: () => now });
    const spending = window();
    const other = window();
    other.reserve('lost', [today], 0.9);
    now += 14 * 60_000;
    assert.equal(spending.reserve('next', [today], 0.2)?.spentUsd, 0.9);
    now += 2 * 60_000;
    assert.equal(spending.reserve('next', [today], 0.2), undefined);
    // Should it end after all, it is counted whole.
    other.settle('lost', [today], 0.5);
    assert.equal(spending.spent([today])[0]?.toFixed(6), '0.700000');
    now += 60 * 60_000;
    assert.equal(spending.reserve('last', [today], 0.4)?.spentUsd.toFixed(6), '0.700000');
  });
});
