/** Limits, in memory and in a database that several windows share. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { BudgetLimits, BudgetState } from '../../src/ledger/budget-limits.ts';
import { createBudget, type LedgerBudget } from '../../src/ledger/create-budget.ts';
import { createMemorySpending } from '../../src/ledger/memory-spending.ts';
import { createJointSpending } from '../../src/ledger/joint-spending.ts';
import type { Spending } from '../../src/ledger/spending.ts';
import type { BudgetQuery, Reservation } from '../../src/router/budget.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { NOON } from './records.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const NO_LIMITS: BudgetLimits = {
  perRequestUsd: 0,
  perConversationUsd: 0,
  perDayUsd: 0,
  perMonthUsd: 0,
  perProviderUsd: {},
  allowUnknownPrices: false,
};

interface Bench {
  readonly budget: LedgerBudget;
  readonly clock: FakeClock;
  readonly warnings: readonly BudgetState[];
  limits: BudgetLimits;
  reserve(usd: number, overrides?: Partial<BudgetQuery>): Reservation;
  refusal(usd: number, overrides?: Partial<BudgetQuery>): string;
}

let count = 0;

function benchOver(spending: Spending, limits: Partial<BudgetLimits>, clock = createFakeClock(0, NOON)): Bench {
  const warnings: BudgetState[] = [];
  const bench: Bench = {
    budget: createBudget({ limits: () => bench.limits, spending, clock, logger: silentLogger }),
    clock,
    warnings,
    limits: { ...NO_LIMITS, ...limits },
    reserve(usd, overrides) {
      const id = `attempt ${++count}`;
      return bench.budget.reserve({
        id,
        requestId: id,
        purpose: 'chat',
        conversationId: undefined,
        providerId: 'cloud',
        model: 'small-1',
        highest: { usd, certainty: 'estimated' },
        requestBudgetUsd: undefined,
        ...overrides,
      });
    },
    refusal(usd, overrides) {
      try {
        bench.reserve(usd, overrides);
      } catch (error) {
        assert.ok(error instanceof ReaperError);
        assert.equal(error.kind, 'budget');
        assert.equal(error.retryable, false);
        return error.message;
      }
      return 'not refused';
    },
  };
  bench.budget.onNearlySpent((state) => warnings.push(state));
  return bench;
}

const exact = (usd: number) => ({ usd, certainty: 'exact' }) as const;

describe('limits, wherever their sums are kept', () => {
  for (const kind of ['memory', 'database'] as const) {
    describe(`in ${kind === 'memory' ? 'memory' : 'a database'}`, () => {
      let temporary: TemporaryDatabase;
      let spendings: { dispose?: () => void }[];

      beforeEach(() => {
        temporary = createTemporaryDatabase();
        spendings = [];
      });
      afterEach(() => {
        for (const spending of spendings) spending.dispose?.();
        temporary.dispose();
      });

      function bench(limits: Partial<BudgetLimits>): Bench {
        const clock = createFakeClock(0, NOON);
        const spending =
          kind === 'memory'
            ? createMemorySpending()
            : createJointSpending({ open: () => temporary.open(), clock, logger: silentLogger });
        spendings.push(spending as { dispose?: () => void });
        return benchOver(spending, limits, clock);
      }

      it('hold nothing up where there are none', () => {
        const { reserve } = bench({});
        assert.equal(reserve(1e9).ceilingUsd, Infinity);
      });

      it('set aside the most that may come, and give back what was not needed', () => {
        const { reserve, refusal } = bench({ perDayUsd: 1 });
        const first = reserve(0.6);
        assert.equal(first.ceilingUsd, 0.6);
        assert.match(
          refusal(0.6),
          /of the limit of \$1\.00 for today \$0\.40 is left\. Raise reaper\.budget\.perDayUsd/,
        );
        first.settle(exact(0.1));
        reserve(0.6).settle(exact(0.6));
        assert.equal(refusal(0.31), refusal(0.31));
        reserve(0.3);
        assert.match(refusal(0.01), /nothing is left/);
      });

      it('settle once', () => {
        const { reserve, budget } = bench({ perDayUsd: 1 });
        const reservation = reserve(0.5);
        reservation.settle(exact(0.2));
        reservation.settle(exact(0.2));
        assert.equal(reservation.extend(0.1), false);
        assert.equal(budget.states()[0]?.spentUsd.toFixed(6), '0.200000');
      });

      it('book everywhere or nowhere', () => {
        const one = bench({ perDayUsd: 10, perMonthUsd: 10, perProviderUsd: { cloud: 0.5 }, perRequestUsd: 5 });
        assert.match(one.refusal(0.6), /\$0\.50 for cloud in this month/);
        assert.match(one.refusal(6), /\$5\.00 for one request/);
        assert.deepEqual(
          one.budget.states().map(({ spentUsd }) => spentUsd),
          [0, 0, 0],
        );
        one.reserve(0.6, { providerId: 'other' });
        assert.deepEqual(
          one.budget.states().map(({ scope, spentUsd }) => [scope, spentUsd]),
          [
            ['day', 0.6],
            ['month', 0.6],
            ['provider', 0],
          ],
        );
      });

      it('hold for a request with all that is tried for it, also by its own hint', () => {
        const { reserve, refusal } = bench({ perRequestUsd: 1 });
        reserve(0.6, { requestId: 'r' }).settle(exact(0.5));
        assert.match(
          refusal(0.6, { requestId: 'r' }),
          /for one request \$0\.50 is left\. Raise reaper\.budget\.perRequestUsd/,
        );
        reserve(0.5, { requestId: 'r' });
        reserve(0.9, { requestId: 's' });
        assert.match(refusal(0.3, { requestBudgetUsd: 0.2 }), /\$0\.20 for one request .* Ask for less/);
        assert.equal(bench({}).refusal(0.3, { requestBudgetUsd: 0.2 }) === 'not refused', false);
      });

      it('hold for a conversation, whatever other conversations cost', () => {
        const { reserve, refusal } = bench({ perConversationUsd: 1 });
        reserve(0.9, { conversationId: 'a' });
        reserve(0.9, { conversationId: 'b' });
        reserve(0.9);
        assert.match(refusal(0.2, { conversationId: 'a' }), /for this conversation/);
      });

      it('count what was spent while there were none', () => {
        const one = bench({ perMonthUsd: 100 });
        one.reserve(2).settle(exact(2));
        one.limits = { ...one.limits, perDayUsd: 1 };
        assert.match(one.refusal(0.01), /for today nothing is left/);
      });

      it('begin anew with the day and the month of the calendar', async () => {
        const one = bench({ perDayUsd: 1, perMonthUsd: 1.5 });
        one.reserve(1).settle(exact(1));
        assert.match(one.refusal(0.5), /today/);
        await one.clock.advance(24 * 3600_000);
        one.reserve(0.5).settle(exact(0.5));
        assert.match(one.refusal(0.1), /this month/);
        await one.clock.advance(15 * 24 * 3600_000);
        one.reserve(1);
      });

      it('give no money twice when the clock goes back', async () => {
        const one = bench({ perDayUsd: 1, perMonthUsd: 50 });
        await one.clock.advance(48 * 3600_000);
        one.reserve(1).settle(exact(1));
        await one.clock.advance(-48 * 3600_000);
        assert.match(one.refusal(0.1), /today/);
      });

      it('let through what costs nothing, even when nothing is left', () => {
        const { reserve, refusal } = bench({ perDayUsd: 1 });
        reserve(1);
        assert.equal(refusal(0, { highest: exact(0) }), 'not refused');
      });

      it('refuse a model without a known price, unless it is allowed', () => {
        const unknown = { highest: { usd: 0, certainty: 'unknown' } } as const;
        const one = bench({ perDayUsd: 1 });
        assert.match(
          one.refusal(0, unknown),
          /small-1 costs is not known.*reaper\.prices\.overrides.*allowUnknownPrices/,
        );
        one.limits = { ...one.limits, allowUnknownPrices: true };
        assert.equal(one.reserve(0, unknown).ceilingUsd, Infinity);
        assert.equal(bench({}).reserve(0, unknown).ceilingUsd, Infinity);
      });

      it('say once that a limit is nearly used up', () => {
        const { reserve, warnings } = bench({ perDayUsd: 1, perMonthUsd: 1.2 });
        reserve(0.7).settle(exact(0.7));
        assert.equal(warnings.length, 0);
        reserve(0.15).settle(exact(0.15));
        reserve(0.05).settle(exact(0.05));
        reserve(0.08).settle(exact(0.08));
        assert.deepEqual(
          warnings.map(({ scope, spentUsd }) => [scope, spentUsd.toFixed(2)]),
          [
            ['day', '0.85'],
            ['month', '0.98'],
          ],
        );
      });

      it('settle although a listener fails', () => {
        const { reserve, budget } = bench({ perDayUsd: 1 });
        budget.onNearlySpent(() => {
          throw new Error('A fault of the listener.');
        });
        reserve(0.9).settle(exact(0.9));
        assert.equal(budget.states()[0]?.spentUsd, 0.9);
      });

      it('let a longer answer have more, as long as there is some', () => {
        const { reserve, budget } = bench({ perDayUsd: 1 });
        const reservation = reserve(0.5);
        assert.equal(reservation.extend(0.3), true);
        assert.equal(reservation.extend(0.3), false);
        assert.equal(budget.states()[0]?.spentUsd, 0.8);
        reservation.settle(exact(0.75));
        assert.equal(budget.states()[0]?.spentUsd.toFixed(6), '0.750000');
      });

      it('are not overshot by a thousand requests at once', async () => {
        const { reserve, budget } = bench({ perDayUsd: 1 });
        let spent = 0;
        let refused = 0;
        const one = async (index: number): Promise<void> => {
          await Promise.resolve();
          try {
            const reservation = reserve(0.02);
            await new Promise((resolve) => {
              setImmediate(resolve);
            });
            const usd = (index % 20) / 1000;
            spent += usd;
            reservation.settle(exact(usd));
          } catch {
            refused++;
          }
        };
        await Promise.all(Array.from({ length: 1000 }, (_, index) => one(index)));
        assert.ok(spent <= 1, `spent ${spent}`);
        assert.ok(spent > 0.3 && refused > 800, `spent ${spent}, refused ${refused}`);
        assert.equal(budget.states()[0]?.spentUsd.toFixed(6), spent.toFixed(6));
      });

      it('tell the ledger which costs are counted already', () => {
        const one = bench({ perDayUsd: 1 });
        one.reserve(0.1, { id: 'x' });
        assert.equal(one.budget.takeBooking('x'), true);
        assert.equal(one.budget.takeBooking('x'), false);
        assert.equal(one.budget.takeBooking('y'), false);
      });
    });
  }
});
