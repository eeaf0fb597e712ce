import assert from 'node:assert/strict';
import type { ChatInput, ChatMessage, ToolDefinition } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { anthropicWire } from '../../../src/router/wire/anthropic.ts';
import type { WireCall } from '../../../src/router/wire.ts';
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
  server = await startLoopback(respond);
  return server;
}

const model = 'claude-opus-5-5';
const mark = { type: 'ephemeral' };
const readFile: ToolDefinition = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const listFiles: ToolDefinition = { name: 'list_files', description: 'Lists files.', inputSchema: { anyOf: [{}] } };
const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });

const conversation: ChatInput = {
  type: 'chat',
  system: 'Be kind.',
  tools: [readFile, listFiles],
  messages: [
    user('Look.'),
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', origin: { providerId: 'anthropic', signature: 'Eo==' } },
        { type: 'reasoning', text: '', origin: { providerId: 'anthropic', signature: 'redacted:b3BhcXVl' } },
        { type: 'reasoning', text: 'Unsigned.', origin: { providerId: 'anthropic', signature: undefined } },
        { type: 'text', text: ' \n' },
        { type: 'tool-call', id: 'toolu_1', name: 'read_file', json: '{"path":"a.ts"}' },
        { type: 'tool-call', id: 'toolu_2', name: 'list_files', json: '' },
        { type: 'tool-call', id: 'toolu_3', name: 'read_file', json: '{"path": "b' },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'toolu_1',
          toolName: 'read_file',
          isError: false,
          content: [
            { type: 'text', text: 'A picture:' },
            { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
          ],
        },
        { type: 'tool-result', toolCallId: 'toolu_2', toolName: 'list_files', isError: false, content: [] },
        {
          type: 'tool-result',
          toolCallId: 'toolu_3',
          toolName: 'read_file',
          isError: true,
          content: [{ type: 'text', text: 'not JSON' }],
        },
      ],
    },
    { role: 'user', content: [{ type: 'image', mediaType: 'image/webp', data: 'UklGRg==' }] },
  ],
};

const call = (url: string, over: Partial<WireCall> = {}): WireCall =>
  wireCall(url, { model, input: conversation, ...over });
const wire = (): ReturnType<typeof anthropicWire> => anthropicWire({ order: 'suffix-first' });
const chatWith = (over: Partial<ChatInput>): ChatInput => ({ type: 'chat', messages: [user('Hi')], ...over });

describe('a conversation with tools', () => {
  it('is sent as blocks, thoughts unchanged, with four marks at most', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-tools.sse'));
    await collect(wire().stream(call(url)));
    const { max_tokens: _, stream: _stream, ...body } = bodyOf(received[0]);
    assert.deepEqual(body, {
      model,
      tools: [
        { name: 'read_file', description: 'Reads a file.', input_schema: readFile.inputSchema },
        { name: 'list_files', description: 'Lists files.', input_schema: { type: 'object' }, cache_control: mark },
      ],
      system: [{ type: 'text', text: 'Be kind.', cache_control: mark }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Look.', cache_control: mark }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'Eo==' },
            { type: 'redacted_thinking', data: 'b3BhcXVl' },
            { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'a.ts' } },
            { type: 'tool_use', id: 'toolu_2', name: 'list_files', input: {} },
            { type: 'tool_use', id: 'toolu_3', name: 'read_file', input: { invalid_json: '{"path": "b' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [
                { type: 'text', text: 'A picture:' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw==' } },
              ],
            },
            { type: 'tool_result', tool_use_id: 'toolu_2' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_3',
              content: [{ type: 'text', text: 'not JSON' }],
              is_error: true,
            },
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/webp', data: 'UklGRg==' },
              cache_control: mark,
            },
          ],
        },
      ],
    });
    assert.equal(received[0]?.text.split('cache_control').length, 5);
  });

  it('takes ids of calls that others made up, and tells errors in words only', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-chat.sse'));
    const id = 'call_1|fc_éè';
    const input = chatWith({
      messages: [
        user('Hi'),
        { role: 'assistant', content: [{ type: 'tool-call', id, name: 'read_file', json: '{}' }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: id,
              toolName: 'read_file',
              isError: true,
              content: [
                { type: 'text', text: 'no' },
                { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
              ],
            },
          ],
        },
      ],
    });
    await collect(wire().stream(call(url, { input })));
    const [, asked, answered] = bodyOf(received[0])['messages'] as readonly { content: readonly { id?: string }[] }[];
    const sent = asked?.content[0]?.id ?? '';
    assert.match(sent, /^[a-zA-Z0-9_-]+$/);
    assert.deepEqual(answered?.content, [
      {
        type: 'tool_result',
        tool_use_id: sent,
        content: [{ type: 'text', text: 'no' }],
        is_error: true,
        cache_control: mark,
      },
    ]);
  });

  it('has no mark where nothing will be sent again', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-chat.sse'));
    await collect(wire().stream(call(url, { input: chatWith({ system: 'Be kind.' }) })));
    assert.ok(!received[0]?.text.includes('cache_control'));
  });

  it('is answered by thoughts, text and calls, with every class of tokens', async () => {
    const { url } = await start(() => recordedReply('anthropic-tools.sse'));
    const parts = await collect(wire().stream(call(url)));
    assert.deepEqual(parts.slice(1), [
      { type: 'reasoning-delta', text: 'Two files ' },
      { type: 'reasoning-delta', text: 'größer. 📐' },
      { type: 'reasoning-end', signature: 'Eo==' },
      { type: 'reasoning-end', signature: 'redacted:b3BhcXVl' },
      { type: 'text-delta', text: 'I will look.' },
      { type: 'tool-call-start', id: 'toolu_1', name: 'read_file' },
      { type: 'tool-call-delta', id: 'toolu_1', json: '{"path": "src/gr' },
      { type: 'tool-call-delta', id: 'toolu_1', json: 'öße.ts"}' },
      { type: 'tool-call-end', id: 'toolu_1' },
      { type: 'tool-call-start', id: 'toolu_2', name: 'list_files' },
      { type: 'tool-call-delta', id: 'toolu_2', json: '{}' },
      { type: 'tool-call-end', id: 'toolu_2' },
      {
        type: 'usage',
        usage: {
          inputUncached: 12,
          inputCacheRead: 2000,
          inputCacheWrite: 700,
          output: 50,
          reasoning: 40,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'tool-calls' },
    ] satisfies StreamPart[]);
  });

  it('may demand, forbid or leave open the use of tools', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-chat.sse'));
    for (const toolChoice of ['auto', 'none', 'required', { name: 'read_file' }] as const) {
      await collect(wire().stream(call(url, { input: chatWith({ tools: [readFile], toolChoice }) })));
    }
    assert.deepEqual(
      received.map((request) => bodyOf(request)['tool_choice']),
      [undefined, { type: 'none' }, { type: 'any' }, { type: 'tool', name: 'read_file' }],
    );
  });
});

/** A server that refuses what a test says, in Anthropic's words. */
function picky(refusal: (body: Readonly<Record<string, unknown>>) => string | undefined): Responder {
  return (request) => {
    const message = refusal(bodyOf(request));
    return message === undefined
      ? recordedReply('anthropic-chat.sse')
      : { status: 400, json: { type: 'error', error: { type: 'invalid_request_error', message } } };
  };
}

const warningsIn = (parts: readonly StreamPart[]): readonly string[] =>
  parts.flatMap((part) => (part.type === 'warning' ? [part.message] : []));

describe('how much Claude is to think', () => {
  const thinks = (reasoning: 'none' | 'low' | 'high', maxOutputTokens = 8000): Partial<WireCall> => ({
    input: chatWith({}),
    limits: { maxOutputTokens, stop: [], reasoning },
  });
  const thinkingOf = (body: Readonly<Record<string, unknown>>): unknown => [body['thinking'], body['output_config']];

  it('is an effort, and its thoughts are to be seen; nothing is said where nothing is asked', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-chat.sse'));
    await collect(wire().stream(call(url, thinks('high'))));
    await collect(wire().stream(call(url, { input: chatWith({}) })));
    await collect(wire().stream(call(url, thinks('none'))));
    assert.deepEqual(
      received.map((request) => thinkingOf(bodyOf(request))),
      [
        [{ type: 'adaptive', display: 'summarized' }, { effort: 'high' }],
        [undefined, undefined],
        [{ type: 'disabled' }, undefined],
      ],
    );
  });

  it('is a budget for older models, and nothing for the oldest, which is said', async () => {
    const old = picky(({ thinking }) =>
      (thinking as { type?: string } | undefined)?.type === 'adaptive'
        ? 'adaptive thinking is not supported on this model'
        : undefined,
    );
    const { url, received } = await start(old);
    const oldWire = wire();
    await collect(oldWire.stream(call(url, thinks('low'))));
    assert.deepEqual(thinkingOf(bodyOf(received[1])), [{ type: 'enabled', budget_tokens: 2000 }, undefined]);
    const parts = await collect(oldWire.stream(call(url, thinks('low', 512))));
    assert.deepEqual(warningsIn(parts), [`${model} does not take a reasoning effort; it was left out.`]);
    assert.equal(received.length, 3);
  });

  it('is none between tools only, for the model that says so', async () => {
    const { url, received } = await start(
      picky(({ thinking }) =>
        (thinking as { type?: string } | undefined)?.type === 'disabled'
          ? '"thinking.type.disabled" is not supported for this model. Use "thinking.type.between_tools".'
          : undefined,
      ),
    );
    await collect(wire().stream(call(url, thinks('none'))));
    assert.deepEqual(thinkingOf(bodyOf(received[1])), [{ type: 'between_tools' }, undefined]);
  });

  it('is not changed by a refusal of something else', async () => {
    const { url, received } = await start(picky(() => 'messages: roles must alternate'));
    await assert.rejects(() => collect(wire().stream(call(url, thinks('high')))), { kind: 'bad-response' });
    assert.equal(received.length, 1);
  });

  it('never asks without an end, whatever the server says', async () => {
    const { url, received } = await start(picky(() => 'thinking blocks, signature, tool_choice, effort: all wrong'));
    const input: ChatInput = { ...conversation, toolChoice: 'required' };
    await assert.rejects(
      () =>
        collect(wire().stream(call(url, { input, limits: { maxOutputTokens: 9000, stop: [], reasoning: 'none' } }))),
      { kind: 'bad-response' },
    );
    assert.ok(received.length <= 6, `${received.length} requests`);
  });
});

describe('what a model of today refuses', () => {
  it('is to be made to use a tool: it is left to choose, which is said and remembered', async () => {
    const { url, received } = await start(
      picky(({ tool_choice: choice }) =>
        choice === undefined ? undefined : 'tool_choice: forced tool use is not supported',
      ),
    );
    const input = chatWith({ tools: [readFile], toolChoice: 'required' });
    const modern = wire();
    for (let count = 0; count < 2; count++) {
      const parts = await collect(modern.stream(call(url, { input })));
      assert.deepEqual(warningsIn(parts), [`${model} cannot be made to use a tool; it was left to choose by itself.`]);
    }
    assert.equal(received.length, 3);
  });

  it('is the thoughts of another model: it goes on without them, which is said', async () => {
    const { url, received } = await start(
      picky(({ messages }) =>
        JSON.stringify(messages).includes('"signature"')
          ? 'messages.1.content.0: Invalid `signature` in `thinking` block'
          : undefined,
      ),
    );
    const modern = wire();
    const parts = await collect(modern.stream(call(url)));
    assert.match(warningsIn(parts)[0] ?? '', /did not take its earlier thoughts back/);
    assert.ok(!received[1]?.text.includes('thinking'));
    // The next turn brings the same thoughts along; they are not tried again.
    await collect(modern.stream(call(url)));
    assert.equal(received.length, 3);
    assert.ok(!received[2]?.text.includes('thinking'));
  });
});

describe('an answer of Anthropic that is not as it should be', () => {
  const sse = (...events: readonly object[]): ReturnType<Responder> => ({
    headers: { 'content-type': 'text/event-stream' },
    chunks: events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
  });
  const stop = { type: 'message_stop' };
  const stopped = (reason: string, details?: object): object => ({
    type: 'message_delta',
    delta: { stop_reason: reason, stop_details: details },
    usage: { output_tokens: 3 },
  });
  const read = async (...events: readonly object[]): Promise<readonly StreamPart[]> => {
    const { url } = await start(() => sse(...events));
    return collect(wire().stream(call(url)));
  };

  it('says why it stopped, whatever the word', async () => {
    for (const [word, reason] of [
      ['end_turn', 'stop'],
      ['stop_sequence', 'stop'],
      ['max_tokens', 'length'],
      ['model_context_window_exceeded', 'length'],
      ['tool_use', 'tool-calls'],
      ['refusal', 'refused'],
      ['pause_turn', 'interrupted'],
      ['a_word_of_tomorrow', 'stop'],
    ] as const) {
      assert.deepEqual((await read(stopped(word), stop)).at(-1), { type: 'finish', reason }, word);
      await server?.close();
    }
  });

  it('tells the reason of a refusal', async () => {
    const parts = await read(
      stopped('refusal', { type: 'refusal', category: 'cyber', explanation: 'No malware.' }),
      stop,
    );
    assert.deepEqual(warningsIn(parts), ['No malware.']);
  });

  it('closes what it left open, and skips what belongs to nothing', async () => {
    const parts = await read(
      { type: 'content_block_delta', index: 7, delta: { type: 'input_json_delta', partial_json: '{' } },
      { type: 'content_block_stop', index: 7 },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'server_tool_use', id: 's', name: 'web', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"q":1}' } },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't', name: 'look', input: {} } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"never ' } },
      { type: 'content_block_delta', index: 2, delta: 'no object' },
      { type: 'tomorrow', index: 2 },
      stopped('tool_use'),
      stop,
    );
    assert.deepEqual(
      parts.filter(({ type }) => type !== 'usage'),
      [
        { type: 'reasoning-delta', text: 'Hm.' },
        { type: 'tool-call-start', id: 't', name: 'look' },
        { type: 'tool-call-delta', id: 't', json: '{"never ' },
        { type: 'reasoning-end', signature: undefined },
        { type: 'tool-call-end', id: 't' },
        { type: 'finish', reason: 'tool-calls' },
      ],
    );
  });

  it('breaks off in the middle of a call: the call does not end, for nobody is to run it', async () => {
    const parts = await read(
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'look', input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"path": "a' } },
      { type: 'content_block_stop', index: 0 },
      stopped('max_tokens'),
      stop,
    );
    assert.ok(!parts.some(({ type }) => type === 'tool-call-end'));
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' });
  });

  it('calls a tool without a name: that is no answer', async () => {
    await assert.rejects(
      read({ type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't' } }, stop),
      { kind: 'bad-response' },
    );
  });

  it('is an overload, before the stream and inside it', async () => {
    const { url } = await start(() => ({
      status: 529,
      json: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    }));
    await assert.rejects(() => collect(wire().stream(call(url))), { kind: 'overloaded', status: 529, retryable: true });
    await server?.close();
    const texts: string[] = [];
    const broken = await start(() =>
      sse(
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Half' } },
        { type: 'error', error: { details: null, type: 'overloaded_error', message: 'Overloaded' } },
      ),
    );
    await assert.rejects(
      async () => {
        for await (const part of wire().stream(call(broken.url))) if (part.type === 'text-delta') texts.push(part.text);
      },
      { kind: 'overloaded' },
    );
    assert.deepEqual(texts, ['Half']);
  });

  it('has no first event, or bytes that are no text', async () => {
    assert.equal(textOf(await read(stop)), '');
    await server?.close();
    const { url } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [Buffer.concat([Buffer.from('data: {"type":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}\n\n')])],
    }));
    await assert.rejects(() => collect(wire().stream(call(url))), { kind: 'network' });
  });
});
