/** Who comes first: as listed, or by speed or price; models on this machine where the user wants them; what is embedded last. */
import type { Clock } from '../base/clock.ts';
import { priceQueryOf } from './attempt-cost.ts';
import type { Candidate } from './candidates.ts';
import type { CandidateOrder } from './model-request.ts';
import type { Prices } from './prices.ts';
import type { RoutingSettings } from './routing-settings.ts';
import type { Speeds } from './speed.ts';

export interface OrderWish {
  readonly order: CandidateOrder;
  readonly local: RoutingSettings['local'];
  /** As many as usually come; they weigh the tokens per second against the first one. */
  readonly outputTokens: number;
}

export interface Ordering {
  ordered(listed: readonly Candidate[], wish: OrderWish): readonly Candidate[];
  /** Under `fastest`, one of the fastest: best of two at random, so that not everything goes to the same one. */
  draw(
    ordered: readonly Candidate[],
    wish: OrderWish,
    mayBeAsked: (candidate: Candidate) => boolean,
  ): Candidate | undefined;
  /** Loads what the order needs; at once where it needs nothing. */
  ready(wish: Pick<OrderWish, 'order'>): Promise<void> | undefined;
  /** Grows when the order may have become another one. */
  version(wish: OrderWish): number;
}

export interface OrderingOptions {
  readonly clock: Clock;
  readonly speeds: Speeds;
  readonly prices: Prices;
  readonly random: () => number;
}

// Estimates that differ by less are the same, given how much answers of one server differ.
const AS_FAST = 1.5;
// A mix of input and output as in chat, for comparing prices; the ratio hardly changes who is cheaper.
const NOMINAL_USAGE = {
  inputUncached: 2000,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  output: 500,
  reasoning: 0,
  estimated: true,
};
// A look into the price catalogue costs some 30 µs per model, and prices seldom change.
const PRICE_LIFE_MS = 60_000;

interface Sorting {
  readonly basis: string;
  readonly candidates: readonly Candidate[];
}

export function createOrdering({ clock, speeds, prices, random }: OrderingOptions): Ordering {
  let isLoaded = false;
  const sortings = new WeakMap<readonly Candidate[], Sorting>();
  const known = new Map<string, { readonly usd: number | undefined; readonly untilMs: number }>();

  /** Of the nominal mix, in dollars; `undefined`: unknown. */
  function priceOf(candidate: Candidate): number | undefined {
    const { key } = candidate;
    let price = known.get(key);
    if (price === undefined || price.untilMs <= clock.now()) {
      const cost = prices.cost(priceQueryOf(candidate), NOMINAL_USAGE);
      const usd = cost.certainty === 'unknown' ? undefined : cost.usd;
      // Unknown may only mean that the catalogue is not loaded yet.
      price = { usd, untilMs: clock.now() + (usd === undefined ? 1000 : PRICE_LIFE_MS) };
      known.set(key, price);
    }
    return price.usd;
  }

  function rankOf(candidate: Candidate, wish: OrderWish): number {
    switch (wish.order) {
      case 'listed':
        return 0;
      case 'fastest':
        return speeds.score(candidate.key, wish.outputTokens);
      case 'cheapest':
        // An unknown price may be any price.
        return priceOf(candidate) ?? Number.MAX_VALUE;
      case 'smartest': {
        // Nobody can measure it here, so the price stands for it: of one maker's models the dearer one is the better one.
        // What costs nothing comes last: small enough to run here, or given away.
        const usd = priceOf(candidate);
        return usd === undefined ? -Number.MIN_VALUE : -usd;
      }
    }
  }

  function sorted(listed: readonly Candidate[], wish: OrderWish): readonly Candidate[] {
    return listed
      .map((candidate) => ({ candidate, place: placeOf(candidate, wish.local), rank: rankOf(candidate, wish) }))
      .sort((a, b) => a.place - b.place || a.rank - b.rank)
      .map(({ candidate }) => candidate);
  }

  function version({ order }: OrderWish): number {
    if (order === 'fastest') return speeds.version;
    if (!isByPrice(order)) return 0;
    const age = Math.floor(clock.now() / PRICE_LIFE_MS);
    // What was ordered before the prices were loaded is out of date at once.
    return isLoaded ? age + 1 : -1;
  }

  async function load(): Promise<void> {
    await prices.ready();
    isLoaded = true;
  }

  return {
    ordered(listed, wish) {
      if (wish.order === 'listed' && wish.local === 'as-listed') return listed;
      if (wish.order === 'fastest') return sorted(listed, wish);
      const basis = `${wish.order} ${wish.local} ${version(wish)}`;
      let known = sortings.get(listed);
      if (known?.basis !== basis) {
        known = { basis, candidates: sorted(listed, wish) };
        sortings.set(listed, known);
      }
      return known.candidates;
    },
    draw(ordered, wish, mayBeAsked) {
      if (wish.order !== 'fastest') return undefined;
      const start = ordered.findIndex((candidate) => candidate.location !== 'embedded' && mayBeAsked(candidate));
      const best = ordered[start];
      if (best === undefined) return undefined;
      const limit = speeds.score(best.key, wish.outputTokens) * AS_FAST;
      const place = placeOf(best, wish.local);
      let end = start + 1;
      // The list is sorted, so nobody further down is as fast.
      for (let next = ordered[end]; next !== undefined; next = ordered[++end]) {
        if (placeOf(next, wish.local) !== place || speeds.score(next.key, wish.outputTokens) > limit) break;
      }
      // Of two, the one further ahead is the faster one.
      const one = Math.floor(random() * (end - start));
      const other = Math.floor(random() * (end - start));
      const drawn = ordered[start + Math.min(one, other)];
      return drawn !== undefined && mayBeAsked(drawn) ? drawn : best;
    },
    ready: ({ order }) => (isByPrice(order) && !isLoaded ? load() : undefined),
    version,
  };
}

function isByPrice(order: CandidateOrder): boolean {
  return order === 'cheapest' || order === 'smartest';
}

function placeOf({ location }: Candidate, local: OrderWish['local']): number {
  if (location === 'embedded') return 3;
  if (local === 'as-listed') return 0;
  return (location === 'local') === (local === 'first') ? 0 : 1;
}
