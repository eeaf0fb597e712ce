/** What a model costs: asked for each attempt, before it is sent and after it has ended. */
import type { Cost } from './request-record.ts';
import type { TokenUsage } from './stream-part.ts';

export interface PriceQuery {
  readonly providerId: string;
  /** Of the price catalogue, from the definition; `undefined`: no catalogue knows this provider. */
  readonly catalogue: string | undefined;
  readonly model: string;
}

export interface Prices {
  /** Loads the catalogue if it is not in memory yet; resolves at once afterwards, and never rejects. */
  ready(): Promise<void>;
  /** Synchronous. `unknown` with 0 dollars before `ready`, and for models without a known price. */
  cost(query: PriceQuery, usage: TokenUsage): Cost;
}

/** Where no price is known. */
export const noPrices: Prices = {
  ready: () => Promise.resolve(),
  cost: () => ({ usd: 0, certainty: 'unknown' }),
};
