/** No limit is passed, whoever lies, races, retries or turns the clock; and each attempt has one record and one row. */
import assert from 'node:assert/strict';
import { silentLogger } from '../../../src/base/logger.ts';
import type { BudgetLimits } from '../../../src/ledger/budget-limits.ts';
import { dayOf } from '../../../src/ledger/calendar.ts';
import { createBudget } from '../../../src/ledger/create-budget.ts';
import { createJointSpending } from '../../../src/ledger/joint-spending.ts';
import { createSqliteStore } from '../../../src/ledger/sqlite-store.ts';
import { credentialOf } from '../../../src/router/credential.ts';
import { highestInputTokens } from '../../../src/router/estimate-usage.ts';
import type { RoutingHints, Strategy } from '../../../src/router/model-request.ts';
import { createPriceCatalogue, type PriceOverrides } from '../../../src/router/price-catalogue.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import type { Script } from '../../fakes/model-server.ts';
import { NOON } from '../../ledger/records.ts';
import { createTemporaryDatabase } from '../../ledger/temporary-database.ts';
import { finish, line, text } from '../part-wire.ts';
import { collect, never, until } from '../router-fixture.ts';
import { chatRequest, type Fleet, startFleet } from '../strategies/fleet.ts';

const NO_LIMITS: BudgetLimits = {
  perRequestUsd: 0,
  perConversationUsd: 0,
  perDayUsd: 0,
  perMonthUsd: 0,
  perProviderUsd: {},
  allowUnknownPrices: false,
};
const NAMES = ['a', 'b', 'c', 'd'];
/** A dollar for each token that is written. */
const PRICES: PriceOverrides = Object.fromEntries(NAMES.map((name) => [`${name}-model`, { input: 0, output: 1e6 }]));

const usage = (values: Readonly<Record<string, unknown>>): string =>
  line({
    type: 'usage',
    usage: {
      inputUncached: 1,
      inputCacheRead: 0,
      inputCacheWrite: 0,
      output: 1,
      reasoning: 0,
      estimated: false,
      ...values,
    },
  });

interface Purse {
  readonly fleet: Fleet;
  spent(): number;
  rows(): number;
  close(): Promise<void>;
}

async function purse(limits: Partial<BudgetLimits>, prices: () => PriceOverrides = () => PRICES): Promise<Purse> {
  const files = createTemporaryDatabase();
  const clock = createFakeClock(0, NOON);
  const spending = createJointSpending({ open: () => files.open(), clock, logger: silentLogger });
  const all = { ...NO_LIMITS, ...limits };
  const budget = createBudget({ limits: () => all, spending, clock, logger: silentLogger });
  const keys = ['first', 'second'].map((name) => credentialOf('api-key', `key-${name}-0123`));
  const fleet = await startFleet(
    Object.fromEntries(
      NAMES.map((name) => [
        name,
        { definition: { auth: 'api-key' as const }, profile: { credentials: () => Promise.resolve(keys) } },
      ]),
    ),
    { budget, prices: createPriceCatalogue({ clock, logger: silentLogger, overrides: prices }) },
  );
  const store = createSqliteStore(files.open());
  fleet.fixture.router.onRequestFinished((record) => {
    store.write([{ record, day: dayOf(NOON), isBooked: budget.takeBooking(record.id) }]);
  });
  return {
    fleet,
    spent: () => Math.max(...budget.states().map(({ spentUsd }) => spentUsd)),
    rows: () => Number(files.open().prepare('SELECT count(*) AS rows FROM attempts').get()?.['rows']),
    async close() {
      await fleet.close();
      store.close();
      spending.dispose();
      files.dispose();
    },
  };
}

/** Each server has a fault of its own; all who answer have used up most of what they may. */
function scriptOf(name: string): Script {
  let count = 0;
  return ({ request, answer, begin, write, end, cut }) => {
    count++;
    if (name === 'a' && count % 3 === 0) return answer(503, {}, '{"error":{"message":"busy"}}');
    if (name === 'b' && request.headers.authorization?.includes('first') === true) return answer(401, {}, '{}');
    begin();
    write(text(`an answer of ${name}`));
    if (name === 'c' && count % 2 === 0) return cut();
    write(usage({ output: 9 }) + finish);
    return end();
  };
}

const SCOPES: Readonly<Record<string, Partial<BudgetLimits>>> = {
  day: { perDayUsd: 35 },
  month: { perMonthUsd: 35 },
  conversation: { perConversationUsd: 35, perMonthUsd: 1e6 },
  request: { perRequestUsd: 15, perMonthUsd: 1e6 },
};
const WAYS: readonly (readonly [string, RoutingHints])[] = [
  ...(['single', 'race', 'speculate_k', 'parallel_merge'] as const satisfies readonly Strategy[]).map(
    (strategy) => [strategy, { strategy, k: 4 }] as const,
  ),
];

describe('money', () => {
  for (const [scope, limits] of Object.entries(SCOPES)) {
    for (const [way, routing] of WAYS) {
      it(`is not spent beyond the limit of a ${scope} by ${way}, with ten requests at once and faults of all kinds`, async () => {
        const { fleet, spent, rows, close } = await purse(limits);
        try {
          for (const name of NAMES) fleet.server(name).script = scriptOf(name);
          let running = 10;
          for (let index = 0; index < 10; index++) {
            const request = chatRequest({ routing, conversationId: 'one', maxOutputTokens: 10 });
            void collect(fleet.fixture.router.stream(request, never))
              .catch(() => undefined)
              .finally(() => running--);
          }
          while (running > 0) await fleet.fixture.clock.advance(50);
          await until(() => fleet.fixture.clock.pendingTimers === 0);

          const { records } = fleet.fixture;
          const total = records.reduce((sum, { cost }) => sum + cost.usd, 0);
          const sums = new Map<string, number>();
          for (const { requestId, cost } of records) sums.set(requestId, (sums.get(requestId) ?? 0) + cost.usd);
          assert.ok(total > 0, 'nobody answered');
          assert.ok(scope === 'request' || total <= 35 + 1e-6, `$${total}`);
          if (scope === 'request') for (const sum of sums.values()) assert.ok(sum <= 15 + 1e-6, `$${sum}`);
          assert.equal(spent().toFixed(6), total.toFixed(6), 'what is held against the limit is what was spent');
          assert.equal(new Set(records.map(({ id }) => id)).size, records.length, 'one record for each attempt');
          assert.equal(rows(), records.length, 'one row for each record');
          const asked = Object.values(fleet.asked()).reduce((sum, count) => sum + count, 0);
          assert.ok(asked <= records.length, 'nobody is asked without a record');
          assert.ok(records.every(({ cost }) => cost.usd >= 0));
        } finally {
          await close();
        }
      });
    }
  }

  for (const [name, budgetUsd] of Object.entries({ NaN, negative: -1, nothing: 0 })) {
    it(`is not spent where a request may cost ${name}`, async () => {
      const { fleet, close } = await purse({});
      const request = chatRequest({ routing: { budgetUsd } });
      await assert.rejects(collect(fleet.fixture.router.stream(request, never)), { kind: 'budget' });
      assert.deepEqual(fleet.asked(), { a: 0, b: 0, c: 0, d: 0 });
      await close();
    });
  }

  for (const maxOutputTokens of [Infinity, NaN, 1e300]) {
    it(`is not spent under a limit on an answer of at most ${maxOutputTokens} tokens`, async () => {
      const { fleet, close } = await purse({ perDayUsd: 1000 });
      const request = chatRequest({ maxOutputTokens });
      await assert.rejects(collect(fleet.fixture.router.stream(request, never)), { kind: 'budget' });
      assert.deepEqual(fleet.asked(), { a: 0, b: 0, c: 0, d: 0 });
      await close();
    });
  }

  it('is counted as set aside when its price is lost before the end', async () => {
    let prices = PRICES;
    const { fleet, spent, close } = await purse({ perDayUsd: 50 }, () => prices);
    fleet.server('a').script = ({ begin, write, end }) => {
      prices = {};
      begin();
      write(text('answer') + usage({ output: 9 }) + finish);
      end();
    };
    await collect(fleet.fixture.router.stream(chatRequest({ maxOutputTokens: 10 }), never));
    assert.deepEqual(fleet.fixture.records[0]?.cost, { usd: 10, certainty: 'estimated' });
    assert.equal(spent(), 10);
    await close();
  });

  it('is spent by an answer without an end only as far as the limit goes', async () => {
    const { fleet, spent, close } = await purse({ perDayUsd: 40 });
    let isOpen = true;
    fleet.server('a').script = async ({ begin, write, closedByClient }) => {
      begin();
      void closedByClient.then(() => (isOpen = false));
      while (isOpen) {
        write(text('on and on and on and '));
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    };
    const request = chatRequest({ maxOutputTokens: 10 });
    const parts = await collect(fleet.fixture.router.stream(request, never));
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
    // The piece with which it was noticed has been written already.
    assert.ok(spent() <= 40 + 'on and on and on and '.length / 3.6 + 1, `$${spent()}`);
    await until(() => !isOpen);
    await close();
  });

  it('is set aside for scripts that have more tokens than Latin letters', () => {
    const input = (content: string): number => {
      const { input: asked } = chatRequest({
        input: { messages: [{ role: 'user', content: [{ type: 'text', text: content }] }] },
      });
      return highestInputTokens(asked);
    };
    const thousand = (letter: string): number => input(letter.repeat(1000)) - input('');
    assert.equal(thousand('a'), 417);
    assert.ok(thousand('漢') >= 1500);
    assert.ok(thousand('ж') >= 1000);
    assert.ok(thousand('🙂') >= 2000);
  });

  const DAY_MS = 86_400_000;
  for (const [name, days] of Object.entries({ 'over midnight': -1, 'over a month': -40, 'over a year': -400 })) {
    it(`that is set aside stays so when the clock goes back ${name}`, () => {
      const files = createTemporaryDatabase();
      let wallTime = NOON;
      const clock = { now: () => 0, wallTime: () => wallTime };
      const spending = createJointSpending({ open: () => files.open(), clock, logger: silentLogger });
      const limits = { ...NO_LIMITS, perDayUsd: 10, perMonthUsd: 10 };
      const budget = createBudget({ limits: () => limits, spending, clock, logger: silentLogger });
      const reserve = (id: string, usd: number) =>
        budget.reserve({
          id,
          requestId: id,
          purpose: 'chat',
          conversationId: undefined,
          providerId: 'p',
          model: 'm',
          highest: { usd, certainty: 'exact' },
          requestBudgetUsd: undefined,
        });
      const running = reserve('first', 6);
      wallTime += days * DAY_MS;
      assert.throws(() => reserve('second', 5), { kind: 'budget' });
      running.settle({ usd: 6, certainty: 'exact' });
      assert.throws(() => reserve('third', 5), { kind: 'budget' });
      reserve('fourth', 4).settle({ usd: 4, certainty: 'exact' });
      assert.deepEqual(
        budget.states().map(({ spentUsd }) => spentUsd),
        [10, 10],
      );
      spending.dispose();
      files.dispose();
    });
  }
});
