import assert from 'node:assert/strict';
import type { ChatInput, ReasoningContent, RequestLimits } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import { conversation, PNG, readFile } from './conversation.ts';
import {
  type Loopback,
  type Responder,
  askedOf,
  bodyOf,
  collect,
  recordedReply,
  startLoopback,
  textOf,
  wireCall,
} from './loopback.ts';
import { credentialOf } from '../../../src/router/credential.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

async function start(respond: Responder): Promise<Loopback> {
  await server?.close();
  server = await startLoopback(respond);
  return server;
}

const openAi = (): ReturnType<typeof openAiWire> =>
  openAiWire({ fim: 'hole-filler', maxTokensField: 'max_completion_tokens', maxStops: 4, apiOption: 'api' });
const options = { api: 'responses' };
const model = 'gpt-6-sol';
const plain: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };
const usage = {
  type: 'usage',
  usage: { inputUncached: 32, inputCacheRead: 256, inputCacheWrite: 32, output: 30, reasoning: 40, estimated: false },
};
const signature = '{"id":"rs_1","encrypted":"gAAAAABo=="}';

async function partsOf(stream: string, limits: Partial<RequestLimits> = {}): Promise<readonly StreamPart[]> {
  const { url } = await start(() => recordedReply(stream));
  const call = wireCall(url, { model, options, input: plain, limits: { maxOutputTokens: 64, stop: [], ...limits } });
  return collect(openAi().stream(call));
}

describe('a chat over Responses', () => {
  it('gives everything back in its order, the thoughts sealed, and lets the server keep nothing', async () => {
    const { url, received } = await start(() => recordedReply('openai-responses-text.sse'));
    const limits: RequestLimits = { maxOutputTokens: 64, stop: ['END'], temperature: 0.5, reasoning: 'low' };
    const input: ChatInput = { ...conversation('openai', signature), toolChoice: { name: 'read_file' } };
    const credential = credentialOf('api-key', 'sk-key-1234');
    await collect(openAi().stream(wireCall(`${url}/v1`, { model, options, input, limits, credential })));
    const image = { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' };
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/v1/responses',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer sk-key-1234' },
      body: {
        model,
        instructions: 'Be kind.',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'What is this?' }, image] },
          {
            type: 'reasoning',
            id: 'rs_1',
            summary: [{ type: 'summary_text', text: 'Two files.' }],
            encrypted_content: 'gAAAAABo==',
          },
          { role: 'assistant', content: 'I look.' },
          { type: 'function_call', call_id: 'call_Ab1', name: 'read_file', arguments: '{"path":"a.ts"}' },
          {
            type: 'function_call',
            call_id: 'toolu_016Zk',
            name: 'read_file',
            arguments: '{"malformed":"{\\"path\\":"}',
          },
          {
            type: 'function_call_output',
            call_id: 'call_Ab1',
            output: [{ type: 'input_text', text: 'const a = 1;' }, image],
          },
          { type: 'function_call_output', call_id: 'toolu_016Zk', output: 'The tool failed: Not JSON.' },
          { role: 'user', content: 'Go on.' },
        ],
        tools: [
          {
            type: 'function',
            name: 'read_file',
            description: 'Reads a file.',
            parameters: readFile.inputSchema,
            strict: false,
          },
        ],
        tool_choice: { type: 'function', name: 'read_file' },
        max_output_tokens: 64,
        temperature: 0.5,
        reasoning: { effort: 'low', summary: 'auto' },
        include: ['reasoning.encrypted_content'],
        store: false,
        stream: true,
      },
    });
  });

  it('streams thoughts, their seal, text and usage', async () => {
    assert.deepEqual(await partsOf('openai-responses-text.sse'), [
      { type: 'reasoning-delta', text: 'Look' },
      { type: 'reasoning-delta', text: 'ing.' },
      { type: 'reasoning-delta', text: '\n\nDeciding.' },
      { type: 'reasoning-end', signature },
      { type: 'text-delta', text: 'Die Größe' },
      { type: 'text-delta', text: ' ist 4 📐.' },
      usage,
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('streams calls beside each other, and those that come whole', async () => {
    assert.deepEqual(await partsOf('openai-responses-tools.sse'), [
      { type: 'reasoning-end', signature },
      { type: 'tool-call-start', id: 'call_1', name: 'read_file' },
      { type: 'tool-call-delta', id: 'call_1', json: '{"path":' },
      { type: 'tool-call-start', id: 'call_2', name: 'read_file' },
      { type: 'tool-call-delta', id: 'call_1', json: '"a.ts"}' },
      { type: 'tool-call-end', id: 'call_1' },
      { type: 'tool-call-delta', id: 'call_2', json: '{"path":"größe.ts"}' },
      { type: 'tool-call-end', id: 'call_2' },
      usage,
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it('ends no call that was cut at the length of the answer', async () => {
    const parts = await partsOf('openai-responses-incomplete.sse');
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['tool-call-start', 'tool-call-delta', 'usage', 'finish'],
    );
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' });
  });

  it('tells a refusal from an answer', async () => {
    const parts = await partsOf('openai-responses-refusal.sse');
    assert.equal(textOf(parts), 'I cannot help with that.');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'refused' });
  });

  it('fails as the response failed', async () => {
    await assert.rejects(partsOf('openai-responses-failed.sse'), { kind: 'rate-limit', message: /Slow down/ });
  });

  it('fails with an error among the events', async () => {
    const event = { type: 'error', code: 'server_error', message: 'Oops', param: null, sequence_number: 3 };
    const { url } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [`event: error\ndata: ${JSON.stringify(event)}\n\n`],
    }));
    await assert.rejects(collect(openAi().stream(wireCall(url, { model, options, input: plain }))), {
      kind: 'overloaded',
    });
  });

  it('cuts stop strings here, for the protocol knows none', async () => {
    const parts = await partsOf('openai-responses-text.sse', { stop: [' ist'] });
    assert.equal(textOf(parts), 'Die Größe');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
  });

  it('is cut off without the event that ends it', async () => {
    const reply = recordedReply('openai-responses-text.sse');
    const { url } = await start(() => ({ ...reply, chunks: [...(reply.chunks as readonly string[])].slice(0, -1) }));
    await assert.rejects(collect(openAi().stream(wireCall(url, { model, options, input: plain }))), {
      kind: 'network',
      message: /cut off/,
    });
  });

  it('bears items of any shape', async () => {
    const events = [
      { type: 'response.output_item.added' },
      { type: 'response.output_item.added', item: 5 },
      { type: 'response.output_item.done', output_index: 0, item: { type: 'function_call' } },
      { type: 'response.function_call_arguments.delta', delta: '{}', item_id: 'nobody' },
      { type: 'response.output_text.delta', delta: null },
      {
        type: 'response.output_item.done',
        output_index: 3,
        item: { type: 'message', content: [null, { type: 'output_text', text: 'whole' }] },
      },
      {
        type: 'response.output_item.done',
        output_index: 4,
        item: { type: 'reasoning', summary: 'x', encrypted_content: 7 },
      },
      { type: 'something.new', delta: 'x' },
      [1],
      { type: 'response.completed' },
    ];
    const { url } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
    }));
    const parts = await collect(openAi().stream(wireCall(url, { model, options, input: plain })));
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['warning', 'text-delta', 'usage', 'finish'],
    );
    assert.equal(textOf(parts), 'whole');
  });
});

describe('thoughts that are given back', () => {
  const thought = (sealed: string | undefined): ReasoningContent => ({
    type: 'reasoning',
    text: 'Hm.',
    origin: { providerId: 'openai', signature: sealed },
  });

  async function inputFor(sealed: string | undefined): Promise<unknown> {
    const { url, received } = await start(() => recordedReply('openai-responses-text.sse'));
    const input: ChatInput = {
      type: 'chat',
      messages: [{ role: 'assistant', content: [thought(sealed), { type: 'text', text: 'Yes.' }] }],
    };
    await collect(openAi().stream(wireCall(url, { model, options, input })));
    return bodyOf(received[0])['input'];
  }

  for (const sealed of [undefined, 'garbage', '{"id":"rs"}', '[]']) {
    it(`stay away with the seal ${String(sealed)}`, async () => {
      assert.deepEqual(await inputFor(sealed), [{ role: 'assistant', content: 'Yes.' }]);
    });
  }

  it('stay away with a word once the server cannot read them, and come again the next time', async () => {
    const { url, received } = await start(({ text }) =>
      text.includes('gAAAAABo')
        ? { status: 400, json: { error: { message: 'The encrypted content for item rs_1 could not be verified.' } } }
        : recordedReply('openai-responses-text.sse'),
    );
    const wire = openAi();
    for (let count = 1; count <= 2; count++) {
      const parts = await collect(
        wire.stream(wireCall(url, { model, options, input: conversation('openai', signature) })),
      );
      assert.deepEqual(parts[0], {
        type: 'warning',
        message: `${model} cannot read what was thought before; it was left out.`,
      });
      assert.equal(received.length, 2 * count);
    }
    assert.ok(received[1]?.text.includes('function_call'));
  });
});

describe('a server that has no Responses', () => {
  for (const status of [404, 405, 501]) {
    it(`and says so with a ${status} is asked for Chat Completions, and remembered`, async () => {
      const { url, received } = await start(({ path }) =>
        path.endsWith('/responses')
          ? { status, json: { error: { message: 'Invalid URL (POST /v1/responses)' } } }
          : recordedReply('openai-chat-tools.sse'),
      );
      const wire = openAi();
      for (let count = 0; count < 2; count++) {
        const parts = await collect(wire.stream(wireCall(url, { model, options, input: plain })));
        assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'tool-calls' });
      }
      assert.deepEqual(
        received.map(({ path }) => path),
        ['/v1/responses', '/v1/chat/completions', '/v1/chat/completions'],
      );
    });
  }

  it('is not taken for one that lacks the model', async () => {
    const { url, received } = await start(() => ({
      status: 404,
      json: { error: { message: 'The model does not exist' } },
    }));
    const wire = openAi();
    for (let count = 0; count < 2; count++) {
      await assert.rejects(collect(wire.stream(wireCall(url, { model, options, input: plain }))), {
        kind: 'invalid-config',
      });
    }
    assert.equal(received[2]?.path, '/v1/responses');
  });

  it('is not even asked where the settings say so', async () => {
    const { url, received } = await start(() => recordedReply('openai-chat-tools.sse'));
    await collect(openAi().stream(wireCall(url, { model, options: { api: 'chat' }, input: plain })));
    assert.equal(received[0]?.path, '/v1/chat/completions');
  });
});

describe('what a model of Responses does not take', () => {
  const refusals: readonly (readonly [message: string, path: string])[] = [
    ["Unsupported parameter: 'reasoning.effort' is not supported with this model.", 'reasoning.effort'],
    ['Your organization must be verified to generate reasoning summaries.', 'reasoning.summary'],
    ['Encrypted content is not supported with this model.', 'include'],
    ["Unsupported parameter: 'temperature' is not supported with this model.", 'temperature'],
  ];
  for (const [message, path] of refusals) {
    it(`is left out and remembered: ${path}`, async () => {
      const [field = '', inner] = path.split('.');
      const has = (body: unknown): boolean => {
        const value = (body as Readonly<Record<string, unknown>>)[field];
        return inner === undefined ? value !== undefined : Object.hasOwn(value ?? {}, inner);
      };
      const { url, received } = await start(({ body }) =>
        has(body) ? { status: 400, json: { error: { message } } } : recordedReply('openai-responses-text.sse'),
      );
      const wire = openAi();
      const limits: RequestLimits = { maxOutputTokens: 64, stop: [], temperature: 0, reasoning: 'high' };
      for (let count = 0; count < 2; count++) {
        await collect(wire.stream(wireCall(url, { model, options, input: plain, limits })));
      }
      assert.equal(received.length, 3);
    });
  }
});
