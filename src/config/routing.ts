/** From the settings to what the router reads at each request. */
import type { CandidateOrder } from '../router/model-request.ts';
import type { PurposeRouting, RoutingSettings } from '../router/routing-settings.ts';
import type { Settings } from './read-settings.ts';

export function routingSettingsOf(settings: Pick<Settings, 'routing' | 'completion' | 'chat'>): RoutingSettings {
  const { routing, completion, chat } = settings;
  const both: Omit<PurposeRouting, 'strategy' | 'order'> = {
    k: routing.k,
    stickiness: routing.stickiness,
    minUsefulTokens: routing.minUsefulTokens,
    maxLatencyMs: routing.maxLatencyMs === 0 ? undefined : routing.maxLatencyMs,
    hedge: routing.hedge,
  };
  return {
    completion: {
      ...both,
      strategy: routing.completionStrategy,
      order: orderOf(routing.completionOrder, completion.providers, 'fastest'),
    },
    chat: {
      ...both,
      strategy: routing.chatStrategy,
      order: orderOf(routing.chatOrder, chat.providers, 'smartest'),
    },
    local: routing.local,
    responseCache: routing.responseCache,
  };
}

/** Who wrote a list has said whom to ask first. */
function orderOf(
  order: CandidateOrder | 'automatic',
  listed: readonly string[],
  withoutList: CandidateOrder,
): CandidateOrder {
  if (order !== 'automatic') {
    return order;
  }
  return listed.length > 0 ? 'listed' : withoutList;
}
