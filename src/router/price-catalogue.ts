/** Prices from the catalogue that comes with Reaper, and from the user's own list, which counts first. */
import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { PriceQuery, Prices } from './prices.ts';
import type { ProviderDefinition } from './provider-definition.ts';
import { providers } from './providers/index.ts';
import type { Cost } from './request-record.ts';
import { readRate, type ModelRates, priceOf, type Rate } from './token-price.ts';
import type { TokenUsage } from './stream-part.ts';

/** US dollars per million tokens. */
export interface PriceOverride {
  readonly input: number;
  readonly output: number;
  /** As `input` if left out. */
  readonly cacheRead?: number;
  /** As `input` if left out. */
  readonly cacheWrite?: number;
}

/** By `model`, or by `provider/model`, which counts first. */
export type PriceOverrides = Readonly<Record<string, PriceOverride>>;

/** The part of `@pydantic/genai-prices` that is used: what a model costs at a moment. */
export interface CatalogueModule {
  calcPrice(
    usage: Readonly<Record<string, number>>,
    model: string,
    options: { readonly providerId: string; readonly timestamp: Date },
  ): {
    readonly model_price: Readonly<Record<string, unknown>>;
    readonly model: { readonly prices: unknown };
  } | null;
}

export interface PriceCatalogueOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Read at each look-up, so that a change counts at once. */
  readonly overrides: () => PriceOverrides;
  readonly load?: () => Promise<CatalogueModule>;
  /** Of the models that are newer than the catalogue. */
  readonly definitions?: readonly Pick<ProviderDefinition, 'id' | 'newerPrices'>[];
}

/** A definition's `prices` where nobody is billed. */
export const FREE = 'free';

const FREE_COST: Cost = { usd: 0, certainty: 'exact' };
const UNKNOWN_COST: Cost = { usd: 0, certainty: 'unknown' };
/** Some prices depend on the date or the time of day, to the minute. */
const CHANGING_PRICE_AGE_MS = 60_000;
/** Model names come from settings and servers; this is more than anyone uses in a session. */
const MOST_MODELS = 500;

interface Resolved {
  readonly rates: ModelRates | undefined;
  readonly untilMs: number;
}

export function createPriceCatalogue({
  clock,
  logger,
  overrides,
  load = loadCatalogue,
  definitions = providers,
}: PriceCatalogueOptions): Prices {
  let catalogue: CatalogueModule | undefined;
  let loading: Promise<void> | undefined;
  // A look-up by name costs 27 µs (facts/router §2), and most requests ask for the same few models.
  const resolved = new Map<string, Resolved>();

  function ratesOf({ catalogue: providerId, model }: PriceQuery): ModelRates | undefined {
    if (catalogue === undefined || providerId === undefined || model === '') return undefined;
    const key = `${providerId} ${model}`;
    const known = resolved.get(key);
    if (known !== undefined && known.untilMs > clock.now()) return known.rates;
    const found = lookUp(catalogue, providerId, model, new Date(clock.wallTime()));
    if (resolved.size >= MOST_MODELS) resolved.clear();
    resolved.set(key, {
      rates: found?.rates,
      untilMs: found?.changes === true ? clock.now() + CHANGING_PRICE_AGE_MS : Infinity,
    });
    return found?.rates;
  }

  return {
    ready() {
      loading ??= load().then(
        (module) => {
          catalogue = module;
        },
        (error: unknown) => logger.error(`The price list could not be loaded: ${errorMessage(error)}`, error),
      );
      return loading;
    },
    cost(query, usage) {
      const own = overrideOf(overrides(), query);
      if (own === undefined && query.catalogue === FREE) return FREE_COST;
      const rates = own ?? ratesOf(query) ?? newerRates(definitions, query);
      const usd = rates === undefined ? NaN : priceOf(rates, usage);
      // Counts come from servers, who may send anything.
      return usd >= 0 && usd < Infinity ? { usd, certainty: usage.estimated ? 'estimated' : 'exact' } : UNKNOWN_COST;
    },
  };
}

/** What an input may cost at the most: all of it new, and written to the provider's cache where it has one. */
export function highestInput(tokens: number, writesCache: boolean): TokenUsage {
  return {
    inputUncached: writesCache ? 0 : tokens,
    inputCacheRead: 0,
    inputCacheWrite: writesCache ? tokens : 0,
    output: 0,
    reasoning: 0,
    estimated: true,
  };
}

function loadCatalogue(): Promise<CatalogueModule> {
  return import('@pydantic/genai-prices');
}

function newerRates(
  definitions: NonNullable<PriceCatalogueOptions['definitions']>,
  { providerId, model }: PriceQuery,
): ModelRates | undefined {
  const known = definitions.find(({ id }) => id === providerId)?.newerPrices ?? {};
  return Object.hasOwn(known, model) ? known[model] : undefined;
}

function overrideOf(overrides: PriceOverrides, { providerId, model }: PriceQuery): ModelRates | undefined {
  const own = ownValue(overrides, `${providerId}/${model}`) ?? ownValue(overrides, model);
  return own && { input: own.input, output: own.output, cacheRead: own.cacheRead, cacheWrite: own.cacheWrite };
}

/** A model may be called `constructor`. */
function ownValue(overrides: PriceOverrides, key: string): PriceOverride | undefined {
  return Object.hasOwn(overrides, key) ? overrides[key] : undefined;
}

function lookUp(
  catalogue: CatalogueModule,
  providerId: string,
  model: string,
  timestamp: Date,
): { readonly rates: ModelRates; readonly changes: boolean } | undefined {
  const found = catalogue.calcPrice({}, model, { providerId, timestamp });
  if (found === null) return undefined;
  const price = found.model_price;
  const input = readRate(price['input_mtok']);
  const output = readRate(price['output_mtok']);
  // Models for pictures or speech have other prices, which say nothing of text.
  if (input === undefined || output === undefined) return undefined;
  const cacheRead: Rate | undefined = readRate(price['cache_read_mtok']);
  const cacheWrite: Rate | undefined = readRate(price['cache_write_mtok']);
  return { rates: { input, output, cacheRead, cacheWrite }, changes: Array.isArray(found.model.prices) };
}
