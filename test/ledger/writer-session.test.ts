/** The one who writes: in time, and not at all where it cannot. */
import assert from 'node:assert/strict';
import { createMemoryStore } from '../../src/ledger/memory-store.ts';
import type { FromLedgerThread } from '../../src/ledger/messages.ts';
import type { LedgerStore } from '../../src/ledger/store.ts';
import { troubleOf } from '../../src/ledger/trouble.ts';
import { createWriterSession } from '../../src/ledger/writer-session.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { NOON, rowOf } from './records.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly posted: FromLedgerThread[];
  readonly batches: readonly number[];
  fails: Error | undefined;
  opened: number;
  add(count: number): void;
  ask(): Extract<FromLedgerThread, { type: 'report' }>['report'];
  close(): void;
}

function bench(): Bench {
  const clock = createFakeClock(0, NOON);
  const batches: number[] = [];
  const memory = createMemoryStore();
  const store: LedgerStore = {
    ...memory,
    write(rows) {
      if (result.fails !== undefined) throw result.fails;
      batches.push(rows.length);
      memory.write(rows);
    },
  };
  const result: Bench = {
    clock,
    posted: [],
    batches,
    fails: undefined,
    opened: 0,
    add: (count) => session.receive({ type: 'rows', rows: Array.from({ length: count }, () => rowOf()) }),
    ask() {
      session.receive({ type: 'report', id: 7 });
      const last = result.posted.findLast((message) => message.type === 'report');
      assert.ok(last?.type === 'report' && last.id === 7);
      return last.report;
    },
    close: () => session.receive({ type: 'close' }),
  };
  const session = createWriterSession({
    openStore: () => {
      result.opened++;
      return store;
    },
    troubleOf: (error) => troubleOf(error, 'usage.db'),
    post: (message) => result.posted.push(message),
    clock,
  });
  return result;
}

const sqliteError = (errcode: number): Error => Object.assign(new Error('database or disk is full'), { errcode });

describe('the writer of the ledger', () => {
  it('writes at once, a little at a time, and tells what was spent', () => {
    const one = bench();
    one.add(120);
    assert.deepEqual(one.batches, [50, 50, 20]);
    assert.deepEqual(
      one.posted.map(({ type }) => type),
      ['totals'],
    );
    const [told] = one.posted;
    assert.ok(told?.type === 'totals' && told.totals.today.attempts === 120);
  });

  it('keeps rows while the disk is full, says so once, and writes them when there is room', async () => {
    const one = bench();
    one.add(1);
    one.fails = sqliteError(13);
    one.add(2);
    one.add(3);
    await one.clock.advance(100_000);
    const troubles = one.posted.filter((message) => message.type === 'trouble');
    assert.equal(troubles.length, 1);
    assert.match(troubles[0]?.trouble?.message ?? '', /usage\.db .*full.*Requests go on.*Make room on the disk/);
    // What is not written yet is told all the same.
    assert.equal(one.ask().today.attempts, 6);
    assert.equal(one.ask().latest.length, 6);

    one.fails = undefined;
    await one.clock.advance(30_000);
    assert.equal(
      one.batches.reduce((sum, rows) => sum + rows, 0),
      6,
    );
    assert.equal(one.ask().today.attempts, 6);
    assert.deepEqual(
      one.posted.findLast((message) => message.type === 'trouble'),
      { type: 'trouble', trouble: undefined },
    );
  });

  it('keeps no more than a bound while it cannot write, and says afterwards what was lost', async () => {
    const one = bench();
    one.fails = sqliteError(8);
    for (let i = 0; i < 60; i++) one.add(100);
    one.fails = undefined;
    await one.clock.advance(30_000);
    assert.equal(one.ask().today.attempts, 5000);
    const notice = one.posted.find((message) => message.type === 'notice');
    assert.match(notice?.message ?? '', /1000 requests could not be kept/);
  });

  it('opens a damaged database anew, at once and once', () => {
    const one = bench();
    one.add(1);
    one.fails = sqliteError(11);
    one.add(1);
    assert.equal(one.opened, 3);
    one.fails = undefined;
  });

  it('leaves nothing behind when it is closed', () => {
    const one = bench();
    one.fails = sqliteError(13);
    one.add(1);
    one.fails = undefined;
    one.close();
    assert.equal(one.clock.pendingTimers, 0);
    assert.deepEqual(one.batches, [1]);
    assert.equal(one.posted.at(-1)?.type, 'closed');
  });
});
