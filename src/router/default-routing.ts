/** What counts for one request: its hints over the settings of its purpose; and the plainest settings there are. */
import type { CandidateOrder, ModelRequest, Stickiness, Strategy } from './model-request.ts';
import { type PurposeRouting, routingFor, type RoutingSettings } from './routing-settings.ts';

const plain: PurposeRouting = {
  strategy: 'single',
  order: 'listed',
  k: 2,
  stickiness: 'session',
  minUsefulTokens: 5,
  maxLatencyMs: undefined,
  hedge: false,
};

/** One after the other, as they are listed. */
export const defaultRouting: RoutingSettings = {
  completion: plain,
  chat: plain,
  local: 'as-listed',
  responseCache: false,
};

export interface ResolvedRouting {
  readonly strategy: Strategy;
  /** `race`: the further ones start only when the first is late. */
  readonly hedged: boolean;
  readonly k: number;
  readonly order: CandidateOrder;
  readonly local: RoutingSettings['local'];
  readonly stickiness: Stickiness;
  readonly minUsefulTokens: number;
  readonly maxLatencyMs: number | undefined;
}

// More than this at once is nobody's intention, and each of them is paid for.
const MOST_AT_ONCE = 5;

export function resolveRouting(settings: RoutingSettings, request: ModelRequest): ResolvedRouting {
  const set = routingFor(settings, request.purpose);
  const hints = request.routing;
  const strategy = hints?.strategy ?? set.strategy;
  // Who names providers, or a model of the first one, has said whom to ask first.
  const isNamed = hints?.providers !== undefined || hints?.model !== undefined;
  // A hedge is a race whose second starts late. A request that says `single` wants no second one.
  const hedgesSingle = strategy === 'single' && set.hedge && hints?.strategy === undefined;
  return {
    strategy: hedgesSingle ? 'race' : strategy,
    hedged: set.hedge && (hedgesSingle || strategy === 'race'),
    k: hedgesSingle ? 2 : Math.min(Math.max(Math.round(hints?.k ?? set.k), 1), MOST_AT_ONCE),
    order: hints?.order ?? (isNamed ? 'listed' : set.order),
    local: isNamed ? 'as-listed' : settings.local,
    stickiness: isNamed ? 'none' : (hints?.stickiness ?? set.stickiness),
    minUsefulTokens: Math.max(hints?.minUsefulTokens ?? set.minUsefulTokens, 1),
    maxLatencyMs: hints?.maxLatencyMs ?? set.maxLatencyMs,
  };
}
