/** The settings about money: limits that hold before anything is sent, prices, and figures for one's own monitoring. */
import type { ProviderFacts } from './provider-settings.ts';
import {
  booleanSetting,
  headerMapSetting,
  numberMapSetting,
  numberSetting,
  priceMapSetting,
  urlSetting,
} from './setting.ts';

/** More than one person's models can cost: a slip of the hand, such as cents for dollars, stays below it. */
const HIGHEST_BUDGET_USD = 1_000_000;

/** `0` is no limit; of several limits the tightest counts, so that a workspace cannot loosen what the user set. */
function limitSetting(description: string) {
  return numberSetting(
    0,
    { minimum: 0, maximum: HIGHEST_BUDGET_USD },
    {
      combine: tightest,
      description: `${description} In US dollars; \`0\` is no limit. A workspace can lower it, but not raise it.`,
    },
  );
}

function tightest(limits: readonly number[]): number {
  const set = limits.filter((limit) => limit > 0);
  return set.length === 0 ? 0 : Math.min(...set);
}

export function budgetSettings(providers: readonly Pick<ProviderFacts, 'id' | 'location'>[]) {
  return {
    perRequestUsd: limitSetting('The most that one request may cost, with everything that is tried for it.'),
    perConversationUsd: limitSetting('The most that one conversation may cost.'),
    perDayUsd: limitSetting('The most that one day may cost, all windows together.'),
    perMonthUsd: limitSetting('The most that one calendar month may cost, all windows together.'),
    perProviderUsd: numberMapSetting(
      {
        names: providers.filter(({ location }) => location !== 'embedded').map(({ id }) => id),
        maximum: HIGHEST_BUDGET_USD,
      },
      {
        combine: tightestOfEach,
        description:
          'The most that a provider may cost in one calendar month, by provider and in US dollars, for example `{ "openai": 20 }`. A workspace can lower a limit, but not raise it.',
      },
    ),
    allowUnknownPrices: booleanSetting(false, {
      // Read from one level only: a workspace that could turn it on could go around each limit.
      scope: 'application',
      description:
        'Use models without a known price although a limit is set. What they cost is then not counted. You can also give their prices in `#reaper.prices.overrides#`.',
    }),
  };
}

function tightestOfEach(maps: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const names = new Set(maps.flatMap((map) => Object.keys(map)));
  return Object.fromEntries([...names].map((name) => [name, tightest(maps.map((map) => map[name] ?? 0))]));
}

export const priceSettings = {
  overrides: priceMapSetting({
    // A workspace that could set prices could go around each limit.
    scope: 'application',
    description:
      'Your own prices, by model, in US dollars per million tokens: `{ "my-model": { "input": 0.5, "output": 1.5, "cacheRead": 0.05, "cacheWrite": 0.6 } }`. They count instead of the built-in price list.',
  }),
};

export const metricsSettings = {
  otlpEndpoint: urlSetting({
    scope: 'machine',
    description:
      'Where Reaper sends figures on its requests (counts, times, tokens and costs; never text), as OpenTelemetry metrics over HTTP: for example `http://127.0.0.1:4318`. Left empty, nothing is sent.',
  }),
  headers: headerMapSetting({
    scope: 'machine',
    description: 'HTTP headers to send with the figures to `#reaper.metrics.otlpEndpoint#`.',
  }),
};
