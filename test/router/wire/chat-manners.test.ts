import assert from 'node:assert/strict';
import { deepseek } from '../../../src/router/providers/deepseek.ts';
import { mistral } from '../../../src/router/providers/mistral.ts';
import { xai } from '../../../src/router/providers/xai.ts';
import type { ProviderDefinition } from '../../../src/router/provider-definition.ts';
import type { ChatInput, RequestLimits } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { toolCallId } from '../../../src/router/wire/tool-call-id.ts';
import { conversation, PNG, readFile } from './conversation.ts';
import { type Loopback, bodyOf, collect, recordedReply, startLoopback, wireCall } from './loopback.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

interface Exchanged {
  readonly parts: readonly StreamPart[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a provider's own wire sends for an input, and what it makes of a recorded stream. */
async function exchange(
  definition: ProviderDefinition,
  stream: string,
  input: ChatInput,
  limits: Partial<RequestLimits> = {},
): Promise<Exchanged> {
  await server?.close();
  server = await startLoopback(() => recordedReply(stream));
  const wire = await definition.wire();
  const call = wireCall(server.url, { model: 'm', input, limits: { maxOutputTokens: 64, stop: [], ...limits } });
  const parts = await collect(wire.stream(call));
  return { parts, body: bodyOf(server.received[0]) };
}

const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
const usageIn = (parts: readonly StreamPart[]): object | undefined =>
  parts.findLast((part) => part.type === 'usage')?.usage;

describe('Mistral’s manner of chat', () => {
  it('takes ids of nine characters, thoughts as pieces, and images in the answers of tools', async () => {
    const { body } = await exchange(mistral, 'mistral-chat-thinking.sse', conversation(mistral.id, 'sig-0'), {
      reasoning: 'none',
    });
    const withThoughts = await exchange(mistral, 'mistral-chat-thinking.sse', conversation(mistral.id, 'sig-0'));
    const first = toolCallId('call_Ab1', 'nine-characters');
    const second = toolCallId('toolu_016Zk', 'nine-characters');
    const call = (id: string, json: string): object => ({
      id,
      type: 'function',
      function: { name: 'read_file', arguments: json },
    });
    assert.deepEqual(withThoughts.body['messages'], [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Two files.' }], signature: 'sig-0' },
          { type: 'text', text: 'I look.' },
        ],
        tool_calls: [call(first, '{"path":"a.ts"}'), call(second, '{"malformed":"{\\"path\\":"}')],
      },
      {
        role: 'tool',
        tool_call_id: first,
        name: 'read_file',
        content: [{ type: 'text', text: 'const a = 1;' }, image],
      },
      { role: 'tool', tool_call_id: second, name: 'read_file', content: 'The tool failed: Not JSON.' },
      { role: 'user', content: 'Go on.' },
    ]);
    assert.match(first, /^[a-zA-Z0-9]{9}$/);
    assert.notEqual(first, second);
    // It is asked not to think, so its thoughts stay at home.
    assert.equal(body['reasoning_effort'], 'none');
    assert.ok(!JSON.stringify(body).includes('Two files.'));
    // It refuses fields that it does not know, and tells its usage unasked.
    assert.equal('stream_options' in body, false);
  });

  it('says in its own way that it takes no effort, which is then left out', async () => {
    const detail = [
      { type: 'extra_forbidden', loc: ['body', 'reasoning_effort'], msg: 'Extra inputs are not permitted' },
    ];
    server = await startLoopback(({ text }) =>
      text.includes('reasoning_effort')
        ? { status: 422, json: { object: 'error', message: { detail }, type: 'invalid_request_error', code: null } }
        : recordedReply('mistral-chat-thinking.sse'),
    );
    const wire = await mistral.wire();
    const limits = { maxOutputTokens: 64, stop: [], reasoning: 'low' } as const;
    const parts = await collect(
      wire.stream(wireCall(server.url, { model: 'm', input: { type: 'chat', messages: [] }, limits })),
    );
    assert.match(parts[0]?.type === 'warning' ? parts[0].message : '', /takes no reasoning effort/);
    assert.equal(server.received.length, 2);
  });

  it('streams thoughts as pieces of a list', async () => {
    const { parts } = await exchange(mistral, 'mistral-chat-thinking.sse', {
      ...conversation(mistral.id, undefined),
      tools: [readFile],
    });
    assert.deepEqual(parts, [
      { type: 'reasoning-delta', text: 'Wide ' },
      { type: 'reasoning-delta', text: 'enough.' },
      { type: 'reasoning-end', signature: 'sig-1' },
      { type: 'text-delta', text: 'It is 4.' },
      { type: 'text-delta', text: ' And now a file.' },
      { type: 'tool-call-start', id: 'D681PevKs', name: 'read_file' },
      { type: 'tool-call-delta', id: 'D681PevKs', json: '{"path": "a.ts"}' },
      {
        type: 'usage',
        usage: {
          inputUncached: 64,
          inputCacheRead: 16,
          inputCacheWrite: 0,
          output: 32,
          reasoning: 0,
          estimated: false,
        },
      },
      { type: 'tool-call-end', id: 'D681PevKs' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });
});

describe('DeepSeek’s manner of chat', () => {
  it('gets its thoughts back once tools were called, and a word about images, which it does not see', async () => {
    const { body, parts } = await exchange(deepseek, 'deepseek-chat-tools.sse', conversation(deepseek.id, undefined));
    const messages = body['messages'] as readonly Readonly<Record<string, unknown>>[];
    assert.equal(messages[2]?.['reasoning_content'], 'Two files.');
    assert.deepEqual(parts[0], { type: 'warning', message: 'The model sees no images; they were left out.' });
    assert.ok(!JSON.stringify(body).includes(PNG));
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'tool', 'tool', 'user'],
    );
  });

  it('gets something in place of the thoughts of others, another thing each time, or it refuses the conversation', async () => {
    const other = conversation(deepseek.id, undefined);
    const messages = other.messages.map((message) =>
      message.role === 'assistant'
        ? { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') }
        : message,
    );
    const said: ChatInput['messages'] = [{ role: 'assistant', content: [{ type: 'text', text: 'Done.' }] }];
    const { body } = await exchange(deepseek, 'deepseek-chat-tools.sse', {
      ...other,
      messages: [...messages, ...said],
    });
    const thoughts = (body['messages'] as readonly Readonly<Record<string, unknown>>[])
      .filter(({ role }) => role === 'assistant')
      .map((message) => message['reasoning_content']);
    assert.deepEqual(thoughts, ['Next: read_file (call_Ab1), read_file (toolu_016Zk)', 'Done.']);
  });

  it('keeps its thoughts to itself where no tool was called, or where it is not to think', async () => {
    const [user, assistant] = conversation(deepseek.id, undefined).messages;
    assert.ok(user !== undefined && assistant?.role === 'assistant');
    const spoken = { ...assistant, content: assistant.content.filter(({ type }) => type !== 'tool-call') };
    const chat = await exchange(deepseek, 'deepseek-chat-tools.sse', { type: 'chat', messages: [user, spoken, user] });
    assert.ok(!JSON.stringify(chat.body).includes('reasoning_content'));
    const hurried = await exchange(deepseek, 'deepseek-chat-tools.sse', conversation(deepseek.id, undefined), {
      reasoning: 'none',
    });
    assert.ok(!JSON.stringify(hurried.body).includes('reasoning_content'));
    assert.deepEqual(hurried.body['thinking'], { type: 'disabled' });
    const slow = await exchange(deepseek, 'deepseek-chat-tools.sse', conversation(deepseek.id, undefined), {
      reasoning: 'high',
    });
    assert.equal(slow.body['reasoning_effort'], 'high');
  });

  it('streams thoughts before a call, and counts its cache', async () => {
    const { parts } = await exchange(deepseek, 'deepseek-chat-tools.sse', conversation('other', undefined));
    assert.deepEqual(
      parts.map(({ type }) => type),
      [
        'warning',
        'reasoning-delta',
        'reasoning-delta',
        'reasoning-end',
        'tool-call-start',
        'tool-call-delta',
        'tool-call-delta',
        'usage',
        'tool-call-end',
        'finish',
      ],
    );
    assert.deepEqual(usageIn(parts), {
      inputUncached: 44,
      inputCacheRead: 256,
      inputCacheWrite: 0,
      output: 28,
      reasoning: 12,
      estimated: false,
    });
  });
});

describe('xAI’s manner of chat', () => {
  it('counts reasoning beside the completion', async () => {
    const { parts } = await exchange(xai, 'xai-chat-hole.sse', { type: 'chat', messages: [] });
    assert.deepEqual(usageIn(parts), {
      inputUncached: 56,
      inputCacheRead: 64,
      inputCacheWrite: 0,
      output: 20,
      reasoning: 300,
      estimated: false,
    });
  });
});

describe('ids of tool calls', () => {
  it('stay as they are where they may, and are the same for the same elsewhere', () => {
    assert.equal(toolCallId('call_1', 'any'), 'call_1');
    assert.equal(toolCallId('D681PevKs', 'nine-characters'), 'D681PevKs');
    const long = 'x'.repeat(200);
    assert.ok(toolCallId(long, 'any').length <= 64);
    assert.equal(toolCallId(long, 'any'), toolCallId(long, 'any'));
    assert.notEqual(toolCallId(`${long}a`, 'any'), toolCallId(`${long}b`, 'any'));
  });
});
