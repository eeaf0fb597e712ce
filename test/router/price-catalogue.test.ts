/** Prices, held against the library's own arithmetic. */
import assert from 'node:assert/strict';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { silentLogger } from '../../src/base/logger.ts';
import { createPriceCatalogue, type PriceOverrides } from '../../src/router/price-catalogue.ts';
import type { Prices } from '../../src/router/prices.ts';
import type { TokenUsage } from '../../src/router/stream-part.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

const wallTime = Date.UTC(2026, 10, 21, 12);

function usageOf(counts: Partial<TokenUsage>): TokenUsage {
  const none = { inputUncached: 0, inputCacheRead: 0, inputCacheWrite: 0, output: 0, reasoning: 0, estimated: false };
  return { ...none, ...counts };
}

async function catalogueWith(overrides: PriceOverrides = {}): Promise<Prices> {
  const clock = createFakeClock(0, wallTime);
  const prices = createPriceCatalogue({ clock, logger: silentLogger, overrides: () => overrides });
  await prices.ready();
  return prices;
}

describe('the price of an attempt', () => {
  it('is what the catalogue says, for each token class and each tier of every model', async () => {
    const prices = await catalogueWith();
    const clock = new Date(wallTime);
    const models = ['anthropic', 'openai', 'x-ai', 'google', 'aws', 'mistral', 'deepseek'].flatMap((catalogue) =>
      (findProvider({ providerId: catalogue })?.models ?? []).map(({ id }) => ({ catalogue, model: id })),
    );
    assert.ok(models.length > 300);
    const tokens = fc.integer({ min: 0, max: 300_000 });
    const counts = fc.record({
      inputUncached: tokens,
      inputCacheRead: tokens,
      inputCacheWrite: tokens,
      output: tokens,
      reasoning: tokens,
    });
    let compared = 0;
    fc.assert(
      fc.property(fc.constantFrom(...models), counts, ({ catalogue, model }, count) => {
        const usage = usageOf(count);
        const cost = prices.cost({ providerId: 'any', catalogue, model }, usage);
        const input = count.inputUncached + count.inputCacheRead + count.inputCacheWrite;
        const told = calcPrice(
          {
            input_tokens: input,
            cache_read_tokens: count.inputCacheRead,
            cache_write_tokens: count.inputCacheWrite,
            output_tokens: count.output + count.reasoning,
          },
          model,
          { providerId: catalogue, timestamp: clock },
        );
        if (cost.certainty === 'unknown') return;
        compared++;
        assert.equal(cost.certainty, 'exact');
        // What the library adds for each request, such as a search, is no token.
        const expected = (told?.input_price ?? 0) + (told?.output_price ?? 0);
        assert.ok(Math.abs(cost.usd - expected) < 1e-9, `${catalogue}/${model}: ${cost.usd} and not ${expected}`);
      }),
      { numRuns: 2000 },
    );
    assert.ok(compared > 1000, `only ${compared} compared`);
  });

  it('counts the dear tier for the whole request, once it is long enough', async () => {
    const prices = await catalogueWith();
    const query = { providerId: 'any', catalogue: 'anthropic', model: 'claude-sonnet-4-5' };
    const dollars = (inputUncached: number): number => prices.cost(query, usageOf({ inputUncached, output: 1000 })).usd;
    assert.equal(dollars(200_000).toFixed(6), '0.615000');
    assert.equal(dollars(200_001).toFixed(6), '1.222506');
  });

  it('is estimated where the tokens are, and unknown where the model is not known', async () => {
    const prices = await catalogueWith();
    const known = { providerId: 'any', catalogue: 'anthropic', model: 'claude-opus-5-5' };
    assert.equal(prices.cost(known, usageOf({ output: 1, estimated: true })).certainty, 'estimated');
    for (const query of [
      { ...known, model: 'nobody-knows-it' },
      { ...known, model: '' },
      { ...known, catalogue: undefined },
      { ...known, catalogue: 'no-such-catalogue' },
    ]) {
      assert.deepEqual(prices.cost(query, usageOf({ output: 1000 })), { usd: 0, certainty: 'unknown' });
    }
  });

  it('is nothing, exactly, where nobody is billed, even before the catalogue is there', () => {
    const load = (): Promise<never> => Promise.reject(new Error('not needed'));
    const prices = createPriceCatalogue({
      clock: createFakeClock(),
      logger: silentLogger,
      overrides: () => ({}),
      load,
    });
    const query = { providerId: 'any', catalogue: 'free', model: 'm' };
    assert.deepEqual(prices.cost(query, usageOf({ output: 1000, estimated: true })), { usd: 0, certainty: 'exact' });
  });

  it("is the user's own where there is one, for one provider or for all", async () => {
    const prices = await catalogueWith({
      'my-model': { input: 1, output: 2 },
      'cloud/my-model': { input: 10, output: 20, cacheRead: 1, cacheWrite: 12 },
    });
    const usage = usageOf({
      inputUncached: 1_000_000,
      inputCacheRead: 1_000_000,
      inputCacheWrite: 1_000_000,
      output: 1_000_000,
    });
    const of = (providerId: string, catalogue: string | undefined): number =>
      prices.cost({ providerId, catalogue, model: 'my-model' }, usage).usd;
    assert.equal(of('elsewhere', undefined), 5);
    assert.equal(of('elsewhere', 'free'), 5);
    assert.equal(of('cloud', undefined), 43);
  });

  it('takes no name of a property for the name of a model', async () => {
    const prices = await catalogueWith();
    assert.equal(
      prices.cost({ providerId: 'p', catalogue: undefined, model: 'constructor' }, usageOf({})).certainty,
      'unknown',
    );
  });

  it('changes with the time of day where the provider says so', async () => {
    const clock = createFakeClock(0, Date.UTC(2026, 10, 21, 3, 59, 30));
    const prices = createPriceCatalogue({ clock, logger: silentLogger, overrides: () => ({}) });
    await prices.ready();
    const query = { providerId: 'any', catalogue: 'deepseek', model: 'deepseek-v4-flash' };
    const before = prices.cost(query, usageOf({ output: 1_000_000 })).usd;
    await clock.advance(90_000);
    const after = prices.cost(query, usageOf({ output: 1_000_000 })).usd;
    assert.equal(before, after * 2);
  });

  it('stays unknown, and nothing fails, when the catalogue cannot be loaded', async () => {
    const load = (): Promise<never> => Promise.reject(new Error('gone'));
    const prices = createPriceCatalogue({
      clock: createFakeClock(),
      logger: silentLogger,
      overrides: () => ({}),
      load,
    });
    await prices.ready();
    const query = { providerId: 'any', catalogue: 'openai', model: 'gpt-5' };
    assert.equal(prices.cost(query, usageOf({})).certainty, 'unknown');
  });
});
