/** What a model costs, in the figures by which people compare models. */
import type { PriceQuery, Prices } from './prices.ts';
import { NO_TOKENS } from './stream-part.ts';

export type ModelPrice =
  | { readonly type: 'per-million'; readonly inputUsd: number; readonly outputUsd: number }
  | { readonly type: 'free' }
  | { readonly type: 'unknown' };

// Few enough for the lowest tier of every price list.
const TOKENS = 1000;
const PER_MILLION = 1_000_000 / TOKENS;

/** In dollars for a million tokens; `unknown` before the prices are ready. */
export function modelPrice(prices: Prices, query: PriceQuery): ModelPrice {
  const input = prices.cost(query, { ...NO_TOKENS, inputUncached: TOKENS });
  const output = prices.cost(query, { ...NO_TOKENS, output: TOKENS });
  if (input.certainty === 'unknown' || output.certainty === 'unknown') return { type: 'unknown' };
  if (input.usd === 0 && output.usd === 0) return { type: 'free' };
  return { type: 'per-million', inputUsd: input.usd * PER_MILLION, outputUsd: output.usd * PER_MILLION };
}
