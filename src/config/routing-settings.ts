/** The settings that say who is asked first, and how many at once. */
import { type ProviderFacts, providerListSetting } from './provider-settings.ts';
import { booleanSetting, choiceSetting, integerSetting } from './setting.ts';

const STRATEGIES = {
  single: 'One model at a time; the next one only if the first gives no answer. Costs least.',
  race: 'Several models at once; the first useful answer is kept and the others are stopped. The fastest, and each one that takes part is paid for what it has done.',
  speculate_k:
    'A model on this machine answers at once, and a better one takes over as soon as it is ready. Costs as much as the better one alone.',
  parallel_merge:
    'Several models answer to the end, and one of them merges the answers into one. The slowest and the dearest. Answers that call tools are not merged.',
} as const;

const ORDERS = {
  automatic: 'As you listed them, if you listed any; otherwise what the description says.',
  listed: 'As you listed them, or in the order in which they were set up.',
  fastest: 'By what was measured: the shortest time to the first useful word comes first.',
  smartest: 'The most capable model first.',
  cheapest: 'The lowest price first.',
} as const;

/** Racing more than this many branches gains nothing that is worth their price (facts/router §3.2). */
const MOST_BRANCHES = 5;

/** What they cost is held by the budgets; so a workspace may choose them once it is trusted. */
export const routingSettings = {
  completionStrategy: choiceSetting('single', STRATEGIES, {
    restricted: true,
    description: 'How ghost text is asked for when several models could write it.',
  }),
  chatStrategy: choiceSetting('single', STRATEGIES, {
    restricted: true,
    description: 'How chat, agent, review and tests are asked for when several models could answer.',
  }),
  completionOrder: choiceSetting('automatic', ORDERS, {
    restricted: true,
    description:
      'Whom to ask first for ghost text. `automatic` is the order of `#reaper.completion.providers#`, and the fastest first where that list is empty.',
  }),
  chatOrder: choiceSetting('automatic', ORDERS, {
    restricted: true,
    description:
      'Whom to ask first for chat, agent, review and tests. `automatic` is the order of `#reaper.chat.providers#`, and the smartest first where that list is empty.',
  }),
  k: integerSetting(
    2,
    { minimum: 2, maximum: MOST_BRANCHES },
    {
      restricted: true,
      description: 'How many models take part in a race, a speculation or a merge.',
    },
  ),
  hedge: booleanSetting(false, {
    restricted: true,
    description:
      'Send a second request when the first takes longer than it usually does, and keep what comes first. Costs at most 5 % more requests.',
  }),
  stickiness: choiceSetting(
    'session',
    {
      none: 'Choose anew for each request.',
      turn: 'Stay with a model until the turn is done, with all its tool calls.',
      session: 'Stay with a model for the whole conversation.',
    },
    {
      restricted: true,
      description:
        'How long a conversation stays with the model that answered. Models remember what they have just read: staying is cheaper and faster.',
    },
  ),
  // Fewer let a branch win that then says nothing.
  minUsefulTokens: integerSetting(
    5,
    { minimum: 1, maximum: 100 },
    { restricted: true, description: 'How many tokens a model must have written before it can win a race.' },
  ),
  maxLatencyMs: integerSetting(
    0,
    { minimum: 0, maximum: 600_000 },
    {
      restricted: true,
      description:
        'The longest wait for the first useful word, in milliseconds; then the next model is asked. `0`: as long as the kind of request allows.',
    },
  ),
  local: choiceSetting(
    'as-listed',
    {
      first: 'Models on this machine first, the others when they fail.',
      last: 'Models on this machine only when the others fail.',
      'as-listed': 'No difference.',
    },
    { restricted: true, description: 'Where models on this machine come in the order.' },
  ),
  responseCache: booleanSetting(true, {
    description:
      'Keep answers in memory and give the same answer to the same request. Only for requests that leave nothing to chance, and never across accounts.',
  }),
};

export function chatSettings(providers: readonly ProviderFacts[]) {
  return {
    providers: providerListSetting(
      providers.filter(({ capabilities }) => capabilities.chat),
      'The providers that may answer in chat, agent, review and tests, in order of preference; the others are not asked. Left empty, all that you set up and local servers that are found.',
    ),
  };
}
