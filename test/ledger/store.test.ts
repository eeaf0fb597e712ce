/** What the ledger keeps and tells, in a database and in memory. */
import assert from 'node:assert/strict';
import { maintain } from '../../src/ledger/maintenance.ts';
import { createMemoryStore } from '../../src/ledger/memory-store.ts';
import { createSqliteStore } from '../../src/ledger/sqlite-store.ts';
import type { LedgerStore } from '../../src/ledger/store.ts';
import { createSqliteSpending } from '../../src/ledger/sqlite-spending.ts';
import { NOON, rowOf } from './records.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const DAY = 24 * 3600_000;

describe('the ledger', () => {
  let temporary: TemporaryDatabase;
  beforeEach(() => {
    temporary = createTemporaryDatabase(NOON);
  });
  afterEach(() => temporary.dispose());

  for (const kind of ['memory', 'database'] as const) {
    describe(`in ${kind === 'memory' ? 'memory' : 'a database'}`, () => {
      const open = (): LedgerStore =>
        kind === 'memory' ? createMemoryStore() : createSqliteStore(temporary.open(true));

      it('sums what was spent today and in this month, by model and by purpose', () => {
        const store = open();
        store.write([
          rowOf({ cost: { usd: 0.5, certainty: 'exact' } }),
          rowOf({ cost: { usd: 0.25, certainty: 'estimated' }, outcome: { type: 'cancelled' }, role: 'loser' }),
          rowOf({ purpose: 'completion', model: 'small-2', cost: { usd: 0, certainty: 'unknown' } }),
          rowOf({ startedAt: NOON - 2 * DAY, cost: { usd: 1, certainty: 'exact' } }),
          rowOf({ startedAt: NOON - 40 * DAY, cost: { usd: 9, certainty: 'exact' } }),
          rowOf({
            cost: { usd: 0, certainty: 'exact' },
            outcome: { type: 'failed', kind: 'auth', message: 'Wrong key.' },
          }),
        ]);
        const { today, month, byModel, byPurpose, failed, latest } = store.report(NOON);
        assert.deepEqual(
          [today.attempts, today.failed, today.cancelled, today.estimated, today.unknown, today.usd],
          [4, 1, 1, 1, 1, 0.75],
        );
        assert.deepEqual([month.attempts, month.usd, month.inputCacheRead], [5, 1.75, 100]);
        assert.deepEqual(
          byModel.map(({ model, sums }) => [model, sums.usd]),
          [
            ['small-1', 1.75],
            ['small-2', 0],
          ],
        );
        assert.deepEqual(
          byPurpose.map(({ purpose, sums }) => [purpose, sums.attempts]),
          [
            ['chat', 4],
            ['completion', 1],
          ],
        );
        assert.deepEqual(
          failed.map(({ outcome }) => outcome),
          [{ type: 'failed', kind: 'auth', message: 'Wrong key.' }],
        );
        assert.equal(latest.length, 6);
        assert.deepEqual(latest[0]?.outcome.type, 'failed');
        store.close();
      });

      it('tells of an attempt what it cost, how it ended and how long it took', () => {
        const store = open();
        store.write([rowOf({ role: 'winner', strategy: 'race' })]);
        assert.deepEqual(store.report(NOON).latest, [
          {
            startedAt: NOON,
            purpose: 'chat',
            strategy: 'race',
            role: 'winner',
            providerId: 'cloud',
            model: 'small-1',
            inputTokens: 123,
            outputTokens: 45,
            totalMs: 900,
            cost: { usd: 0.01, certainty: 'exact' },
            outcome: { type: 'finished', reason: 'stop' },
          },
        ]);
        store.close();
      });

      it('counts ghost text that costs nothing or was held back by a limit, but does not list it', () => {
        const store = open();
        store.write([
          rowOf({ purpose: 'completion', cost: { usd: 0, certainty: 'exact' } }),
          rowOf({ purpose: 'completion', cost: { usd: 0.1, certainty: 'exact' } }),
          rowOf({
            purpose: 'completion',
            cost: { usd: 0, certainty: 'exact' },
            outcome: { type: 'failed', kind: 'budget', message: 'Too dear.' },
          }),
        ]);
        const { today, latest, failed } = store.report(NOON);
        assert.equal(today.attempts, 3);
        assert.deepEqual(failed, []);
        assert.deepEqual(
          latest.map(({ cost }) => cost.usd),
          [0.1],
        );
        store.close();
      });

      it('has nothing to tell at first', () => {
        const store = open();
        const { today, byModel, latest } = store.report(NOON);
        assert.equal(today.attempts, 0);
        assert.deepEqual([byModel, latest], [[], []]);
        store.close();
      });
    });
  }

  it('keeps all of a record', () => {
    const store = createSqliteStore(temporary.open());
    const row = rowOf({ warnings: ['no images'], conversationId: undefined, firstUsefulTokenMs: undefined });
    store.write([row]);
    const kept = temporary.open().prepare('SELECT * FROM attempts').get() ?? {};
    assert.deepEqual(
      { ...kept },
      {
        seq: 1,
        id: row.record.id,
        request_id: row.record.requestId,
        day: '2026-11-21',
        started_at: NOON,
        purpose: 'chat',
        conversation_id: null,
        strategy: 'single',
        role: 'only',
        reason: 'first choice',
        provider: 'cloud',
        model: 'small-1',
        first_token_ms: null,
        total_ms: 900,
        input_uncached: 100,
        input_cache_read: 20,
        input_cache_write: 3,
        output: 40,
        reasoning: 5,
        usage_estimated: 0,
        usd: 0.01,
        certainty: 'exact',
        credential_id: 'abcdef',
        bytes_sent: 1000,
        bytes_received: 2000,
        outcome: 'finished',
        detail: 'stop',
        message: '',
        warnings: '["no images"]',
      },
    );
  });

  it('keeps a row once, however often it is written', () => {
    const store = createSqliteStore(temporary.open());
    const row = rowOf();
    store.write([row, row]);
    store.write([row]);
    assert.equal(store.totals(NOON).today.attempts, 1);
  });

  it('counts for the limits what no limit counted', () => {
    const database = temporary.open();
    createSqliteStore(database).write([
      rowOf({ cost: { usd: 2, certainty: 'exact' } }),
      rowOf({ cost: { usd: 5, certainty: 'exact' } }, true),
    ]);
    const entry = { providerId: undefined, limitUsd: 10 };
    const spending = createSqliteSpending(database, { wallTime: () => NOON });
    assert.deepEqual(
      spending.spent([
        { ...entry, scope: 'day', account: 'day', key: '2026-11-21' },
        { ...entry, scope: 'month', account: 'month', key: '2026-11' },
        { ...entry, scope: 'provider', account: 'provider cloud', key: '2026-11' },
        { ...entry, scope: 'conversation', account: 'conversation', key: 'c1' },
      ]),
      [2, 2, 2, 2],
    );
  });

  it('drops the oldest rows and keeps their sums', () => {
    const database = temporary.open();
    const store = createSqliteStore(database);
    const rows = Array.from({ length: 1000 }, (_, index) => rowOf({ reason: `row ${index}` }));
    store.write(rows);
    const before = store.totals(NOON);
    maintain(database, NOON, { rows: 400, bytes: Infinity });
    const kept = database.prepare('SELECT reason FROM attempts ORDER BY seq').all();
    assert.equal(kept.length, 360);
    assert.equal(kept.at(-1)?.['reason'], 'row 999');
    assert.deepEqual(store.totals(NOON), before);
    maintain(database, NOON, { rows: 400, bytes: 60_000 });
    assert.ok(Number(database.prepare('SELECT count(*) AS n FROM attempts').get()?.['n']) < 360);
    assert.deepEqual(store.totals(NOON), before);
  });

  it('turns old days into months, and loses no money by it', () => {
    const database = temporary.open();
    const store = createSqliteStore(database);
    const dollars = (): unknown => database.prepare('SELECT total(usd) AS usd FROM daily').get()?.['usd'];
    store.write(Array.from({ length: 90 }, (_, index) => rowOf({ startedAt: NOON - (450 + index) * DAY })));
    store.write([rowOf()]);
    const before = dollars();
    maintain(database, NOON);
    maintain(database, NOON);
    assert.equal(Number(dollars()).toFixed(6), Number(before).toFixed(6));
    const days = database
      .prepare('SELECT day FROM daily ORDER BY day')
      .all()
      .map((row) => row['day']);
    assert.ok(days.length <= 6 && days[0] === '2025-05-00', JSON.stringify(days));
  });

  it('counts for today, and not for ever, what a wrong clock dated into the future', () => {
    const database = temporary.open();
    const store = createSqliteStore(database);
    store.write([rowOf({ startedAt: NOON + 3000 * DAY, cost: { usd: 3, certainty: 'exact' } })]);
    maintain(database, NOON);
    const spending = createSqliteSpending(database, { wallTime: () => NOON });
    const of = (key: string): number | undefined =>
      spending.spent([{ scope: 'day', account: 'day', key, providerId: undefined, limitUsd: 1 }])[0];
    assert.equal(of('2026-11-21'), 3);
    assert.equal(of('2026-11-22'), 0);
    assert.equal(store.totals(NOON).today.usd, 3);
    assert.equal(store.totals(NOON + DAY).today.usd, 0);
  });

  it('takes counts that no server should send', () => {
    const store = createSqliteStore(temporary.open());
    const usage = {
      inputUncached: 1.5,
      inputCacheRead: NaN,
      inputCacheWrite: Infinity,
      output: -1,
      reasoning: 0,
      estimated: true,
    };
    store.write([rowOf({ usage, outcome: { type: 'failed', kind: 'bad-response', message: 'x'.repeat(10_000) } })]);
    assert.equal(store.report(NOON).failed[0]?.outcome.type, 'failed');
  });
});
