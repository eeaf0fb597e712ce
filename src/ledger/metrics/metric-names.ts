/**
 * Names of OpenTelemetry's GenAI conventions (open-telemetry/semantic-conventions-genai, status Development; those in the
 * semantic-conventions package are deprecated), and of Reaper's own where there are none: costs and routing.
 */

export const METRICS = {
  duration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
  tokenUsage: 'gen_ai.client.token.usage',
  inputTokens: 'gen_ai.client.inference.usage.input_tokens',
  outputTokens: 'gen_ai.client.inference.usage.output_tokens',
  cacheReadTokens: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.client.inference.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.client.inference.usage.reasoning.output_tokens',
  cost: 'reaper.cost.usd',
} as const;

export const ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  tokenType: 'gen_ai.token.type',
  modality: 'gen_ai.token.modality',
  error: 'error.type',
  purpose: 'reaper.purpose',
  strategy: 'reaper.route.strategy',
  winner: 'reaper.route.winner',
  hedged: 'reaper.route.hedged',
  cache: 'reaper.cache.result',
  estimated: 'reaper.cost.estimated',
} as const;

/** Seconds, and tokens; both given by the conventions. */
export const DURATION_BUCKETS = Array.from({ length: 14 }, (_, index) => 0.01 * 2 ** index);
export const TOKEN_BUCKETS = Array.from({ length: 14 }, (_, index) => 4 ** index);
