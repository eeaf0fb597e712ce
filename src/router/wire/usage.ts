/** Token counts of every dialect, brought to disjoint classes (facts/router §3.4). */
import { estimateTokenCount } from 'tokenx';
import type { TokenUsage } from '../stream-part.ts';
import { countAt, recordAt } from './json.ts';

/**
 * OpenAI's, and that of those who follow it. Cached tokens are inside the prompt's count. Reasoning is inside the completion's
 * count, except where the total says otherwise (xAI).
 */
export function openAiUsage(usage: unknown): TokenUsage | undefined {
  const prompt = countAt(usage, 'prompt_tokens');
  const completion = countAt(usage, 'completion_tokens') ?? 0;
  if (prompt === undefined) return undefined;
  const promptDetails = recordAt(usage, 'prompt_tokens_details');
  // DeepSeek has its own name for it.
  const cacheRead = countAt(promptDetails, 'cached_tokens') ?? countAt(usage, 'prompt_cache_hit_tokens') ?? 0;
  const cacheWrite = countAt(promptDetails, 'cache_write_tokens') ?? 0;
  const reasoning = countAt(recordAt(usage, 'completion_tokens_details'), 'reasoning_tokens') ?? 0;
  const reasoningIsExtra = countAt(usage, 'total_tokens') === prompt + completion + reasoning;
  return {
    inputUncached: Math.max(0, prompt - cacheRead - cacheWrite),
    inputCacheRead: cacheRead,
    inputCacheWrite: cacheWrite,
    output: reasoningIsExtra ? completion : Math.max(0, completion - reasoning),
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
    inputCacheWrite: countAt(usage, 'cache_creation_input_tokens') ?? 0,
    output: Math.max(0, (output ?? 0) - reasoning),
    reasoning,
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
export function estimateUsage(prompt: string, output: string, known?: TokenUsage): TokenUsage {
  return {
    inputUncached: known?.inputUncached ?? estimateTokenCount(prompt),
    inputCacheRead: known?.inputCacheRead ?? 0,
    inputCacheWrite: known?.inputCacheWrite ?? 0,
    output: Math.max(known?.output ?? 0, estimateTokenCount(output)),
    reasoning: known?.reasoning ?? 0,
    estimated: true,
  };
}
