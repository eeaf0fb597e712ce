/** Tools and thoughts of Claude, Gemini and local models against a model server that we did not write. */
import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { credentialOf } from '../../src/router/credential.ts';
import type { ChatMessage } from '../../src/router/model-request.ts';
import { providers } from '../../src/router/providers/index.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { readFile } from '../router/wire/conversation.ts';
import { collect, textOf, wireCall } from '../router/wire/loopback.ts';

interface Way {
  readonly providerId: string;
  readonly model: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Whether the mock writes thoughts in this protocol. */
  readonly hasThoughts: boolean;
}

const ways: readonly Way[] = [
  { providerId: 'anthropic', model: 'claude-opus-5-5', hasThoughts: true },
  { providerId: 'gemini', model: 'gemini-3.8-flash', hasThoughts: true },
  {
    providerId: 'vertex',
    model: 'gemini-3.8-flash',
    options: { project: 'p', location: 'global', credentials: 'google' },
    hasThoughts: true,
  },
  {
    providerId: 'bedrock',
    model: 'us.anthropic.claude-opus-5-5',
    options: { region: 'us-east-1', profile: '' },
    hasThoughts: true,
  },
  { providerId: 'omen', model: 'qwen3', options: { transport: 'http' }, hasThoughts: true },
  { providerId: 'ollama', model: 'qwen3:4b', hasThoughts: false },
  { providerId: 'llama.cpp', model: 'qwen3', hasThoughts: true },
];

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });

describe('an agent and a model server that we did not write', () => {
  let mock: LLMock;

  before(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent' });
    mock.addFixture({
      match: { userMessage: 'both files', hasToolResult: false },
      response: {
        content: 'I will look.',
        reasoning: 'There are two.',
        toolCalls: [
          { name: 'read_file', arguments: '{"path":"größe.ts"}' },
          { name: 'read_file', arguments: '{"path":"b.ts"}' },
        ],
      },
    });
    mock.addFixture({ match: { hasToolResult: true }, response: { content: 'Both are empty.' } });
    await mock.start();
  });

  after(() => mock.stop());

  for (const way of ways) {
    it(`call tools over ${way.providerId}, two at once, and go on with what they answer`, async () => {
      const definition = providers.find(({ id }) => id === way.providerId);
      assert.ok(definition !== undefined);
      const wire = await definition.wire();
      const ask = (messages: readonly ChatMessage[]): Promise<readonly StreamPart[]> =>
        collect(
          wire.stream(
            wireCall(mock.url, {
              model: way.model,
              credential: credentialOf('api-key', 'sk-mock'),
              options: way.options ?? {},
              input: { type: 'chat', system: 'Be brief.', messages, tools: [readFile] },
              limits: { maxOutputTokens: 200, stop: [] },
            }),
          ),
        );
      const first = await ask([user('Read both files.')]);
      assert.deepEqual(first.at(-1), { type: 'finish', reason: 'tool-calls' });
      assert.equal(textOf(first), 'I will look.');
      const thought = first.map((part) => (part.type === 'reasoning-delta' ? part.text : '')).join('');
      assert.equal(thought, way.hasThoughts ? 'There are two.' : '');
      const calls = first.flatMap((part) => (part.type === 'tool-call-start' ? [part] : []));
      const json = calls.map(({ id }) =>
        first.map((part) => (part.type === 'tool-call-delta' && part.id === id ? part.json : '')).join(''),
      );
      assert.deepEqual(
        json.map((text) => JSON.parse(text) as unknown),
        [{ path: 'größe.ts' }, { path: 'b.ts' }],
      );
      assert.equal(first.filter(({ type }) => type === 'tool-call-end').length, 2);
      const second = await ask([
        user('Read both files.'),
        {
          role: 'assistant',
          content: calls.map(({ id, name }, index) => ({ type: 'tool-call', id, name, json: json[index] ?? '' })),
        },
        {
          role: 'tool',
          content: calls.map(({ id, name }) => ({
            type: 'tool-result',
            toolCallId: id,
            toolName: name,
            content: [{ type: 'text', text: '' }],
            isError: false,
          })),
        },
      ]);
      assert.equal(textOf(second), 'Both are empty.');
      assert.deepEqual(second.at(-1), { type: 'finish', reason: 'stop' });
    });
  }
});
