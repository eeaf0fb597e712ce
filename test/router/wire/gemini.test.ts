import assert from 'node:assert/strict';
import { credentialOf } from '../../../src/router/credential.ts';
import { holePrompt } from '../../../src/router/fim/hole-filler.ts';
import type { ChatInput, ChatMessage, ToolDefinition } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { geminiWire } from '../../../src/router/wire/gemini.ts';
import type { WireCall } from '../../../src/router/wire.ts';
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

let server: Loopback | undefined;
afterEach(() => server?.close());

async function start(respond: Responder): Promise<Loopback> {
  server = await startLoopback(respond);
  return server;
}

const model = 'gemini-3.8-flash';
const fim = { type: 'hole-filler' } as const;
const look: ToolDefinition = {
  name: 'look',
  description: 'Looks.',
  inputSchema: { type: 'object', additionalProperties: false, properties: { path: { type: 'string' } } },
};
const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const chatWith = (over: Partial<ChatInput>): ChatInput => ({ type: 'chat', messages: [user('Hi')], ...over });
const call = (url: string, over: Partial<WireCall> = {}): WireCall => wireCall(url, { model, fim, ...over });
const sse = (...chunks: readonly unknown[]): ReturnType<Responder> => ({
  headers: { 'content-type': 'text/event-stream' },
  chunks: chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
});
const done = (finishReason: string, parts: readonly object[] = []): object => ({
  candidates: [{ content: { role: 'model', parts }, finishReason }],
});
const warningsIn = (parts: readonly StreamPart[]): readonly string[] =>
  parts.flatMap((part) => (part.type === 'warning' ? [part.message] : []));

describe('what Gemini is asked', () => {
  it('is to fill a hole, thinking as little as it can, with the key in its own header', async () => {
    const { url, received } = await start(() => recordedReply('gemini-hole.sse'));
    const input = { ...hole, snippets: [otherFile] };
    const limits = { maxOutputTokens: 64, stop: ['END'], temperature: 0 };
    const parts = await collect(
      geminiWire().stream(
        call(url, { input, limits, credential: credentialOf('api-key', 'AIza-1'), headers: { 'x-team': 'a' } }),
      ),
    );
    const prompt = holePrompt(input, 'prefix-first');
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        'x-goog-api-key': 'AIza-1',
        'x-team': 'a',
      },
      body: {
        systemInstruction: { parts: [{ text: prompt.system }] },
        contents: [{ role: 'user', parts: [{ text: prompt.context }, { text: prompt.file }] }],
        generationConfig: {
          stopSequences: ['</completion>'],
          temperature: 0,
          maxOutputTokens: 64 + 16 + 1024,
          thinkingConfig: { thinkingLevel: 'minimal' },
        },
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
          output: 6,
          reasoning: 2,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('is a conversation, with pictures, calls, their signatures and their answers', async () => {
    const { url, received } = await start(() => recordedReply('gemini-tools.sse'));
    const input: ChatInput = {
      type: 'chat',
      system: 'Be kind.',
      tools: [look, { name: 'nothing', description: 'Takes nothing.', inputSchema: { type: 'object' } }],
      toolChoice: { name: 'look' },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See.' },
            { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
            { type: 'image', mediaType: 'image/gif', data: 'R0lGOD==' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.', origin: { providerId: 'gemini', signature: undefined } },
            {
              type: 'tool-call',
              id: 'fc_1',
              name: 'look',
              json: '{"path":"a"}',
              origin: { providerId: 'gemini', signature: 'c2ln' },
            },
            { type: 'tool-call', id: 'fc_2', name: 'look', json: 'no JSON' },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'fc_1',
              toolName: 'look',
              isError: false,
              content: [
                { type: 'text', text: 'seen' },
                { type: 'image', mediaType: 'image/webp', data: 'UklGRg==' },
              ],
            },
            {
              type: 'tool-result',
              toolCallId: 'fc_2',
              toolName: 'look',
              isError: true,
              content: [{ type: 'text', text: 'bad' }],
            },
          ],
        },
      ],
    };
    const parts = await collect(geminiWire().stream(call(url, { input, limits: { maxOutputTokens: 9, stop: [] } })));
    assert.deepEqual(bodyOf(received[0]), {
      systemInstruction: { parts: [{ text: 'Be kind.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'See.' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw==' } }] },
        {
          role: 'model',
          parts: [
            { functionCall: { id: 'fc_1', name: 'look', args: { path: 'a' } }, thoughtSignature: 'c2ln' },
            { functionCall: { id: 'fc_2', name: 'look', args: { invalid_json: 'no JSON' } } },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                id: 'fc_1',
                name: 'look',
                response: { output: 'seen' },
                parts: [{ inlineData: { mimeType: 'image/webp', data: 'UklGRg==' } }],
              },
            },
            { functionResponse: { id: 'fc_2', name: 'look', response: { error: 'bad' } } },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'look',
              description: 'Looks.',
              parameters: { type: 'object', properties: { path: { type: 'string' } } },
            },
            { name: 'nothing', description: 'Takes nothing.' },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
      generationConfig: { maxOutputTokens: 9 },
    });
    assert.deepEqual(warningsIn(parts), [`${model} does not take GIF images; they were left out.`]);
  });

  it('is to believe a call that another model made: the first of a turn says so, and old models are not asked', async () => {
    const { url, received } = await start(() => recordedReply('gemini-hole.sse'));
    const toolCall = (id: string) => ({ type: 'tool-call', id, name: 'look', json: '{}' }) as const;
    const input = chatWith({
      messages: [user('Hi'), { role: 'assistant', content: [toolCall('1'), toolCall('2')] }, user('Well?')],
    });
    for (const name of [model, 'gemini-2.5-flash'])
      await collect(geminiWire().stream(call(url, { model: name, input })));
    const signatures = received.map((request) => request.text.match(/skip_thought_signature_validator/g)?.length ?? 0);
    assert.deepEqual(signatures, [1, 0]);
    assert.match(received[0]?.text ?? '', /"name":"look","args":\{\}\},"thoughtSignature"/);
  });

  it('is an effort in the words of its generation; what is refused is said otherwise and remembered', async () => {
    const { url, received } = await start((request) =>
      request.text.includes('"medium"')
        ? {
            status: 400,
            json: { error: { code: 400, message: 'Thinking level MEDIUM is not supported for this model.' } },
          }
        : recordedReply('gemini-hole.sse'),
    );
    const wire = geminiWire();
    const thinks = (name: string, reasoning: 'none' | 'low' | 'medium'): Promise<readonly StreamPart[]> =>
      collect(
        wire.stream(
          call(url, { model: name, input: chatWith({}), limits: { maxOutputTokens: 9, stop: [], reasoning } }),
        ),
      );
    await thinks(model, 'low');
    await thinks('gemini-2.5-flash', 'low');
    await thinks('gemini-2.5-flash', 'none');
    await thinks(model, 'medium');
    await thinks(model, 'medium');
    const configs = received.map(
      (request) => (bodyOf(request)['generationConfig'] as { thinkingConfig?: unknown }).thinkingConfig,
    );
    const high = { thinkingLevel: 'high', includeThoughts: true };
    assert.deepEqual(configs, [
      { thinkingLevel: 'low', includeThoughts: true },
      { thinkingBudget: 1024, includeThoughts: true },
      { thinkingBudget: 0 },
      { thinkingLevel: 'medium', includeThoughts: true },
      high,
      high,
    ]);
  });

  it('is nothing about effort from a model that knows none, which is said', async () => {
    const { url } = await start((request) =>
      request.text.includes('thinkingConfig')
        ? { status: 400, json: { error: { message: 'Thinking is not enabled for this model.' } } }
        : recordedReply('gemini-hole.sse'),
    );
    const limits = { maxOutputTokens: 9, stop: [], reasoning: 'high' } as const;
    const parts = await collect(geminiWire().stream(call(url, { input: chatWith({}), limits })));
    assert.deepEqual(warningsIn(parts), [`${model} does not take a reasoning effort; it was left out.`]);
  });
});

describe('an answer of Gemini', () => {
  it('is thoughts, text, and calls that come whole with their signatures', async () => {
    const { url } = await start(() => recordedReply('gemini-tools.sse'));
    assert.deepEqual((await collect(geminiWire().stream(call(url, { input: chatWith({}) })))).slice(1), [
      { type: 'reasoning-delta', text: 'Two files größer. 📐' },
      { type: 'reasoning-end', signature: undefined },
      { type: 'text-delta', text: 'I will look.' },
      { type: 'tool-call-start', id: 'fc_1', name: 'read_file' },
      { type: 'tool-call-delta', id: 'fc_1', json: '{"path":"src/größe.ts"}' },
      { type: 'tool-call-end', id: 'fc_1', signature: 'c2lnbmVk' },
      { type: 'tool-call-start', id: 'fc_2', name: 'list_files' },
      { type: 'tool-call-delta', id: 'fc_2', json: '{}' },
      { type: 'tool-call-end', id: 'fc_2' },
      {
        type: 'usage',
        usage: {
          inputUncached: 23,
          inputCacheRead: 100,
          inputCacheWrite: 0,
          output: 20,
          reasoning: 30,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'tool-calls' },
    ] satisfies StreamPart[]);
  });

  const read = async (...chunks: readonly unknown[]): Promise<readonly StreamPart[]> => {
    const { url } = await start(() => sse(...chunks));
    return collect(geminiWire().stream(call(url, { input: chatWith({}) })));
  };

  it('says why it stopped, whatever the word', async () => {
    for (const [word, reason] of [
      ['STOP', 'stop'],
      ['MAX_TOKENS', 'length'],
      ['SAFETY', 'refused'],
      ['RECITATION', 'refused'],
      ['PROHIBITED_CONTENT', 'refused'],
      ['A_WORD_OF_TOMORROW', 'stop'],
    ] as const) {
      assert.deepEqual((await read(done(word))).at(-1), { type: 'finish', reason }, word);
      await server?.close();
    }
  });

  it('is an error where the call cannot be read, for which another try is worth it', async () => {
    await assert.rejects(read(done('MALFORMED_FUNCTION_CALL')), { kind: 'bad-response', retryable: true });
  });

  it('is a refusal with its reason where the request was blocked', async () => {
    const parts = await read({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5 } });
    assert.deepEqual(warningsIn(parts), ['Gemini did not look at the request (SAFETY).']);
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'refused' });
  });

  it('survives what is missing or of another kind, and gives calls without an id one of their own', async () => {
    const parts = await read(
      {},
      { candidates: [] },
      { candidates: [{ content: { parts: 'none' } }] },
      {
        candidates: [{ content: { parts: [null, 7, {}, { text: 8 }, { functionCall: {} }, { executableCode: {} }] } }],
      },
      { usageMetadata: { promptTokenCount: -1 } },
      done('STOP', [{ functionCall: { name: 'look', args: 'no object' } }, { functionCall: { name: 'look' } }]),
    );
    const starts = parts.flatMap((part) => (part.type === 'tool-call-start' ? [part.id] : []));
    assert.equal(new Set(starts).size, 2);
    for (const id of starts) assert.match(id, /^[\w-]{1,64}$/);
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'tool-calls' });
  });

  it('without a finish reason was cut off', async () => {
    const half = { candidates: [{ content: { parts: [{ text: 'Half' }] } }] };
    await assert.rejects(read(half), { kind: 'network' });
  });

  it('is an error of its own kind, before the stream and inside it', async () => {
    const quota = {
      error: {
        code: 429,
        message: 'Resource has been exhausted (e.g. check quota).',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }],
      },
    };
    const { url } = await start(() => ({ status: 429, json: [quota] }));
    await assert.rejects(() => collect(geminiWire().stream(call(url))), { kind: 'rate-limit', retryAfterMs: 34_000 });
    await server?.close();
    await assert.rejects(read({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }), {
      kind: 'overloaded',
      status: 503,
    });
    await server?.close();
    const wrong = await start(() => ({
      status: 400,
      json: {
        error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' },
      },
    }));
    await assert.rejects(() => collect(geminiWire().stream(call(wrong.url))), { kind: 'auth' });
  });
});

describe('a probe of Gemini', () => {
  it('asks for the models that write, with the key in its header', async () => {
    const { url, received } = await start(() => ({
      json: {
        models: [
          { name: `models/${model}`, supportedGenerationMethods: ['generateContent', 'countTokens'] },
          { name: 'models/gemini-embedding-2', supportedGenerationMethods: ['embedContent'] },
          { name: 7 },
        ],
      },
    }));
    const credential = credentialOf('api-key', 'AIza-1');
    const found = await geminiWire().probe(probeCall(url, { model, credential }));
    assert.equal(received[0]?.path, '/v1beta/models?pageSize=1000');
    assert.equal(received[0].headers['x-goog-api-key'], 'AIza-1');
    assert.deepEqual([found.models, found.modelPresent, found.fim, found.problem], [[model], true, fim, undefined]);
    const absent = await geminiWire().probe(probeCall(url, { model: 'gemini-1.0-pro', credential }));
    assert.match(absent.problem ?? '', /gemini-1\.0-pro is not there.*gemini-3\.8-flash/);
  });
});
