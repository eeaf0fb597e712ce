import assert from 'node:assert/strict';
import type { ChatInput, RequestLimits } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import { conversation, PNG, readFile } from './conversation.ts';
import {
  type Loopback,
  type Responder,
  bodyOf,
  collect,
  recordedReply,
  startLoopback,
  textOf,
  wireCall,
} from './loopback.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

async function start(respond: Responder): Promise<Loopback> {
  await server?.close();
  server = await startLoopback(respond);
  return server;
}

const compatible = (): ReturnType<typeof openAiWire> =>
  openAiWire({ fim: 'find-out', maxTokensField: 'max_tokens', maxStops: 4 });
const plain: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };
const withTools: ChatInput = { ...plain, tools: [readFile] };

/** The parts of a recorded stream, and what was asked for it. */
async function partsOf(stream: string, input: ChatInput = withTools): Promise<readonly StreamPart[]> {
  const { url } = await start(() => recordedReply(stream));
  return collect(compatible().stream(wireCall(url, { input })));
}

async function bodyFor(
  input: ChatInput,
  limits: Partial<RequestLimits> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { url, received } = await start(() => recordedReply('openai-chat-tools.sse'));
  const call = wireCall(url, { model: 'm', input, limits: { maxOutputTokens: 64, stop: [], ...limits } });
  await collect(compatible().stream(call));
  return bodyOf(received[0]);
}

const imagePart = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };

describe('a chat with tools over chat completions', () => {
  it('sends tools, images, calls and what the tools answered; what a tool shows follows as the user’s', async () => {
    assert.deepEqual(await bodyFor(conversation('elsewhere', undefined), { reasoning: 'high' }), {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'text', text: 'What is this?' }, imagePart] },
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: [
            { id: 'call_Ab1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a.ts"}' } },
            // What the model wrote stays to be seen, but as JSON: templates of served models read it.
            {
              id: 'toolu_016Zk',
              type: 'function',
              function: { name: 'read_file', arguments: '{"malformed":"{\\"path\\":"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'call_Ab1', content: 'const a = 1;' },
        { role: 'tool', tool_call_id: 'toolu_016Zk', content: 'The tool failed: Not JSON.' },
        { role: 'user', content: [{ type: 'text', text: 'What read_file shows:' }, imagePart] },
        { role: 'user', content: 'Go on.' },
      ],
      max_tokens: 64,
      tools: [
        {
          type: 'function',
          function: { name: 'read_file', description: 'Reads a file.', parameters: readFile.inputSchema },
        },
      ],
      reasoning_effort: 'high',
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('sends a choice among tools only where it is one', async () => {
    assert.equal('tool_choice' in (await bodyFor({ ...withTools, toolChoice: 'auto' })), false);
    assert.equal((await bodyFor({ ...withTools, toolChoice: 'required' }))['tool_choice'], 'required');
    assert.equal((await bodyFor({ ...withTools, toolChoice: 'none' }))['tool_choice'], 'none');
    assert.deepEqual((await bodyFor({ ...withTools, toolChoice: { name: 'read_file' } }))['tool_choice'], {
      type: 'function',
      function: { name: 'read_file' },
    });
    const without = await bodyFor({ ...plain, tools: [], toolChoice: 'required' });
    assert.equal('tool_choice' in without || 'tools' in without, false);
  });

  it('gives several calls at once, their arguments in pieces, and the usage behind them', async () => {
    assert.deepEqual(await partsOf('openai-chat-tools.sse'), [
      { type: 'text-delta', text: 'I look at both – größe 📐.' },
      { type: 'tool-call-start', id: 'call_Ab1', name: 'read_file' },
      { type: 'tool-call-delta', id: 'call_Ab1', json: '{"pa' },
      { type: 'tool-call-start', id: 'call_Cd2', name: 'read_file' },
      { type: 'tool-call-delta', id: 'call_Ab1', json: 'th":"a.ts"}' },
      { type: 'tool-call-delta', id: 'call_Cd2', json: '{"path":"größe/📐.ts"}' },
      {
        type: 'usage',
        usage: {
          inputUncached: 82,
          inputCacheRead: 128,
          inputCacheWrite: 0,
          output: 32,
          reasoning: 16,
          estimated: false,
        },
      },
      { type: 'tool-call-end', id: 'call_Ab1' },
      { type: 'tool-call-end', id: 'call_Cd2' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it('takes whole calls under one index for several, and their `stop` for what it is', async () => {
    const parts = await partsOf('compatible-chat-whole-tools.sse');
    assert.deepEqual(
      parts.filter(({ type }) => type !== 'usage'),
      [
        { type: 'reasoning-delta', text: 'Two files.' },
        { type: 'reasoning-end', signature: undefined },
        { type: 'tool-call-start', id: 'call_aa', name: 'read_file' },
        { type: 'tool-call-delta', id: 'call_aa', json: '{"path":"a.ts"}' },
        { type: 'tool-call-start', id: 'call_bb', name: 'list_files' },
        { type: 'tool-call-delta', id: 'call_bb', json: '{}' },
        { type: 'tool-call-end', id: 'call_aa' },
        { type: 'tool-call-end', id: 'call_bb' },
        { type: 'finish', reason: 'tool-calls' },
      ],
    );
  });
});

/** A stream of these deltas that ends with this reason. */
function streamOf(deltas: readonly unknown[], reason = 'tool_calls'): ReturnType<Responder> {
  const chunks = [...deltas.map((delta) => ({ delta })), { delta: {}, finish_reason: reason }];
  return {
    headers: { 'content-type': 'text/event-stream' },
    chunks: [...chunks.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`), 'data: [DONE]\n\n'],
  };
}

async function partsOfDeltas(deltas: readonly unknown[], reason?: string): Promise<readonly StreamPart[]> {
  const { url } = await start(() => streamOf(deltas, reason));
  const parts = await collect(compatible().stream(wireCall(url, { input: withTools })));
  return parts.filter(({ type }) => type !== 'usage');
}

describe('a server with a tongue of its own', () => {
  it('refuses in words, which are passed on', async () => {
    const parts = await partsOfDeltas([{ refusal: 'I must ' }, { refusal: 'not.' }, { refusal: null }], 'stop');
    assert.equal(textOf(parts), 'I must not.');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'refused' });
  });

  it('is held to the calls that are whole when its answer was cut at its length', async () => {
    const call = (index: number, json: string): object => ({
      tool_calls: [{ index, id: `call_${index}`, function: { name: 'read_file', arguments: json } }],
    });
    const parts = await partsOfDeltas([call(0, '{"path":"a"}'), call(1, '{"path":"b')], 'length');
    assert.deepEqual(
      parts.filter(({ type }) => type === 'tool-call-end' || type === 'finish'),
      [
        { type: 'tool-call-end', id: 'call_0' },
        { type: 'finish', reason: 'length' },
      ],
    );
  });

  for (const reason of ['error', 'insufficient_system_resource']) {
    it(`breaks off with ${reason}, which is no end of an answer`, async () => {
      const { url } = await start(() => streamOf([{ content: 'Hel' }], reason));
      const seen: StreamPart[] = [];
      await assert.rejects(
        async () => {
          for await (const part of compatible().stream(wireCall(url, { input: plain }))) seen.push(part);
        },
        { kind: 'overloaded', retryable: true },
      );
      assert.equal(textOf(seen), 'Hel');
    });
  }

  it('tells usage in places of its own', async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
    for (const chunk of [{ x_groq: { usage } }, { choices: [{ delta: {}, usage, finish_reason: 'stop' }] }]) {
      const { url, close } = await start(() => ({
        headers: { 'content-type': 'text/event-stream' },
        chunks: [
          'data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n',
          `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`,
        ],
      }));
      const parts = await collect(compatible().stream(wireCall(url, { input: plain })));
      const told = parts.find((part) => part.type === 'usage');
      assert.deepEqual([told?.usage.inputUncached, told?.usage.output, told?.usage.estimated], [7, 3, false]);
      await close();
    }
  });

  it('counts thoughts and calls where the server counts nothing', async () => {
    const { url } = await start(() =>
      streamOf([
        { reasoning_content: 'A long thought about a short question.' },
        { tool_calls: [{ index: 0, id: 'c', function: { name: 'read_file', arguments: '{"path":"some/file.ts"}' } }] },
      ]),
    );
    const parts = await collect(compatible().stream(wireCall(url, { input: withTools })));
    const counted = parts.find((part) => part.type === 'usage')?.usage;
    assert.ok(counted?.estimated === true && counted.reasoning >= 5 && counted.output >= 4, JSON.stringify(counted));
    assert.ok(counted.inputUncached > 20, 'the tools are read too');
  });

  it('gives what was held back for a stop string before the call behind it', async () => {
    const call = { tool_calls: [{ index: 0, id: 'c', function: { name: 'read_file', arguments: '{}' } }] };
    const { url } = await start(() => streamOf([{ content: 'Look: EN' }, call]));
    const limits = { maxOutputTokens: 64, stop: ['END'] };
    const parts = await collect(compatible().stream(wireCall(url, { input: withTools, limits })));
    const before = parts.slice(
      0,
      parts.findIndex(({ type }) => type === 'tool-call-start'),
    );
    assert.equal(textOf(before), 'Look: EN');
  });
});

describe('a gateway whose models want to see what they thought', () => {
  const thoughtful = conversation('gateway', undefined);

  it('gets the thoughts once it says so, and is remembered', async () => {
    const { url, received } = await start(({ text }) =>
      text.includes('reasoning_content')
        ? recordedReply('deepseek-chat-tools.sse')
        : {
            status: 400,
            json: {
              error: { message: 'The `reasoning_content` in the thinking mode must be passed back to the API.' },
            },
          },
    );
    const wire = compatible();
    for (let count = 0; count < 2; count++) await collect(wire.stream(wireCall(url, { input: thoughtful })));
    assert.deepEqual(
      received.map(({ text }) => text.includes('"reasoning_content":"Two files."')),
      [false, true, true],
    );
  });

  it('gets back the details that it sent with them, whole', async () => {
    const details = [
      { type: 'reasoning.text', text: 'Two ', index: 0, format: 'x', signature: null },
      { type: 'reasoning.text', text: 'files.', index: 0 },
      { type: 'reasoning.text', index: 0, signature: 'sig' },
      { type: 'reasoning.encrypted', data: 'gAAA', index: 1 },
      { type: 'reasoning.encrypted', data: 'gBBB', index: 1 },
    ];
    const { url, received } = await start(() =>
      streamOf([
        ...details.map((detail) => ({ reasoning: 'text' in detail ? detail.text : null, reasoning_details: [detail] })),
        { reasoning_details: [null, 7] },
        { tool_calls: [{ index: 0, id: 'c', function: { name: 'read_file', arguments: '{}' } }] },
      ]),
    );
    const wire = compatible();
    const parts = await collect(wire.stream(wireCall(url, { input: thoughtful })));
    const seal = parts.find((part) => part.type === 'reasoning-end')?.signature;
    await collect(wire.stream(wireCall(url, { input: conversation('gateway', seal) })));
    const messages = bodyOf(received[1])['messages'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(messages[2]?.['reasoning_details'], [
      { type: 'reasoning.text', text: 'Two files.', index: 0, format: 'x', signature: 'sig' },
      { type: 'reasoning.encrypted', data: 'gAAA', index: 1 },
      { type: 'reasoning.encrypted', data: 'gBBB', index: 1 },
    ]);
    assert.ok(!received[0]?.text.includes('reasoning_details'));
  });
});
