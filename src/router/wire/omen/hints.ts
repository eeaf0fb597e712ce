/** How OMEN is told what a request is for and how it is to route it: fields of its own over HTTP, metadata over gRPC. */
import type { Purpose, Strategy } from '../../model-request.ts';
import type { WireCall } from '../../wire.ts';

/** Everything that is left out has a default over there that differs from document to document, so what matters is always said. */
export interface OmenHints {
  readonly strategy: Strategy;
  readonly max_latency_ms: number;
  readonly k?: number;
  /** Ids of OMEN's own providers. */
  readonly providers?: readonly string[];
  readonly budget_usd?: number;
  readonly stickiness?: 'none' | 'turn' | 'session';
  readonly min_useful_tokens?: number;
}

// As long as an answer may take where nobody says less (facts/router §3.8).
const LONGEST_MS = 600_000;

/** Providers that the request names are Reaper's; OMEN's are an option of the provider. */
export function omenHints({ routing = {}, limits, options }: WireCall): OmenHints {
  const { k, budgetUsd, maxLatencyMs, stickiness, minUsefulTokens } = routing;
  const providers = (options['upstreams'] ?? '')
    .split(',')
    .flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  return {
    strategy: isStrategy(options['strategy']) ? options['strategy'] : (routing.strategy ?? 'single'),
    // It ends the whole stream there, not only the wait for the first token.
    max_latency_ms: Math.round(maxLatencyMs ?? limits.totalMs ?? LONGEST_MS),
    ...(k === undefined ? {} : { k }),
    ...(providers.length === 0 ? {} : { providers }),
    ...(budgetUsd === undefined ? {} : { budget_usd: budgetUsd }),
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(minUsefulTokens === undefined ? {} : { min_useful_tokens: minUsefulTokens }),
  };
}

const STRATEGIES: readonly string[] = ['single', 'race', 'speculate_k', 'parallel_merge'] satisfies readonly Strategy[];

function isStrategy(word: string | undefined): word is Strategy {
  return word !== undefined && STRATEGIES.includes(word);
}

const INTENTS: Readonly<Record<Purpose, string>> = {
  completion: 'code',
  chat: 'reason',
  agent: 'agent',
  review: 'reason',
  tests: 'tests',
  commit: 'reason',
};

export function omenTags({ purpose, input }: WireCall): Readonly<Record<string, string>> {
  return {
    source: 'reaper',
    intent: INTENTS[purpose],
    ...(purpose === 'completion' ? { priority: 'low-latency' } : {}),
    ...(input.type === 'fim' ? { language: input.language } : {}),
  };
}

/** The gRPC contract has no fields for them. */
export function omenMetadata(call: WireCall): Readonly<Record<string, string>> {
  const hints = Object.entries(omenHints(call)).map(([name, value]) => [`omen.${name}`, String(value)]);
  const tags = Object.entries(omenTags(call)).map(([name, value]) => [`tags.${name}`, value]);
  return Object.fromEntries([...hints, ...tags]) as Record<string, string>;
}
