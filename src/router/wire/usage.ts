/** Token counts of every dialect, brought to disjoint classes (facts/router §3.4). */
import { estimateTokenCount } from 'tokenx';
import type { TokenUsage } from '../stream-part.ts';
import { countAt, recordAt } from './json.ts';

/** Where the tokens of the reasoning are told: inside the completion's count (OpenAI) or beside it (xAI). */
export type ReasoningCount = 'inside' | 'beside';

/**
 * OpenAI's, and that of those who follow it. Cached tokens are inside the prompt's count. Whether reasoning is inside the
 * completion's count the total says, where there is one; else `reasoningCount`.
 */
export function openAiUsage(usage: unknown, reasoningCount: ReasoningCount = 'inside'): TokenUsage | undefined {
  const prompt = countAt(usage, 'prompt_tokens');
  const completion = countAt(usage, 'completion_tokens') ?? 0;
  if (prompt === undefined) return undefined;
  const promptDetails = recordAt(usage, 'prompt_tokens_details');
  const reasoning = countAt(recordAt(usage, 'completion_tokens_details'), 'reasoning_tokens') ?? 0;
  const total = countAt(usage, 'total_tokens');
  const isBeside =
    reasoning > completion ||
    (total === undefined ? reasoningCount === 'beside' : total === prompt + completion + reasoning);
  return usageOf({
    input: prompt,
    // DeepSeek has its own name for it.
    cacheRead: countAt(promptDetails, 'cached_tokens') ?? countAt(usage, 'prompt_cache_hit_tokens') ?? 0,
    cacheWrite: countAt(promptDetails, 'cache_write_tokens') ?? 0,
    output: isBeside ? completion + reasoning : completion,
    reasoning,
  });
}

/** Of OpenAI's Responses: cached tokens are inside the input's count, reasoning inside the output's. */
export function responsesUsage(usage: unknown): TokenUsage | undefined {
  const input = countAt(usage, 'input_tokens');
  if (input === undefined) return undefined;
  const details = recordAt(usage, 'input_tokens_details');
  const output = countAt(usage, 'output_tokens') ?? 0;
  const reasoning = countAt(recordAt(usage, 'output_tokens_details'), 'reasoning_tokens') ?? 0;
  return usageOf({
    input,
    cacheRead: countAt(details, 'cached_tokens') ?? 0,
    cacheWrite: countAt(details, 'cache_write_tokens') ?? 0,
    output: Math.max(output, reasoning),
    reasoning,
  });
}

interface InclusiveCounts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: InclusiveCounts): TokenUsage {
  return {
    inputUncached: Math.max(0, input - cacheRead - cacheWrite),
    inputCacheRead: cacheRead,
    inputCacheWrite: cacheWrite,
    output: output - reasoning,
    reasoning,
    estimated: false,
  };
}

/** Anthropic counts what is cached beside the input, and thinking inside the output. */
export function anthropicUsage(usage: unknown): TokenUsage | undefined {
  const input = countAt(usage, 'input_tokens');
  const output = countAt(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const reasoning = countAt(recordAt(usage, 'output_tokens_details'), 'thinking_tokens') ?? 0;
  return {
    inputUncached: input ?? 0,
    inputCacheRead: countAt(usage, 'cache_read_input_tokens') ?? 0,
    inputCacheWrite: countAt(usage, 'cache_creation_input_tokens') ?? writtenFor(recordAt(usage, 'cache_creation')),
    output: Math.max(0, (output ?? 0) - reasoning),
    reasoning,
    estimated: false,
  };
}

/** For five minutes and for an hour; usually their sum is told too. */
function writtenFor(creation: unknown): number {
  return (countAt(creation, 'ephemeral_5m_input_tokens') ?? 0) + (countAt(creation, 'ephemeral_1h_input_tokens') ?? 0);
}

/** Gemini counts what is cached inside the prompt, and thoughts beside the answer. What its own tools read is input too. */
export function geminiUsage(usage: unknown): TokenUsage | undefined {
  const prompt = countAt(usage, 'promptTokenCount');
  const output = countAt(usage, 'candidatesTokenCount');
  if (prompt === undefined && output === undefined) return undefined;
  const cached = countAt(usage, 'cachedContentTokenCount') ?? 0;
  return {
    inputUncached: Math.max(0, (prompt ?? 0) - cached) + (countAt(usage, 'toolUsePromptTokenCount') ?? 0),
    inputCacheRead: cached,
    inputCacheWrite: 0,
    output: output ?? 0,
    reasoning: countAt(usage, 'thoughtsTokenCount') ?? 0,
    estimated: false,
  };
}

/** Ollama and llama.cpp: what was read and what was written; `cached` is inside `read`. */
export function localUsage(read: number | undefined, written: number | undefined, cached = 0): TokenUsage | undefined {
  if (read === undefined && written === undefined) return undefined;
  return {
    inputUncached: Math.max(0, (read ?? 0) - cached),
    inputCacheRead: cached,
    inputCacheWrite: 0,
    output: written ?? 0,
    reasoning: 0,
    estimated: false,
  };
}

/** Where the server tells nothing or was cut: counted here (within 10 % of o200k on code, facts/dependencies §1). */
export function estimateUsage(prompt: string, output: string, known?: TokenUsage, thought = ''): TokenUsage {
  return {
    inputUncached: known?.inputUncached ?? estimateTokenCount(prompt),
    inputCacheRead: known?.inputCacheRead ?? 0,
    inputCacheWrite: known?.inputCacheWrite ?? 0,
    output: Math.max(known?.output ?? 0, estimateTokenCount(output)),
    reasoning: Math.max(known?.reasoning ?? 0, estimateTokenCount(thought)),
    estimated: true,
  };
}
