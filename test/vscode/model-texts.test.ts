import assert from 'node:assert/strict';
import { contextWindow } from '../../src/router/context-window.ts';
import { modelPrice } from '../../src/router/model-price.ts';
import { noPrices, type Prices } from '../../src/router/prices.ts';
import { useFakeVscode } from './use-fake-vscode.ts';

useFakeVscode();
const { modelFactsText } = await import('../../src/vscode/model-facts.ts');
const { strategyText } = await import('../../src/vscode/select-strategy.ts');

const query = { providerId: 'any', catalogue: 'any', model: 'any' };
const pricesOf = (inputUsd: number, outputUsd: number): Prices => ({
  ready: () => Promise.resolve(),
  cost: (_query, { inputUncached, output }) => ({
    usd: (inputUncached * inputUsd + output * outputUsd) / 1_000_000,
    certainty: 'exact',
  }),
});

describe('what is said of a model', () => {
  it('is its price for a million tokens, how much it reads, and how fast it was', () => {
    assert.equal(
      modelFactsText({ price: modelPrice(pricesOf(0.15, 12.5), query), contextTokens: 200_000, firstTokenMs: 431.4 }),
      '$0.15 in and $12.5 out per million tokens, reads 200k tokens at once, first word after 431 ms',
    );
    assert.equal(
      modelFactsText({ price: modelPrice(pricesOf(1, 2), query), contextTokens: 1_048_576, firstTokenMs: undefined }),
      '$1 in and $2 out per million tokens, reads 1.05M tokens at once',
    );
  });

  it('does not take an unknown price for none', () => {
    const unknown = { contextTokens: undefined, firstTokenMs: undefined };
    assert.equal(modelFactsText({ price: modelPrice(noPrices, query), ...unknown }), 'price unknown');
    assert.equal(modelFactsText({ price: modelPrice(pricesOf(0, 0), query), ...unknown }), 'free of charge');
  });

  it('knows context windows from the price list, and says nothing of models that are not in it', async () => {
    assert.equal(await contextWindow('openai', 'gpt-4o'), 128_000);
    assert.equal(await contextWindow('openai', 'no such model'), undefined);
    assert.equal(await contextWindow('no such provider', 'gpt-4o'), undefined);
    assert.equal(await contextWindow(undefined, 'gpt-4o'), undefined);
  });
});

describe('what is said of a strategy', () => {
  it('differs in name, meaning and cost', () => {
    const texts = (['single', 'speculate_k', 'race', 'parallel_merge'] as const).map((one) => strategyText(one, 3));
    for (const part of ['label', 'meaning', 'cost'] as const) {
      assert.equal(new Set(texts.map((text) => text[part])).size, texts.length, part);
    }
    assert.match(strategyText('race', 3).meaning, /^3 models/);
  });
});
