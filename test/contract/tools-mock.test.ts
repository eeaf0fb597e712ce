/** Tools, thoughts and usage of OpenAI's family, through the router, against a model server that we did not write. */
import assert from 'node:assert/strict';
import { LLMock, type Mountable } from '@copilotkit/aimock';
import { credentialOf } from '../../src/router/credential.ts';
import type { ChatMessage, ModelRequest } from '../../src/router/model-request.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { providers } from '../../src/router/providers/index.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import { watchUnhandledRejections } from '../router/leak-detectors.ts';
import {
  collect,
  createFixture,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from '../router/router-fixture.ts';
import { readFile } from '../router/wire/conversation.ts';
import { recorded } from '../router/wire/loopback.ts';
import { KEY } from './dialects.ts';

interface Way {
  readonly name: string;
  readonly providerId: string;
  /** Behind the server's address. */
  readonly basePath: string;
  readonly options: Readonly<Record<string, string>>;
  /** Where chats arrive. */
  readonly path: string;
}

const v1 = '/v1/chat/completions';
const ways: readonly Way[] = [
  { name: 'Responses', providerId: 'openai', basePath: '/v1', options: { api: 'responses' }, path: '/v1/responses' },
  { name: 'Chat Completions', providerId: 'openai', basePath: '/v1', options: { api: 'chat' }, path: v1 },
  { name: 'a compatible server', providerId: 'openai-compatible', basePath: '/v1', options: {}, path: v1 },
  { name: 'Azure', providerId: 'azure', basePath: '', options: { api: 'chat' }, path: '/openai/v1/chat/completions' },
  {
    name: 'Azure’s Responses',
    providerId: 'azure',
    basePath: '',
    options: { api: 'responses' },
    path: '/openai/v1/responses',
  },
  {
    name: 'an Azure deployment of the older kind',
    providerId: 'azure',
    basePath: '',
    options: { apiVersion: '2024-10-21' },
    path: '/openai/deployments/gpt-6-sol/chat/completions?api-version=2024-10-21',
  },
  { name: 'xAI', providerId: 'xai', basePath: '/v1', options: {}, path: v1 },
  { name: 'Mistral', providerId: 'mistral', basePath: '/v1', options: {}, path: v1 },
  { name: 'DeepSeek', providerId: 'deepseek', basePath: '', options: {}, path: v1 },
];

function profileFor(way: Way, baseUrl: string): ProviderProfile {
  const definition = providers.find(({ id }) => id === way.providerId);
  assert.ok(definition !== undefined);
  return profileOf(definition, {
    baseUrl: `${baseUrl}${way.basePath}`,
    completionModel: 'gpt-6-sol',
    chatModel: 'gpt-6-sol',
    options: way.options,
    credentials: () => Promise.resolve([credentialOf('api-key', KEY)]),
  });
}

function ask(messages: readonly ChatMessage[]): ModelRequest {
  return {
    purpose: 'agent',
    input: { type: 'chat', system: 'Be brief.', messages, tools: [readFile] },
    limits: { maxOutputTokens: 200, stop: [] },
  };
}

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });

type Content = Extract<ChatMessage, { role: 'assistant' }>['content'][number];

/** The model's turn as an agent keeps it. */
function turnOf(parts: readonly StreamPart[], providerId: string): ChatMessage {
  const content: Content[] = [];
  let thought = '';
  for (const part of parts) {
    if (part.type === 'reasoning-delta') thought += part.text;
    if (part.type === 'reasoning-end') {
      content.push({ type: 'reasoning', text: thought, origin: { providerId, signature: part.signature } });
      thought = '';
    }
    if (part.type === 'tool-call-start') {
      const json = parts
        .map((other) => (other.type === 'tool-call-delta' && other.id === part.id ? other.json : ''))
        .join('');
      content.push({ type: 'tool-call', id: part.id, name: part.name, json });
    }
  }
  const text = textOf(parts);
  return { role: 'assistant', content: text === '' ? content : [{ type: 'text', text }, ...content] };
}

function answersTo(turn: ChatMessage): ChatMessage {
  assert.ok(turn.role === 'assistant');
  return {
    role: 'tool',
    content: turn.content.flatMap((piece) =>
      piece.type === 'tool-call'
        ? [
            {
              type: 'tool-result' as const,
              toolCallId: piece.id,
              toolName: piece.name,
              content: [{ type: 'text' as const, text: `what is in ${piece.json}` }],
              isError: false,
            },
          ]
        : [],
    ),
  };
}

describe('an agent and a model server that we did not write', () => {
  const unhandled = watchUnhandledRejections();
  let mock: LLMock;
  let fixture: RouterFixture;
  /** Paths and bodies as they came: the server's own journal keeps neither. */
  let received: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
  let raw: string | undefined;

  /** Notes each request, and answers with a recorded stream where a test names one. */
  const observer: Mountable = {
    async handleRequest(request, response) {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const text = Buffer.concat(pieces).toString();
      received.push({
        path: request.url ?? '',
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      });
      if (raw === undefined || request.method !== 'POST') {
        response.writeHead(request.method === 'POST' ? 400 : 200, { 'content-type': 'application/json' });
        response.end(request.method === 'POST' ? '{"error":{"message":"no"}}' : '{"data":[{"id":"gpt-6-sol"}]}');
        return true;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const chunk of recorded(raw)) response.write(chunk);
      response.end();
      return true;
    },
  };

  before(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent' });
    mock.on(
      { userMessage: 'two files', hasToolResult: false },
      {
        reasoning: 'I need both.',
        toolCalls: [
          { id: 'call_one', name: 'read_file', arguments: '{"path":"größe/📐.ts"}' },
          { id: 'call_two', name: 'read_file', arguments: '{"path":"b.ts"}' },
        ],
      },
      { chunkSize: 4 },
    );
    mock.on({ userMessage: 'two files', hasToolResult: true }, { content: 'Both are fine.' }, { chunkSize: 3 });
    mock.mount('/raw', observer);
    await mock.start();
  });

  beforeEach(() => {
    received = [];
    raw = undefined;
  });

  afterEach(() => {
    fixture.router.dispose();
    unhandled.assertNone();
  });

  after(() => mock.stop());

  async function ready(way: Way, url: string): Promise<void> {
    fixture = createFixture([profileFor(way, url)]);
    if (fixture.router.completionRoute()[0] === undefined)
      await until(() => fixture.router.completionRoute()[0] !== undefined);
  }

  for (const way of ways) {
    it(`call tools over ${way.name}, at once, and go on with what they answer`, async () => {
      await ready(way, mock.url);
      const first = await collect(fixture.router.stream(ask([user('two files')]), never));
      assert.deepEqual(first.at(-1), { type: 'finish', reason: 'tool-calls' });
      const turn = turnOf(first, way.providerId);
      assert.ok(turn.role === 'assistant');
      assert.deepEqual(
        turn.content.flatMap((piece) => (piece.type === 'tool-call' ? [[piece.name, piece.json]] : [])),
        [
          ['read_file', '{"path":"größe/📐.ts"}'],
          ['read_file', '{"path":"b.ts"}'],
        ],
      );
      const second = await collect(fixture.router.stream(ask([user('two files'), turn, answersTo(turn)]), never));
      assert.equal(textOf(second), 'Both are fine.');
      assert.deepEqual(second.at(-1), { type: 'finish', reason: 'stop' });
      assert.deepEqual(
        fixture.records.map(({ outcome }) => outcome.type),
        ['finished', 'finished'],
      );
    });

    it(`send a request over ${way.name} where it belongs, and count what it cost`, async () => {
      const stream = way.path.includes('responses')
        ? 'openai-responses-text.sse'
        : way.providerId === 'xai'
          ? 'xai-chat-hole.sse'
          : 'openai-chat-tools.sse';
      await ready(way, `${mock.url}/raw`);
      received = [];
      raw = stream;
      await collect(fixture.router.stream(ask([user('anything')]), never));
      assert.deepEqual(
        received.map(({ path }) => path),
        [`/raw${way.path}`],
      );
      assert.equal(received[0]?.body['model'], 'gpt-6-sol');
      assert.ok(Array.isArray(received[0]?.body['tools']));
      const usage = fixture.records[0]?.usage;
      const expected = {
        'openai-responses-text.sse': [32, 256, 32, 30, 40],
        'xai-chat-hole.sse': [56, 64, 0, 20, 300],
        'openai-chat-tools.sse': [82, 128, 0, 32, 16],
      }[stream];
      assert.deepEqual(
        [usage?.inputUncached, usage?.inputCacheRead, usage?.inputCacheWrite, usage?.output, usage?.reasoning],
        expected,
      );
      assert.equal(usage?.estimated, false);
    });
  }

  it('seal thoughts between two turns of Responses', async () => {
    const [responses] = ways;
    assert.ok(responses !== undefined);
    await ready(responses, `${mock.url}/raw`);
    received = [];
    raw = 'openai-responses-tools.sse';
    const turn = turnOf(await collect(fixture.router.stream(ask([user('x')]), never)), 'openai');
    await collect(fixture.router.stream(ask([user('x'), turn, answersTo(turn)]), never));
    const input = received[1]?.body['input'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      input.map((item) => item['type'] ?? item['role']),
      ['user', 'reasoning', 'function_call', 'function_call', 'function_call_output', 'function_call_output'],
    );
    assert.equal(input[1]?.['encrypted_content'], 'gAAAAABo==');
    const foreign = turnOf(await collect(fixture.router.stream(ask([user('x')]), never)), 'somebody-else');
    await collect(fixture.router.stream(ask([user('x'), foreign, answersTo(foreign)]), never));
    assert.ok(!JSON.stringify(received[3]?.body).includes('gAAAAABo'), 'thoughts of another provider');
  });
});
