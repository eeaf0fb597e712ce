/** What attempts cost: set aside before anything is sent, watched while it comes, settled however it ends. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import type { AttemptPlan } from '../../src/router/attempt.ts';
import { createAttemptCosts } from '../../src/router/attempt-cost.ts';
import type { Budget, BudgetQuery } from '../../src/router/budget.ts';
import type { Prices } from '../../src/router/prices.ts';
import type { Cost } from '../../src/router/request-record.ts';
import type { TokenUsage } from '../../src/router/stream-part.ts';
import { defineTestProvider, fimRequest, never, profileOf } from './router-fixture.ts';

/** A dollar for each input token, two for one that is written to a cache, ten for each output token. */
const PRICES: Prices = {
  ready: () => Promise.resolve(),
  cost: ({ catalogue }, usage) => {
    if (catalogue === 'free') return { usd: 0, certainty: 'exact' };
    if (catalogue === undefined) return { usd: 0, certainty: 'unknown' };
    const { inputUncached, inputCacheWrite, output, reasoning, estimated } = usage;
    const usd = inputUncached + 2 * inputCacheWrite + 10 * (output + reasoning);
    return { usd, certainty: estimated ? 'estimated' : 'exact' };
  },
};

interface Books extends Budget {
  readonly queries: BudgetQuery[];
  readonly settled: Cost[];
  /** What may be set aside beyond the first reservation. */
  extra: number;
}

function createBooks(): Books {
  const books: Books = {
    queries: [],
    settled: [],
    extra: 0,
    reserve(query) {
      books.queries.push(query);
      return {
        ceilingUsd: query.highest.usd,
        extend: (usd) => (books.extra -= usd) >= 0,
        settle: (cost) => books.settled.push(cost),
      };
    },
  };
  return books;
}

interface PlanOptions {
  readonly prices?: string;
  readonly location?: 'local' | 'remote';
  readonly stopsBillingOnDisconnect?: boolean;
  readonly promptCache?: boolean;
}

function planOf({
  location = 'remote',
  stopsBillingOnDisconnect = true,
  promptCache = false,
  ...rest
}: PlanOptions = {}): AttemptPlan {
  const { capabilities } = defineTestProvider('a');
  const definition = defineTestProvider('a', {
    ...('prices' in rest ? (rest.prices === undefined ? {} : { prices: rest.prices }) : { prices: 'acme' }),
    capabilities: { ...capabilities, stopsBillingOnDisconnect, promptCache },
  });
  return {
    id: 'r.1',
    requestId: 'r',
    candidate: { providerId: 'a', key: 'a', profile: profileOf(definition), model: 'm', location },
    request: fimRequest({ limits: { maxOutputTokens: 100 } }),
    strategy: 'single',
    role: 'only',
    reason: 'first choice',
    signal: never,
    // Only what the costs look at.
  } as unknown as AttemptPlan;
}

function usageOf(counts: Partial<TokenUsage>): TokenUsage {
  const none = { inputUncached: 0, inputCacheRead: 0, inputCacheWrite: 0, output: 0, reasoning: 0, estimated: false };
  return { ...none, ...counts };
}

const told = usageOf({ inputUncached: 10, output: 5 });
const counted = usageOf({ inputUncached: 10, output: 5, estimated: true });
const cancelled = new ReaperError('cancelled', 'Cancelled');

describe('the cost of an attempt', () => {
  it('is set aside in full: all input as new, and all the output that may come', () => {
    const books = createBooks();
    createAttemptCosts(PRICES, books).begin(planOf()).reserve();
    const [query] = books.queries;
    assert.equal(query?.highest.usd, 105 + 100 * 10);
    assert.deepEqual([query.id, query.requestId, query.providerId], ['r.1', 'r', 'a']);
    createAttemptCosts(PRICES, books)
      .begin(planOf({ promptCache: true }))
      .reserve();
    assert.equal(books.queries[1]?.highest.usd, 2 * 105 + 100 * 10);
  });

  it('is what the server told, exactly', () => {
    const books = createBooks();
    const cost = createAttemptCosts(PRICES, books).begin(planOf());
    cost.reserve();
    assert.deepEqual(cost.settle({ wasSent: true, hasWorked: true, error: undefined, usage: told }), {
      usd: 60,
      certainty: 'exact',
    });
    assert.deepEqual(books.settled, [{ usd: 60, certainty: 'exact' }]);
  });

  it('is nothing, when nothing was sent or the server refused to work', () => {
    const costs = createAttemptCosts(PRICES, createBooks());
    const nothing = { usd: 0, certainty: 'exact' };
    assert.deepEqual(
      costs.begin(planOf()).settle({ wasSent: false, hasWorked: false, error: cancelled, usage: usageOf({}) }),
      nothing,
    );
    for (const kind of [
      'auth',
      'quota',
      'rate-limit',
      'overloaded',
      'refused',
      'too-long',
      'invalid-config',
    ] as const) {
      const error = new ReaperError(kind, 'No.');
      const cost = costs.begin(planOf()).settle({ wasSent: true, hasWorked: false, error, usage: counted });
      assert.deepEqual(cost, nothing, kind);
    }
    const status = new ReaperError('network', 'A proxy.', { status: 502 });
    assert.deepEqual(
      costs.begin(planOf()).settle({ wasSent: true, hasWorked: false, error: status, usage: counted }),
      nothing,
    );
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const gone = new ReaperError('network', 'Nothing answers.', {
      cause: new TypeError('fetch failed', { cause: refused }),
    });
    assert.deepEqual(
      costs.begin(planOf()).settle({ wasSent: true, hasWorked: false, error: gone, usage: counted }),
      nothing,
    );
  });

  it('is the input at least, when the connection broke and nobody knows what was billed', () => {
    const costs = createAttemptCosts(PRICES, createBooks());
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const usage = usageOf({ inputUncached: 10, estimated: true });
    for (const error of [
      new ReaperError('network', 'Reset.', { cause: reset }),
      new ReaperError('timeout', 'Too late.'),
      new ReaperError('bad-response', 'Odd.'),
    ]) {
      const cost = costs.begin(planOf()).settle({ wasSent: true, hasWorked: false, error, usage });
      assert.deepEqual(cost, { usd: 10, certainty: 'estimated' }, error.kind);
    }
  });

  it('is what had come, for a loser whose provider stops billing', () => {
    const costs = createAttemptCosts(PRICES, createBooks());
    const cost = costs.begin(planOf()).settle({ wasSent: true, hasWorked: true, error: cancelled, usage: counted });
    assert.deepEqual(cost, { usd: 60, certainty: 'estimated' });
  });

  it('is the most that could come, for a loser whose provider goes on, and what usually comes once that is known', () => {
    const costs = createAttemptCosts(PRICES, createBooks());
    const plan = planOf({ stopsBillingOnDisconnect: false });
    const lose = (): Cost =>
      costs.begin(plan).settle({ wasSent: true, hasWorked: true, error: cancelled, usage: counted });
    assert.deepEqual(lose(), { usd: 10 + 100 * 10, certainty: 'estimated' });
    for (let i = 1; i <= 20; i++) {
      costs.begin(plan).settle({ wasSent: true, hasWorked: true, error: undefined, usage: usageOf({ output: i }) });
    }
    assert.equal(lose().usd, 10 + 19 * 10);
  });

  it('is not known where the price is not, and nothing on this machine', () => {
    const costs = createAttemptCosts(PRICES, createBooks());
    const settle = (plan: AttemptPlan): Cost =>
      costs.begin(plan).settle({ wasSent: true, hasWorked: true, error: undefined, usage: told });
    assert.equal(settle(planOf({ prices: undefined as unknown as string })).certainty, 'unknown');
    assert.deepEqual(settle(planOf({ prices: undefined as unknown as string, location: 'local' })), {
      usd: 0,
      certainty: 'exact',
    });
    // A gateway on this machine may send it on to somebody who bills.
    assert.equal(settle(planOf({ location: 'local' })).usd, 60);
  });

  it('may grow as far as was set aside, then as far as the budget has room', () => {
    const books = createBooks();
    const cost = createAttemptCosts(PRICES, books).begin(planOf());
    cost.reserve();
    cost.grew(360);
    assert.throws(() => cost.grew(361), { kind: 'budget' });
    books.extra = 500;
    cost.grew(361);
    cost.grew(540);
    assert.throws(() => cost.grew(541), { kind: 'budget' });
  });

  it('holds nothing up where nobody set a limit', () => {
    const cost = createAttemptCosts().begin(planOf());
    cost.reserve();
    cost.grew(1e9);
  });
});
