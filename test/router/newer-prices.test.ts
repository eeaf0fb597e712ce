import assert from 'node:assert/strict';
import { silentLogger } from '../../src/base/logger.ts';
import { type CatalogueModule, createPriceCatalogue } from '../../src/router/price-catalogue.ts';
import { providers } from '../../src/router/providers/index.ts';
import type { Cost } from '../../src/router/request-record.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

const definitions = [
  { id: 'acme', newerPrices: { 'acme-2': { input: 2, output: 8, cacheRead: undefined, cacheWrite: undefined } } },
];
const usage = {
  inputUncached: 1_000_000,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
};

async function costOf(model: string, load?: () => Promise<CatalogueModule>, providerId = 'acme'): Promise<Cost> {
  const prices = createPriceCatalogue({
    clock: createFakeClock(),
    logger: silentLogger,
    overrides: () => ({}),
    definitions,
    ...(load === undefined ? {} : { load }),
  });
  await prices.ready();
  return prices.cost({ providerId, catalogue: 'acme', model }, usage);
}

const empty = (): Promise<CatalogueModule> => Promise.resolve({ calcPrice: () => null });
const knowing = (): Promise<CatalogueModule> =>
  Promise.resolve({
    calcPrice: () => ({ model_price: { input_mtok: 3, output_mtok: 9 }, model: { prices: {} } }),
  });

describe('a model that is newer than the price catalogue', () => {
  it('costs what its provider says, until the catalogue knows it', async () => {
    assert.deepEqual(await costOf('acme-2', empty), { usd: 2, certainty: 'exact' });
    assert.deepEqual(await costOf('acme-2', knowing), { usd: 3, certainty: 'exact' });
  });

  it('is unknown with another provider, under another name, and by the names of everything', async () => {
    assert.equal((await costOf('acme-2', empty, 'other')).certainty, 'unknown');
    assert.equal((await costOf('acme-3', empty)).certainty, 'unknown');
    assert.equal((await costOf('constructor', empty)).certainty, 'unknown');
  });

  it('is not among those that nobody knows: what completions and chats cost by default is known', async () => {
    const prices = createPriceCatalogue({
      clock: createFakeClock(0, Date.UTC(2026, 10, 21)),
      logger: silentLogger,
      overrides: () => ({}),
    });
    await prices.ready();
    const asked = ['anthropic', 'gemini', 'vertex'].flatMap((id) => {
      const definition = providers.find((provider) => provider.id === id);
      return [definition?.completionModel, definition?.chatModel].map((model) => ({ definition, model: model ?? '' }));
    });
    for (const { definition, model } of asked) {
      const query = { providerId: definition?.id ?? '', catalogue: definition?.prices, model };
      assert.equal(prices.cost(query, usage).certainty, 'exact', `${query.providerId} ${model}`);
    }
  });
});
