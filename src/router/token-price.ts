/** The arithmetic of prices: token classes, and tiers that count for the whole request once it is long enough. */
import type { TokenUsage } from './stream-part.ts';

/** US dollars per million tokens; the dearest tier whose `above` is passed by the whole input counts for all tokens. */
export type Rate =
  number | { readonly base: number; readonly tiers: readonly { readonly above: number; readonly price: number }[] };

export interface ModelRates {
  readonly input: Rate;
  readonly output: Rate;
  /** As `input` where the catalogue has none. */
  readonly cacheRead: Rate | undefined;
  /** Kept for five minutes, which is what the wires ask for. As `input` where the catalogue has none. */
  readonly cacheWrite: Rate | undefined;
}

const MILLION = 1_000_000;

/** In US dollars. */
export function priceOf(rates: ModelRates, usage: TokenUsage): number {
  const { inputUncached, inputCacheRead, inputCacheWrite, output, reasoning } = usage;
  const wholeInput = inputUncached + inputCacheRead + inputCacheWrite;
  const at = (rate: Rate, tokens: number): number => (tokens * rateAt(rate, wholeInput)) / MILLION;
  return (
    at(rates.input, inputUncached) +
    at(rates.cacheRead ?? rates.input, inputCacheRead) +
    at(rates.cacheWrite ?? rates.input, inputCacheWrite) +
    at(rates.output, output + reasoning)
  );
}

/** A price of the catalogue, checked; `undefined` if it is none. */
export function readRate(value: unknown): Rate | undefined {
  if (isPrice(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { base, tiers } = value as { readonly base?: unknown; readonly tiers?: unknown };
  if (!isPrice(base) || !Array.isArray(tiers)) return undefined;
  const read = tiers.flatMap((tier: { readonly start?: unknown; readonly price?: unknown }) =>
    isPrice(tier.start) && isPrice(tier.price) ? [{ above: tier.start, price: tier.price }] : [],
  );
  return { base, tiers: read.sort((left, right) => left.above - right.above) };
}

function rateAt(rate: Rate, wholeInput: number): number {
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast(({ above }) => wholeInput > above)?.price ?? rate.base;
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
