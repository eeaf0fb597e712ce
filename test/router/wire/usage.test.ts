import assert from 'node:assert/strict';
import { anthropicUsage, estimateUsage, localUsage, openAiUsage } from '../../../src/router/wire/usage.ts';

const classes = (uncached: number, read: number, write: number, output: number, reasoning: number): object => ({
  inputUncached: uncached,
  inputCacheRead: read,
  inputCacheWrite: write,
  output,
  reasoning,
  estimated: false,
});

describe('token usage', () => {
  it('takes cached tokens out of the prompt and reasoning out of the completion, as OpenAI counts', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    assert.deepEqual(openAiUsage(usage), classes(30, 60, 10, 30, 20));
  });

  it('leaves reasoning beside the completion where the total says so, as xAI counts', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 20,
      total_tokens: 330,
      completion_tokens_details: { reasoning_tokens: 300 },
    };
    assert.deepEqual(openAiUsage(usage), classes(10, 0, 0, 20, 300));
  });

  it('asks the provider where reasoning is counted, if there is no total', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 400,
      completion_tokens_details: { reasoning_tokens: 300 },
    };
    assert.deepEqual(openAiUsage(usage), classes(10, 0, 0, 100, 300));
    assert.deepEqual(openAiUsage(usage, 'beside'), classes(10, 0, 0, 400, 300));
    // More than the completion can only stand beside it.
    const short = { ...usage, completion_tokens: 20 };
    assert.deepEqual(openAiUsage(short), classes(10, 0, 0, 20, 300));
  });

  it("reads DeepSeek's names for its cache", () => {
    const usage = { prompt_tokens: 12, completion_tokens: 4, total_tokens: 16, prompt_cache_hit_tokens: 8 };
    assert.deepEqual(openAiUsage(usage), classes(4, 8, 0, 4, 0));
  });

  it('adds nothing up for Anthropic, where cached tokens stand beside the input', () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 1000,
      output_tokens: 20,
      output_tokens_details: { thinking_tokens: 5 },
    };
    assert.deepEqual(anthropicUsage(usage), classes(10, 1000, 100, 15, 5));
  });

  it('adds up what Anthropic wrote to its cache for five minutes and for an hour', () => {
    const usage = {
      input_tokens: 1,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 300 },
      output_tokens: 4,
    };
    assert.deepEqual(anthropicUsage(usage), classes(1, 0, 320, 4, 0));
  });

  it('takes what llama.cpp had cached out of what it read', () => {
    assert.deepEqual(localUsage(31, 9, 24), classes(7, 24, 0, 9, 0));
    assert.equal(localUsage(undefined, undefined), undefined);
  });

  it('believes no impossible number', () => {
    for (const wrong of [
      undefined,
      null,
      'x',
      {},
      { prompt_tokens: -1 },
      { prompt_tokens: 1.5 },
      { prompt_tokens: '3' },
    ]) {
      assert.equal(openAiUsage(wrong), undefined);
    }
    const absurd = { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9 } };
    assert.deepEqual(openAiUsage(absurd), classes(0, 9, 0, 1, 0));
  });

  it('is counted here where the server told nothing, and says so', () => {
    const usage = estimateUsage('const width = height * 2;', 'return width;');
    assert.equal(usage.estimated, true);
    assert.ok(usage.inputUncached >= 5 && usage.inputUncached <= 10, String(usage.inputUncached));
    assert.ok(usage.output >= 2 && usage.output <= 5, String(usage.output));
  });
});
