/** What the user set about routing: read at each request, overridden by the request's own hints. */
import type { CandidateOrder, Purpose, Stickiness, Strategy } from './model-request.ts';

export interface PurposeRouting {
  readonly strategy: Strategy;
  readonly order: CandidateOrder;
  readonly k: number;
  readonly stickiness: Stickiness;
  readonly minUsefulTokens: number;
  /** To the first useful token, in milliseconds; `undefined`: the deadline of the purpose alone. */
  readonly maxLatencyMs: number | undefined;
  /** A second request is sent when the first is slower than it usually is. Costs at most 5 % more requests. */
  readonly hedge: boolean;
}

export interface RoutingSettings {
  readonly completion: PurposeRouting;
  /** Chat, agent, review, tests and commit messages. */
  readonly chat: PurposeRouting;
  /** Models on this machine: before the others, after them, or where they are listed. */
  readonly local: 'first' | 'last' | 'as-listed';
  readonly responseCache: boolean;
}

export function routingFor(settings: RoutingSettings, purpose: Purpose): PurposeRouting {
  return purpose === 'completion' ? settings.completion : settings.chat;
}
