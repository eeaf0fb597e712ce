import assert from 'node:assert/strict';
import { renderRawPrompt } from '../../../src/router/fim/templates.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import type { FimMode } from '../../../src/router/wire.ts';
import {
  type Loopback,
  type Reply,
  type Responder,
  askedOf,
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

const compatible = (): ReturnType<typeof openAiWire> =>
  openAiWire({ fim: 'find-out', maxTokensField: 'max_tokens', maxStops: 4 });
const model = 'qwen2.5-coder-7b';
const fim: FimMode = { type: 'template', family: 'qwen-coder' };

describe("what a server of OpenAI's completions is asked", () => {
  it("is the family's raw prompt with the four best stops, its own key in one header only", async () => {
    const { url, received } = await start(() => recordedReply('openai-completions.sse'));
    const limits = { maxOutputTokens: 64, stop: ['\n\n'], temperature: 0 };
    const parts = await collect(
      compatible().stream(
        wireCall(url, {
          model,
          fim,
          limits,
          credential: credentialOf('api-key', 'sk-key-1234'),
          headers: { 'HTTP-Referer': 'https://reaper' },
        }),
      ),
    );
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/v1/completions',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: 'Bearer sk-key-1234',
        'http-referer': 'https://reaper',
      },
      body: {
        model,
        prompt: renderRawPrompt('qwen-coder', hole).prompt,
        max_tokens: 64,
        stop: ['\n\n', '<|endoftext|>', '<|file_sep|>', '<|fim_prefix|>'],
        temperature: 0,
        stream: true,
        stream_options: { include_usage: true },
      },
    });
    assert.deepEqual(parts.slice(-2), [
      {
        type: 'usage',
        usage: { inputUncached: 8, inputCacheRead: 32, inputCacheWrite: 0, output: 7, reasoning: 0, estimated: false },
      },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('is the prefix and the suffix at the beta address of DeepSeek, wherever its base URL ends', async () => {
    const { url, received } = await start(() => recordedReply('deepseek-completions.sse'));
    const wire = openAiWire({ fim: 'native', maxTokensField: 'max_tokens', maxStops: 16, completionsVersion: 'beta' });
    for (const path of ['', '/', '/v1', '/beta/']) {
      const call = wireCall(url + path, { model: 'deepseek-v4-flash', input: { ...hole, snippets: [otherFile] } });
      const parts = await collect(wire.stream(call));
      assert.deepEqual(parts.slice(-2), [
        {
          type: 'usage',
          usage: { inputUncached: 4, inputCacheRead: 8, inputCacheWrite: 0, output: 4, reasoning: 0, estimated: false },
        },
        { type: 'finish', reason: 'stop' },
      ]);
    }
    assert.ok(received.every(({ path }) => path === '/beta/completions'));
    assert.deepEqual(received[0]?.body, {
      model: 'deepseek-v4-flash',
      prompt: `// Path: src/unit.ts\n// export const unit = 1;\n// Path: src/area.ts\n${hole.prefix}`,
      suffix: hole.suffix,
      max_tokens: 64,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('is an error of the settings where they name a family that does not exist', async () => {
    const { url, received } = await start(() => recordedReply('openai-completions.sse'));
    await assert.rejects(
      () => collect(compatible().stream(wireCall(url, { model, fim: { type: 'template', family: 'gpt' } }))),
      { kind: 'invalid-config' },
    );
    assert.equal(received.length, 0);
  });
});

describe('stops', () => {
  it('are cut here where a server takes too few or ignores them, and the rest is not waited for', async () => {
    const chunk = (text: string): string => `data: ${JSON.stringify({ choices: [{ text }] })}\n\n`;
    const { url, received } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [chunk('th <|im'), chunk('_start|>system')],
      end: 'hang',
    }));
    const parts = await collect(compatible().stream(wireCall(url, { model, fim })));
    assert.equal(textOf(parts), 'th ');
    const usage = parts.at(-2);
    assert.ok(usage?.type === 'usage' && usage.usage.estimated && usage.usage.inputUncached > 5);
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    assert.equal(await received[0]?.ended, false);
  });
});

describe('text with control tokens', () => {
  it('is sent broken up and comes back whole', async () => {
    const echo = JSON.stringify({ choices: [{ text: '"<\u2060|fim_prefix|>"', finish_reason: 'stop' }] });
    const { url, received } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [`data: ${echo}\n\n`, 'data: [DONE]\n\n'],
    }));
    const input = { ...hole, prefix: 'const token = "<|fim_prefix|>";\nconst again = ' };
    const parts = await collect(compatible().stream(wireCall(url, { model, fim, input })));
    assert.equal(received[0]?.text.split('<|fim_prefix|>').length, 2 + 1, 'once in the prompt, once among the stops');
    assert.equal(textOf(parts), '"<|fim_prefix|>"');
  });
});

describe('a server without completions', () => {
  const refusals: Readonly<Record<string, Reply>> = {
    'with a 404': { status: 404, json: { error: { message: 'Not Found' } } },
    'with a 405': { status: 405, chunks: ['Method Not Allowed'] },
    'with a 400': {
      status: 400,
      json: { error: { message: 'This is a chat model and not supported in the v1/completions endpoint' } },
    },
    'with a 501': { status: 501, json: { error: { message: 'not implemented' } } },
    'inside a 200': { json: { error: 'Unexpected endpoint or method. (POST /v1/completions). Returning 200 anyway' } },
  };
  for (const [how, refusal] of Object.entries(refusals)) {
    it(`that says so ${how} is asked by chat, and that is learned`, async () => {
      const { url, received } = await start(({ path }) =>
        path === '/v1/completions' ? refusal : recordedReply('openai-chat-hole.sse'),
      );
      const learned: FimMode[] = [];
      const call = wireCall(url, { model, fim, onFimLearned: (mode) => learned.push(mode) });
      const parts = await collect(compatible().stream(call));
      assert.equal(textOf(parts), 'th * height');
      assert.deepEqual(learned, [{ type: 'hole-filler' }]);
      assert.deepEqual(
        received.map(({ path }) => path),
        ['/v1/completions', '/v1/chat/completions'],
      );
    });
  }

  it('teaches nothing when chat fails too', async () => {
    const { url } = await start(() => ({
      status: 404,
      json: { error: { message: 'The model does not exist', code: 'model_not_found' } },
    }));
    const learned: FimMode[] = [];
    const call = wireCall(url, { model, fim, onFimLearned: (mode) => learned.push(mode) });
    await assert.rejects(() => collect(compatible().stream(call)), { kind: 'invalid-config', status: 404 });
    assert.deepEqual(learned, []);
  });

  for (const [status, kind] of [
    [401, 'auth'],
    [429, 'rate-limit'],
    [503, 'overloaded'],
  ] as const) {
    it(`is not seen in a ${status}`, async () => {
      const { url, received } = await start(() => ({ status, json: { error: { message: 'no' } } }));
      await assert.rejects(() => collect(compatible().stream(wireCall(url, { model, fim }))), { kind });
      assert.equal(received.length, 1);
    });
  }

  it('is not seen in a prompt that is too long', async () => {
    const { url, received } = await start(() => ({
      status: 400,
      json: {
        error: { message: "This model's maximum context length is 4096 tokens", code: 'context_length_exceeded' },
      },
    }));
    await assert.rejects(() => collect(compatible().stream(wireCall(url, { model, fim }))), { kind: 'too-long' });
    assert.equal(received.length, 1);
  });
});

describe('the end of a stream', () => {
  const events = (...data: readonly string[]): Reply => ({
    headers: { 'content-type': 'text/event-stream' },
    chunks: data.map((one) => `data: ${one}\n\n`),
  });

  it('is there with a finish reason, also where a gateway leaves [DONE] out', async () => {
    const { url } = await start(() => events('{"choices":[{"text":"th","finish_reason":"length"}]}'));
    const parts = await collect(compatible().stream(wireCall(url, { model, fim })));
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' });
  });

  it('may lack its blank line', async () => {
    const { url } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: ['data: {"choices":[{"text":"th"}]}\n\ndata: [DONE]'],
    }));
    assert.equal(textOf(await collect(compatible().stream(wireCall(url, { model, fim })))), 'th');
  });

  it('is not there in an error', async () => {
    const { url } = await start(() => recordedReply('openai-error-in-stream.sse'));
    await assert.rejects(() => collect(compatible().stream(wireCall(url, { model, fim }))), { kind: 'overloaded' });
  });
});
