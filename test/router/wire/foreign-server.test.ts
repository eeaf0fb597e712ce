/** The same wires against a model server that was not written here. */
import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { anthropicWire } from '../../../src/router/wire/anthropic.ts';
import { mistralWire } from '../../../src/router/wire/mistral.ts';
import { ollamaWire } from '../../../src/router/wire/ollama.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import type { WireModule } from '../../../src/router/wire.ts';
import { collect, textOf, wireCall } from './loopback.ts';

const wires: Readonly<Record<string, WireModule>> = {
  openai: openAiWire({
    fim: 'hole-filler',
    maxTokensField: 'max_completion_tokens',
    maxStops: 4,
    reasoningEffort: 'none',
  }),
  mistral: mistralWire(),
  ollama: ollamaWire(),
  anthropic: anthropicWire({ order: 'suffix-first' }),
};
const said = (text: string): ChatInput => ({
  type: 'chat',
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
});

for (const [name, wire] of Object.entries(wires)) {
  describe(`aimock as a server of ${name}`, () => {
    const server = new LLMock({ port: 0, latency: 0, chunkSize: 5 });
    before(async () => {
      server.onMessage('hello', { content: 'Good morning, and <em>welcome</em>.' });
      server.onMessage('busy', { error: { message: 'Too many', type: 'rate_limit_error' }, status: 429 });
      server.onMessage(/before_cursor/, { content: '<completion>th * height</completion>' });
      await server.start();
    });
    after(() => server.stop());

    it('chats', async () => {
      const parts = await collect(wire.stream(wireCall(server.url, { input: said('hello') })));
      assert.equal(textOf(parts), 'Good morning, and <em>welcome</em>.');
      assert.ok(parts.filter(({ type }) => type === 'text-delta').length > 3, 'it streams');
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    });

    it('fills a hole', async () => {
      const parts = await collect(wire.stream(wireCall(server.url, { fim: { type: 'hole-filler' } })));
      assert.equal(textOf(parts), 'th * height');
    });

    it('limits the rate', async () => {
      await assert.rejects(() => collect(wire.stream(wireCall(server.url, { input: said('busy') }))), {
        kind: 'rate-limit',
      });
    });
  });
}
