import assert from 'node:assert/strict';
import { holePrompt } from '../../../src/router/fim/hole-filler.ts';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import {
  type Loopback,
  type Responder,
  askedOf,
  bodyOf,
  collect,
  hole,
  otherFile,
  recordedReply,
  startLoopback,
  textOf,
  wireCall,
} from './loopback.ts';
import { credentialOf } from '../../../src/router/credential.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

async function start(respond: Responder): Promise<Loopback> {
  server = await startLoopback(respond);
  return server;
}

const openAi = (): ReturnType<typeof openAiWire> =>
  openAiWire({ fim: 'hole-filler', maxTokensField: 'max_completion_tokens', maxStops: 4, reasoningEffort: 'none' });
const model = 'gpt-6-luna';
const fim = { type: 'hole-filler' } as const;
const input: ChatInput = {
  type: 'chat',
  system: 'Be kind.',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
      ],
    },
    { role: 'user', content: [{ type: 'text', text: 'Again' }] },
  ],
};

describe('what a chat model of OpenAI is asked', () => {
  it('is to fill a hole without reasoning, what is stable first', async () => {
    const { url, received } = await start(() => recordedReply('openai-chat-hole.sse'));
    const snippets = [otherFile];
    const limits = { maxOutputTokens: 64, stop: ['\n'] };
    const call = wireCall(`${url}/v1`, {
      model,
      fim,
      limits,
      input: { ...hole, snippets },
      credential: credentialOf('api-key', 'sk-key-1234'),
    });
    const parts = await collect(openAi().stream(call));
    const prompt = holePrompt({ ...hole, snippets }, 'prefix-first');
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer sk-key-1234' },
      body: {
        model,
        messages: [
          { role: 'system', content: prompt.system },
          { role: 'user', content: `${prompt.context}\n\n${prompt.file}` },
        ],
        max_completion_tokens: 80,
        stop: ['</completion>'],
        reasoning_effort: 'none',
        stream: true,
        stream_options: { include_usage: true },
      },
    });
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(parts.slice(-2), [
      {
        type: 'usage',
        usage: {
          inputUncached: 44,
          inputCacheRead: 256,
          inputCacheWrite: 0,
          output: 7,
          reasoning: 2,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('is plain text, with as much reasoning as it likes', async () => {
    const { url, received } = await start(() => recordedReply('openrouter-chat.sse'));
    const limits = { maxOutputTokens: 64, stop: ['END'], temperature: 0.5 };
    const parts = await collect(openAi().stream(wireCall(url, { model, input, limits })));
    assert.deepEqual(received[0]?.body, {
      model,
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Again' },
      ],
      max_completion_tokens: 64,
      stop: ['END'],
      temperature: 0.5,
      stream: true,
      stream_options: { include_usage: true },
    });
    assert.deepEqual(parts, [
      { type: 'reasoning-delta', text: 'The user ' },
      { type: 'reasoning-delta', text: 'greets.' },
      { type: 'reasoning-end', signature: undefined },
      { type: 'text-delta', text: 'Hello' },
      { type: 'text-delta', text: '!' },
      {
        type: 'usage',
        usage: {
          inputUncached: 20,
          inputCacheRead: 0,
          inputCacheWrite: 0,
          output: 2,
          reasoning: 300,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'stop' },
    ]);
  });
});

describe('an option that a model does not take', () => {
  const refusal = (message: string, status = 400): ReturnType<Responder> => ({
    status,
    json: { error: { message, type: 'invalid_request_error' } },
  });

  /** A server that refuses what `refuse` finds fault with. */
  async function picky(refuse: (body: Readonly<Record<string, unknown>>) => string | undefined): Promise<Loopback> {
    return start(({ body }) => {
      const message = refuse(body as Readonly<Record<string, unknown>>);
      return message === undefined ? recordedReply('openai-chat-hole.sse') : refusal(message);
    });
  }

  const limits = { maxOutputTokens: 64, stop: [], temperature: 0 };

  it('is left out, said once per answer, and not tried again', async () => {
    const { url, received } = await picky((body) =>
      'temperature' in body ? "Unsupported value: 'temperature' does not support 0 with this model." : undefined,
    );
    const wire = openAi();
    for (let count = 0; count < 2; count++) {
      const parts = await collect(wire.stream(wireCall(url, { model, fim, limits })));
      assert.deepEqual(parts[0], {
        type: 'warning',
        message: `${model} does not take a temperature; it was left out.`,
      });
      assert.equal(textOf(parts), 'th * height');
    }
    assert.equal(received.length, 3);
    // Another model of the same server may take it.
    await collect(wire.stream(wireCall(url, { model: 'other', fim, limits })));
    assert.equal(received.length, 5);
  });

  it('is lowered to the least that the server names', async () => {
    const { url, received } = await picky((body) =>
      body['reasoning_effort'] === 'none'
        ? "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'low', 'medium', and 'high'."
        : undefined,
    );
    await collect(openAi().stream(wireCall(url, { model, fim })));
    assert.equal(bodyOf(received[1])['reasoning_effort'], 'low');
  });

  it('has its other name where the server names it', async () => {
    const { url, received } = await picky((body) =>
      'max_completion_tokens' in body ? "Unknown field 'max_completion_tokens'. Use 'max_tokens' instead." : undefined,
    );
    await collect(openAi().stream(wireCall(url, { model, fim })));
    assert.equal(bodyOf(received[1])['max_tokens'], 80);
  });

  it('may be one of several', async () => {
    const { url, received } = await picky((body) => {
      if ('reasoning_effort' in body) return "Unrecognized request argument supplied: 'reasoning_effort'";
      if ('stream_options' in body) return '[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]';
      return 'stop' in body ? "Unsupported parameter: 'stop' is not supported with this model." : undefined;
    });
    const parts = await collect(openAi().stream(wireCall(url, { model, fim })));
    assert.equal(received.length, 4);
    assert.equal(textOf(parts), 'th * height');
    assert.equal(parts.filter(({ type }) => type === 'warning').length, 1, 'only what is missed');
  });

  it('is not sought in an error about something else', async () => {
    const { url, received } = await picky(() => 'You must stop asking at this temperature.');
    await assert.rejects(() => collect(openAi().stream(wireCall(url, { model, fim, limits }))), {
      kind: 'bad-response',
    });
    assert.equal(received.length, 1);
  });

  it('does not make requests without end', async () => {
    const { url, received } = await picky(() => "'reasoning_effort' 'stream_options' 'temperature' 'stop' are bad");
    await assert.rejects(() => collect(openAi().stream(wireCall(url, { model, fim, limits }))), {
      kind: 'bad-response',
    });
    assert.equal(received.length, 5);
  });
});
