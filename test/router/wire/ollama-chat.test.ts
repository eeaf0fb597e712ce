import assert from 'node:assert/strict';
import type { ChatInput, ChatMessage, ToolDefinition } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { ollamaWire } from '../../../src/router/wire/ollama.ts';
import type { WireCall } from '../../../src/router/wire.ts';
import {
  type Loopback,
  type Received,
  type Responder,
  bodyOf,
  collect,
  recordedReply,
  startLoopback,
  wireCall,
} from './loopback.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

async function start(respond: Responder): Promise<Loopback> {
  server = await startLoopback(respond);
  return server;
}

const model = 'qwen3:4b';
const look: ToolDefinition = { name: 'look', description: 'Looks.', inputSchema: { type: 'object' } };
const user: ChatMessage = {
  role: 'user',
  content: [
    { type: 'text', text: 'See.' },
    { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
  ],
};
const conversation: ChatInput = {
  type: 'chat',
  system: 'Be kind.',
  tools: [look],
  messages: [
    user,
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', origin: { providerId: 'ollama', signature: undefined } },
        { type: 'tool-call', id: 'c1', name: 'look', json: '{"path":"a"}' },
        { type: 'tool-call', id: 'c2', name: 'look', json: 'no JSON' },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'look',
          isError: false,
          content: [{ type: 'text', text: 'seen' }],
        },
        {
          type: 'tool-result',
          toolCallId: 'c2',
          toolName: 'look',
          isError: true,
          content: [{ type: 'text', text: 'bad' }],
        },
      ],
    },
  ],
};
const call = (url: string, over: Partial<WireCall> = {}): WireCall =>
  wireCall(url, { model, input: conversation, ...over });
const thinking = (reasoning: 'none' | 'low' | 'high'): Partial<WireCall> => ({
  limits: { maxOutputTokens: 64, stop: [], reasoning },
});
const warningsIn = (parts: readonly StreamPart[]): readonly string[] =>
  parts.flatMap((part) => (part.type === 'warning' ? [part.message] : []));
const refusing =
  (refusal: (request: Received) => string | undefined): Responder =>
  (request) => {
    const error = refusal(request);
    return error === undefined ? recordedReply('ollama-tools.ndjson') : { status: 400, json: { error } };
  };

describe('a conversation with a model of Ollama', () => {
  it('is sent with tools, images, thoughts and results', async () => {
    const { url, received } = await start(() => recordedReply('ollama-tools.ndjson'));
    await collect(ollamaWire().stream(call(url)));
    assert.deepEqual(bodyOf(received[0]), {
      model,
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'See.', images: ['iVBORw=='] },
        {
          role: 'assistant',
          content: '',
          thinking: 'Hm.',
          tool_calls: [
            { id: 'c1', function: { name: 'look', arguments: { path: 'a' } } },
            { id: 'c2', function: { name: 'look', arguments: { invalid_json: 'no JSON' } } },
          ],
        },
        { role: 'tool', tool_name: 'look', tool_call_id: 'c1', content: 'seen' },
        { role: 'tool', tool_name: 'look', tool_call_id: 'c2', content: 'Error: bad' },
      ],
      tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } } }],
      truncate: false,
      options: { num_predict: 64 },
      stream: true,
      keep_alive: '30m',
    });
  });

  it('is answered by thoughts, text and whole calls', async () => {
    const { url } = await start(() => recordedReply('ollama-tools.ndjson'));
    assert.deepEqual(await collect(ollamaWire().stream(call(url))), [
      { type: 'reasoning-delta', text: 'Two files ' },
      { type: 'reasoning-delta', text: 'größer. 📐' },
      { type: 'reasoning-end', signature: undefined },
      { type: 'text-delta', text: 'I will look.' },
      { type: 'tool-call-start', id: 'call_a', name: 'read_file' },
      { type: 'tool-call-delta', id: 'call_a', json: '{"path":"src/größe.ts"}' },
      { type: 'tool-call-start', id: 'call_b', name: 'list_files' },
      { type: 'tool-call-delta', id: 'call_b', json: '{}' },
      { type: 'tool-call-end', id: 'call_a' },
      { type: 'tool-call-end', id: 'call_b' },
      {
        type: 'usage',
        usage: { inputUncached: 90, inputCacheRead: 0, inputCacheWrite: 0, output: 40, reasoning: 0, estimated: false },
      },
      { type: 'finish', reason: 'tool-calls' },
    ] satisfies StreamPart[]);
  });

  it('goes on without tools or images that the model does not take, which is said and remembered', async () => {
    const { url, received } = await start(
      refusing(({ text }) =>
        text.includes('"tools"')
          ? `registry.ollama.ai/library/${model} does not support tools`
          : text.includes('"images"')
            ? 'this model is missing data required for image input'
            : undefined,
      ),
    );
    const wire = ollamaWire();
    for (let count = 0; count < 2; count++) {
      assert.deepEqual(warningsIn(await collect(wire.stream(call(url)))), [
        `${model} takes no tools; they were left out.`,
        `${model} sees no images; they were left out.`,
      ]);
    }
    assert.equal(received.length, 4);
  });

  it('asks for an effort, then for any thinking, then for none, which is said', async () => {
    const { url, received } = await start(
      refusing(({ body }) => {
        const { think } = body as { think?: unknown };
        if (think === 'high') return 'think value "high" is not supported for this model';
        return think === true ? `"${model}" does not support thinking` : undefined;
      }),
    );
    const parts = await collect(ollamaWire().stream(call(url, thinking('high'))));
    assert.deepEqual(
      received.map((request) => bodyOf(request)['think']),
      ['high', true, undefined],
    );
    assert.deepEqual(warningsIn(parts), [`${model} does not take a reasoning effort; it was left out.`]);
    await collect(ollamaWire().stream(call(url, thinking('none'))));
    assert.equal(bodyOf(received[3])['think'], false);
  });

  it('cannot be made to use a tool, which is said; it can be kept from it', async () => {
    const { url, received } = await start(() => recordedReply('ollama-tools.ndjson'));
    const forced = await collect(
      ollamaWire().stream(call(url, { input: { ...conversation, toolChoice: 'required' } })),
    );
    assert.deepEqual(warningsIn(forced), [`${model} cannot be made to use a tool; it chooses by itself.`]);
    await collect(ollamaWire().stream(call(url, { input: { ...conversation, toolChoice: 'none' } })));
    assert.ok(!('tools' in bodyOf(received[1])));
  });

  for (const [said, kind] of [
    ['invalid options: num_predict', 'bad-response'],
    ['failed to decode image: unexpected EOF', 'bad-response'],
    ['the input length exceeds the context length', 'too-long'],
  ] as const) {
    it(`fails with “${said}”, after one request`, async () => {
      const { url, received } = await start(refusing(() => said));
      await assert.rejects(() => collect(ollamaWire().stream(call(url, thinking('low')))), { kind });
      assert.equal(received.length, 1);
    });
  }

  it('does not end the calls of an answer that was cut, and passes over what is none', async () => {
    const lines = [
      { message: { content: '', tool_calls: [7, {}, { function: { name: 'look', arguments: '{"pa' } }] }, done: false },
      { message: { tool_calls: 'none' }, done: false },
      { message: { content: '' }, done: true, done_reason: 'length' },
    ];
    const { url } = await start(() => ({
      headers: { 'content-type': 'application/x-ndjson' },
      chunks: lines.map((line) => `${JSON.stringify(line)}\n`),
    }));
    const parts = await collect(ollamaWire().stream(call(url)));
    assert.ok(!parts.some(({ type }) => type === 'tool-call-end'));
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' });
  });
});
