/** Limits in the router: nothing is sent that has no room, and what grows too dear is stopped, whatever the strategy. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import type { BudgetLimits } from '../../src/ledger/budget-limits.ts';
import { createBudget, type LedgerBudget } from '../../src/ledger/create-budget.ts';
import { createMemorySpending } from '../../src/ledger/memory-spending.ts';
import type { Strategy } from '../../src/router/model-request.ts';
import { createPriceCatalogue } from '../../src/router/price-catalogue.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { finish, line, text } from './part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from './router-fixture.ts';

const NO_LIMITS: BudgetLimits = {
  perRequestUsd: 0,
  perConversationUsd: 0,
  perDayUsd: 0,
  perMonthUsd: 0,
  perProviderUsd: {},
  allowUnknownPrices: false,
};

const usage = (output: number): string =>
  line({
    type: 'usage',
    usage: { inputUncached: 10, inputCacheRead: 0, inputCacheWrite: 0, output, reasoning: 0, estimated: false },
  });

describe('limits in the router', () => {
  let servers: ModelServer[];
  let budget: LedgerBudget;
  let fixture: RouterFixture;

  beforeEach(() => {
    servers = [];
  });
  afterEach(async () => {
    try {
      fixture.router.dispose();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });

  /** Providers `dear` (a dollar a token) and `cheap` (a hundredth of that), each with its answer. */
  async function use(limits: Partial<BudgetLimits>, answers: Readonly<Record<string, string>>): Promise<void> {
    const clock = createFakeClock();
    const overrides = { 'dear-model': { input: 0, output: 1e6 }, 'cheap-model': { input: 0, output: 1e4 } };
    budget = createBudget({
      limits: () => ({ ...NO_LIMITS, ...limits }),
      spending: createMemorySpending(),
      clock,
      logger: silentLogger,
    });
    const profiles: ProviderProfile[] = [];
    for (const [id, answer] of Object.entries(answers)) {
      const server = await startModelServer(({ begin, write, end }) => {
        begin();
        write(answer);
        if (answer.includes('"finish"')) end();
      });
      servers.push(server);
      // A model server on this machine is free unless it is known whose prices count.
      profiles.push(profileOf(defineTestProvider(id, { baseUrl: server.url, prices: 'acme' })));
    }
    fixture = createFixture(profiles, {
      prices: createPriceCatalogue({ clock, logger: silentLogger, overrides: () => overrides }),
      budget,
    });
  }

  const ask = (strategy: Strategy = 'single', maxOutputTokens = 100): Promise<StreamPart[]> =>
    collect(fixture.router.stream(fimRequest({ limits: { maxOutputTokens }, routing: { strategy, k: 2 } }), never));

  it('send nothing to whom there is no money for, and ask the next one', async () => {
    await use({ perDayUsd: 50 }, { dear: text('dear') + finish, cheap: text('cheap') + usage(7) + finish });
    assert.equal(textOf(await ask()), 'cheap');
    assert.equal(servers[0]?.requests.length, 0);
    const [refused, answered] = fixture.records;
    assert.ok(refused?.outcome.type === 'failed' && refused.outcome.kind === 'budget');
    assert.deepEqual(refused.cost, { usd: 0, certainty: 'exact' });
    assert.equal(refused.usage.inputUncached, 0);
    assert.equal(refused.bytesSent, 0);
    assert.deepEqual(answered?.cost, { usd: 0.07, certainty: 'exact' });
    assert.equal(budget.states()[0]?.spentUsd.toFixed(6), '0.070000');
  });

  it('say what is left and where to change it, when there is money for nobody', async () => {
    await use({ perDayUsd: 0.5 }, { dear: finish, cheap: finish });
    await assert.rejects(ask(), (error: unknown) => {
      assert.ok(error instanceof ReaperError);
      assert.match(error.message, /limit of \$0\.50 for today \$0\.50 is left\. Raise reaper\.budget\.perDayUsd/);
      return true;
    });
    assert.deepEqual(
      servers.map(({ requests }) => requests.length),
      [0, 0],
    );
  });

  it('stop an answer that grows dearer than there is money for, and close its socket', async () => {
    await use({ perDayUsd: 1.2 }, { cheap: text('x'.repeat(360)) + text('x'.repeat(360)) + text('x'.repeat(360)) });
    const parts = await ask();
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
    assert.equal(textOf(parts).length, 360);
    const [record] = fixture.records;
    assert.ok(record?.outcome.type === 'failed' && record.outcome.kind === 'budget');
    assert.equal(record.cost.certainty, 'estimated');
    assert.equal(budget.states()[0]?.spentUsd, record.cost.usd);
    await until(() => servers[0]?.openSockets === 0);
  });

  for (const strategy of ['single', 'race', 'speculate_k', 'parallel_merge'] as const) {
    it(`hold for each branch of ${strategy}, and give back what is not spent`, async () => {
      await use(
        { perDayUsd: 150 },
        {
          dear: text('dear one two three four five') + usage(1) + finish,
          cheap: text('cheap one two three four five') + usage(1) + finish,
        },
      );
      await ask(strategy);
      await until(() => fixture.records.length > 0);
      const spent = fixture.records.reduce((sum, { cost }) => sum + cost.usd, 0);
      assert.equal(budget.states()[0]?.spentUsd.toFixed(6), spent.toFixed(6));
      assert.ok(spent <= 150);
      for (const { outcome } of fixture.records) assert.notEqual(outcome.type === 'failed' && outcome.kind, 'budget');

      fixture.router.dispose();
      await use({ perDayUsd: 0.1 }, { dear: text('dear') + finish, cheap: text('cheap') + finish });
      await assert.rejects(ask(strategy), { kind: 'budget' });
      assert.ok(servers.slice(2).every(({ requests }) => requests.length === 0));
    });
  }
});
