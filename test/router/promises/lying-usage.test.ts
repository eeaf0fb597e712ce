/** Servers may say anything about tokens: what is made of it is a number that can be paid and kept, or nothing. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TokenUsage } from '../../../src/router/stream-part.ts';
import { priceOf } from '../../../src/router/token-price.ts';
import { anthropicUsage, geminiUsage, openAiUsage, responsesUsage } from '../../../src/router/wire/usage.ts';

const NAMES = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'prompt_cache_hit_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'input_tokens',
  'output_tokens',
  'thinking_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'ephemeral_5m_input_tokens',
  'ephemeral_1h_input_tokens',
  'promptTokenCount',
  'candidatesTokenCount',
  'cachedContentTokenCount',
  'toolUsePromptTokenCount',
  'thoughtsTokenCount',
];
const DETAILS = [
  'prompt_tokens_details',
  'completion_tokens_details',
  'input_tokens_details',
  'output_tokens_details',
  'cache_creation',
];

const lie = fc.constantFrom<unknown>(
  0,
  1,
  7,
  1e6,
  -1,
  -0,
  0.5,
  NaN,
  Infinity,
  1e308,
  2 ** 53,
  2 ** 53 - 1,
  '12',
  null,
  [],
  {},
);
const flat = fc.dictionary(fc.constantFrom(...NAMES), lie);
const lies = fc
  .tuple(flat, fc.dictionary(fc.constantFrom(...DETAILS), fc.oneof(flat, lie)))
  .map(([own, details]) => ({ ...own, ...details }));

const READERS: Readonly<Record<string, (usage: unknown) => TokenUsage | undefined>> = {
  'of OpenAI’s chat': (usage) => openAiUsage(usage),
  'of xAI': (usage) => openAiUsage(usage, 'beside'),
  'of OpenAI’s Responses': responsesUsage,
  'of Anthropic': anthropicUsage,
  'of Gemini': geminiUsage,
};

describe('the tokens of a lying server', () => {
  for (const [name, read] of Object.entries(READERS)) {
    it(`are counts, or nothing, in the words ${name}`, () => {
      fc.assert(
        fc.property(fc.oneof(lies, lie), (said) => {
          const usage = read(said);
          if (usage === undefined) return;
          const { estimated: _, ...counts } = usage;
          for (const count of Object.values(counts))
            assert.ok(Number.isInteger(count) && count >= 0, JSON.stringify(usage));
          const usd = priceOf({ input: 100_000, output: 100_000, cacheRead: undefined, cacheWrite: undefined }, usage);
          assert.ok(Number.isFinite(usd) && usd >= 0);
        }),
        { numRuns: 500 },
      );
    });
  }
});
