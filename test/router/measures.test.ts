/** Estimates of speed and of tokens. */
import assert from 'node:assert/strict';
import { completeUsage } from '../../src/router/estimate-usage.ts';
import { createLatencyEstimates } from '../../src/router/latency.ts';
import { fimRequest } from './router-fixture.ts';

describe('the estimate of the time to the first useful token', () => {
  it('begins with the first answer and follows the newest ones', () => {
    const latency = createLatencyEstimates();
    assert.equal(latency.of('a'), undefined);
    latency.answered('a', 100);
    assert.equal(latency.of('a'), 100);
    latency.answered('a', 200);
    assert.equal(latency.of('a'), 125);
    for (let i = 0; i < 30; i++) latency.answered('a', 400);
    assert.ok(Math.abs((latency.of('a') ?? 0) - 400) < 1);
    assert.equal(latency.of('b'), undefined);
  });

  it('takes a wait that was given up as a lower bound', () => {
    const latency = createLatencyEstimates();
    latency.gaveUp('a', 5000);
    assert.equal(latency.of('a'), undefined);
    latency.answered('a', 100);
    latency.gaveUp('a', 50);
    assert.equal(latency.of('a'), 100);
    latency.gaveUp('a', 500);
    assert.equal(latency.of('a'), 200);
  });
});

describe('the usage of an attempt', () => {
  const { input } = fimRequest();
  const told = { inputUncached: 10, inputCacheRead: 5, inputCacheWrite: 0, output: 7, reasoning: 0, estimated: false };

  it('is what the server told', () => {
    assert.deepEqual(completeUsage(told, input, { ended: 'whole', textCharacters: 999, reasoningCharacters: 0 }), told);
  });

  it('is counted here when the server told nothing', () => {
    const usage = completeUsage(undefined, input, { ended: 'whole', textCharacters: 36, reasoningCharacters: 18 });
    assert.deepEqual(usage, {
      inputUncached: 4,
      inputCacheRead: 0,
      inputCacheWrite: 0,
      output: 10,
      reasoning: 5,
      estimated: true,
    });
    const chat = {
      type: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(36) }] }],
    } as const;
    assert.equal(
      completeUsage(undefined, chat, { ended: 'cut', textCharacters: 0, reasoningCharacters: 0 }).inputUncached,
      10,
    );
  });

  it('is completed when the stream was cut before the output was told', () => {
    const early = { ...told, output: 0 };
    const usage = completeUsage(early, input, { ended: 'cut', textCharacters: 36, reasoningCharacters: 0 });
    assert.deepEqual(usage, { ...early, output: 10, estimated: true });
  });
});
