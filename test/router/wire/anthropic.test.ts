import assert from 'node:assert/strict';
import { anthropicWire } from '../../../src/router/wire/anthropic.ts';
import { holePrompt } from '../../../src/router/fim/hole-filler.ts';
import {
  type Loopback,
  type Responder,
  askedOf,
  bodyOf,
  collect,
  hole,
  otherFile,
  probeCall,
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

const model = 'claude-haiku-5-5';
const fim = { type: 'hole-filler' } as const;
const chat = {
  type: 'chat',
  system: 'Be kind.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
} as const;

describe('what Anthropic is asked', () => {
  it('is to fill a hole: rules and other files first, marked for the cache; no thinking, no prefill', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-hole.sse'));
    const input = { ...hole, snippets: [otherFile] };
    const call = wireCall(`${url}/v1/`, {
      model,
      input,
      fim,
      credential: credentialOf('api-key', 'sk-ant-1234'),
      headers: { 'x-team': 'a' },
    });
    const parts = await collect(anthropicWire({ order: 'suffix-first' }).stream(call));
    const prompt = holePrompt(input, 'suffix-first');
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/v1/messages',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: 'Bearer sk-ant-1234',
        'anthropic-version': '2026-10-21',
        'x-team': 'a',
      },
      body: {
        model,
        max_tokens: 80,
        system: prompt.system,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: prompt.context, cache_control: { type: 'ephemeral' } },
              { type: 'text', text: prompt.file },
            ],
          },
        ],
        stop_sequences: ['</completion>'],
        thinking: { type: 'disabled' },
        stream: true,
      },
    });
    assert.deepEqual(parts.slice(-2), [
      {
        type: 'usage',
        usage: {
          inputUncached: 30,
          inputCacheRead: 0,
          inputCacheWrite: 600,
          output: 8,
          reasoning: 3,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('tells the count of the input first, for those who leave early', async () => {
    const { url } = await start(() => recordedReply('anthropic-hole.sse'));
    const parts = await collect(anthropicWire({ order: 'suffix-first' }).stream(wireCall(url, { model, fim })));
    assert.deepEqual(parts[0], {
      type: 'usage',
      usage: { inputUncached: 30, inputCacheRead: 0, inputCacheWrite: 600, output: 0, reasoning: 0, estimated: true },
    });
  });

  it('is plain text, whose thinking is told apart; a stop of white space is kept here', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-chat.sse'));
    const limits = { maxOutputTokens: 64, stop: ['\n\n', 'END'] };
    const parts = await collect(
      anthropicWire({ order: 'suffix-first' }).stream(wireCall(url, { model, input: chat, limits })),
    );
    assert.deepEqual(received[0]?.body, {
      model,
      max_tokens: 64,
      system: 'Be kind.',
      messages: [{ role: 'user', content: 'Hi' }],
      stop_sequences: ['END'],
      stream: true,
    });
    assert.ok(parts.some((part) => part.type === 'reasoning-delta' && part.text === 'Politeness.'));
    assert.equal(textOf(parts), 'Hello!');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'refused' });
  });

  it('has no temperature, and says so', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-hole.sse'));
    const limits = { maxOutputTokens: 64, stop: [], temperature: 0 };
    const parts = await collect(anthropicWire({ order: 'suffix-first' }).stream(wireCall(url, { model, fim, limits })));
    assert.ok(!('temperature' in bodyOf(received[0])));
    assert.deepEqual(parts[0], { type: 'warning', message: `${model} does not take a temperature; it was left out.` });
  });

  it('is little effort from a model that cannot be kept from thinking, which is remembered', async () => {
    const { url, received } = await start(({ body }) =>
      'thinking' in (body as object)
        ? {
            status: 400,
            json: {
              type: 'error',
              error: {
                type: 'invalid_request_error',
                message: 'thinking.type: "disabled" is not supported for this model',
              },
            },
          }
        : recordedReply('anthropic-hole.sse'),
    );
    const wire = anthropicWire({ order: 'suffix-first' });
    for (let count = 0; count < 2; count++) {
      assert.equal(textOf(await collect(wire.stream(wireCall(url, { model: 'claude-opus-5-5', fim })))), 'th * height');
    }
    assert.equal(received.length, 3);
    const { output_config: effort, max_tokens: maxTokens } = bodyOf(received[2]);
    assert.deepEqual(effort, { effort: 'low' });
    assert.equal(maxTokens, 80 + 1024);
  });

  it('goes where the call says, with nothing from the environment', async () => {
    const { url, received } = await start(() => recordedReply('anthropic-hole.sse'));
    const variables = {
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      ANTHROPIC_API_KEY: 'sk-from-environment',
      ANTHROPIC_AUTH_TOKEN: 'token-from-environment',
      ANTHROPIC_CUSTOM_HEADERS: 'x-from-environment: 1',
      ANTHROPIC_LOG: 'debug',
    };
    Object.assign(process.env, variables);
    try {
      await collect(anthropicWire({ order: 'suffix-first' }).stream(wireCall(url, { model, fim })));
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name];
    }
    assert.equal(received.length, 1);
    assert.ok(!/environment/.test(JSON.stringify(received[0]?.headers)));
    assert.equal(received[0]?.headers.authorization, undefined);
    assert.ok(!Object.keys(received[0]?.headers ?? {}).some((name) => name.startsWith('x-stainless')));
  });
});

describe('an error inside the stream of Anthropic', () => {
  it('has its own kind', async () => {
    const { url } = await start(() => recordedReply('anthropic-error.sse'));
    await assert.rejects(
      () => collect(anthropicWire({ order: 'suffix-first' }).stream(wireCall(url, { model, fim }))),
      {
        kind: 'overloaded',
        retryable: true,
      },
    );
  });
});

describe('a probe of Anthropic', () => {
  it('asks for the models, in the dialect of the messages', async () => {
    const { url, received } = await start(() => ({ json: { data: [{ type: 'model', id: model }], has_more: false } }));
    const result = await anthropicWire({ order: 'suffix-first' }).probe(
      probeCall(url, { model, credential: credentialOf('api-key', 'sk-ant-1234') }),
    );
    assert.equal(received[0]?.path, '/v1/models?limit=1000');
    assert.equal(received[0].headers['anthropic-version'], '2026-10-21');
    assert.deepEqual(
      [result.reachable, result.keyAccepted, result.modelPresent, result.fim, result.problem],
      [true, true, true, { type: 'hole-filler' }, undefined],
    );
  });
});
