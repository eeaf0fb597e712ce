import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { llamaCppWire } from '../../../src/router/wire/llama-cpp.ts';
import type { FimMode } from '../../../src/router/wire.ts';
import {
  type Loopback,
  type Reply,
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

const noTokens: Reply = {
  status: 501,
  json: {
    error: {
      code: 501,
      message: 'Infill is not supported by this model: prefix token is missing. suffix token is missing. ',
      type: 'not_supported_error',
    },
  },
};

describe('what llama.cpp is asked', () => {
  it('is an infill whose current line stands last, so that its cache holds while the line is typed', async () => {
    const { url, received } = await start(() => recordedReply('llama-infill.sse'));
    const limits = { maxOutputTokens: 64, stop: ['\n'], temperature: 0.1 };
    const input = { ...hole, snippets: [otherFile] };
    const parts = await collect(
      llamaCppWire().stream(wireCall(`${url}/`, { input, limits, credential: credentialOf('api-key', 'sk-key-1') })),
    );
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/infill',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer sk-key-1' },
      body: {
        model: 'some-model',
        input_prefix: 'function area(width, height) {\n',
        input_suffix: hole.suffix,
        input_extra: [{ filename: otherFile.path, text: otherFile.text }],
        prompt: '  return wid',
        n_predict: 64,
        stop: ['\n'],
        temperature: 0.1,
        cache_prompt: true,
        stream: true,
      },
    });
    assert.deepEqual(parts.slice(-2), [
      {
        type: 'usage',
        usage: { inputUncached: 7, inputCacheRead: 24, inputCacheWrite: 0, output: 9, reasoning: 0, estimated: false },
      },
      { type: 'finish', reason: 'length' },
    ]);
  });

  it('has no name of a model where the server has but one', async () => {
    const { url, received } = await start(() => recordedReply('llama-infill.sse'));
    await collect(llamaCppWire().stream(wireCall(url, { model: '' })));
    assert.ok(!('model' in bodyOf(received[0])));
  });

  it('is a raw prompt where the settings name a family', async () => {
    const { url, received } = await start(() => recordedReply('llama-infill.sse'));
    await collect(llamaCppWire().stream(wireCall(url, { fim: { type: 'template', family: 'mellum' } })));
    assert.equal(received[0]?.path, '/completion');
    assert.deepEqual(received[0].body, {
      model: 'some-model',
      prompt: `<filename>src/area.ts\n<fim_suffix>${hole.suffix}<fim_prefix>${hole.prefix}<fim_middle>`,
      n_predict: 64,
      stop: ['<|endoftext|>', '<filename>'],
      cache_prompt: true,
      stream: true,
    });
  });

  it('is a chat without thinking for a model without tokens, and that is learned', async () => {
    const { url, received } = await start(({ path }) =>
      path === '/infill' ? noTokens : recordedReply('openai-chat-hole.sse'),
    );
    const learned: FimMode[] = [];
    const parts = await collect(llamaCppWire().stream(wireCall(url, { onFimLearned: (fim) => learned.push(fim) })));
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(learned, [{ type: 'hole-filler' }]);
    assert.equal(received[1]?.path, '/v1/chat/completions');
    const { chat_template_kwargs: kwargs } = bodyOf(received[1]);
    assert.deepEqual(kwargs, { enable_thinking: false });
  });

  it('is a template for a model without tokens whose name is known', async () => {
    const { url } = await start(({ path }) => (path === '/infill' ? noTokens : recordedReply('llama-infill.sse')));
    const learned: FimMode[] = [];
    const model = 'starcoder2-3b.gguf';
    await collect(llamaCppWire().stream(wireCall(url, { model, onFimLearned: (fim) => learned.push(fim) })));
    assert.deepEqual(learned, [{ type: 'template', family: 'starcoder2' }]);
  });

  it('is not asked in another way because it is busy', async () => {
    const { url, received } = await start(() => ({
      status: 503,
      json: { error: { code: 503, message: 'Loading model' } },
    }));
    await assert.rejects(() => collect(llamaCppWire().stream(wireCall(url))), { kind: 'overloaded' });
    assert.equal(received.length, 1);
  });
});

describe('an error inside the stream of llama.cpp', () => {
  const error = '{"code":500,"message":"context shift is disabled","type":"server_error"}';
  for (const [form, chunk] of [
    ['as data', `data: {"error":${error}}\n\n`],
    ['as a field of its own', `error: ${error}\n\n`],
  ] as const) {
    it(`is found ${form}`, async () => {
      const { url } = await start(() => ({ headers: { 'content-type': 'text/event-stream' }, chunks: [chunk] }));
      await assert.rejects(
        () => collect(llamaCppWire().stream(wireCall(url))),
        (thrown: unknown) => thrown instanceof Error && thrown.message.includes('context shift is disabled'),
      );
    });
  }
});

describe('a probe of llama.cpp', () => {
  function llama(infill: Reply, props: Reply = { json: { total_slots: 4, model_path: '/m/x.gguf' } }): Responder {
    return ({ path }) => {
      if (path === '/v1/models') return { json: { object: 'list', data: [{ id: 'x.gguf' }] } };
      return path === '/props' ? props : infill;
    };
  }
  const capable: Reply = {
    status: 400,
    json: { error: { code: 400, message: '"input_extra" must be an array', type: 'x' } },
  };

  it('finds slots and infill, and has nothing generated', async () => {
    const { url, received } = await start(llama(capable));
    const result = await llamaCppWire().probe(probeCall(url));
    assert.deepEqual(
      { ...result, roundTripMs: 0 },
      {
        reachable: true,
        keyAccepted: undefined,
        modelPresent: true,
        models: ['x.gguf'],
        model: 'x.gguf',
        fim: { type: 'native' },
        roundTripMs: 0,
        slots: 4,
        problem: undefined,
      },
    );
    assert.deepEqual(received[1]?.body, { model: 'x.gguf', input_extra: 'none', n_predict: 0 });
  });

  it('finds that a model has no tokens for it', async () => {
    const { url } = await start(llama(noTokens));
    assert.deepEqual((await llamaCppWire().probe(probeCall(url))).fim, { type: 'hole-filler' });
    assert.deepEqual((await llamaCppWire().probe(probeCall(url, { model: 'starcoder2' }))).fim, {
      type: 'template',
      family: 'starcoder2',
    });
  });

  it('does without the properties where the server keeps them to itself', async () => {
    const { url } = await start(llama(capable, { status: 404, json: {} }));
    const result = await llamaCppWire().probe(probeCall(url));
    assert.equal(result.slots, undefined);
    assert.deepEqual(result.fim, { type: 'native' });
  });

  it('says that the key is wrong, and that the model is still being loaded', async () => {
    const { url, close } = await start(({ headers }) =>
      headers.authorization === undefined
        ? { status: 503, json: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } } }
        : { status: 401, json: { error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } } },
    );
    const loading = await llamaCppWire().probe(probeCall(url));
    assert.equal(loading.reachable, true);
    assert.match(loading.problem ?? '', /Loading model/);
    const wrongKey = await llamaCppWire().probe(
      probeCall(url, { credential: credentialOf('api-key', 'sk-wrong-key') }),
    );
    assert.equal(wrongKey.keyAccepted, false);
    assert.ok(!(wrongKey.problem ?? '').includes('sk-wrong-key'));
    await close();
  });
});

describe('a conversation with a model of llama.cpp', () => {
  const tool = { name: 'look', description: 'Looks.', inputSchema: { type: 'object' } };
  const input: ChatInput = {
    type: 'chat',
    tools: [tool],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See.' },
          { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
        ],
      },
    ],
  };

  it('has tools, and thinks as much as its template can be told', async () => {
    const { url, received } = await start(() => recordedReply('openai-chat-hole.sse'));
    for (const reasoning of ['none', 'high'] as const) {
      await collect(
        llamaCppWire().stream(wireCall(url, { input, limits: { maxOutputTokens: 9, stop: [], reasoning } })),
      );
    }
    assert.deepEqual(
      received.map((request) => bodyOf(request)['chat_template_kwargs']),
      [{ enable_thinking: false }, { enable_thinking: true, reasoning_effort: 'high' }],
    );
    assert.equal(received[0]?.path, '/v1/chat/completions');
    assert.match(received[0].text, /"name":"look"/);
  });

  it('that takes no tools as the server was started is an error that says how to start it', async () => {
    const { url, received } = await start(() => ({
      status: 500,
      json: { error: { code: 500, message: 'tools param requires --jinja flag', type: 'server_error' } },
    }));
    await assert.rejects(
      () => collect(llamaCppWire().stream(wireCall(url, { input }))),
      (error: unknown) =>
        error instanceof ReaperError &&
        error.kind === 'invalid-config' &&
        !error.retryable &&
        error.message.includes('Start it with --jinja'),
    );
    assert.equal(received.length, 1);
  });

  it('that sees no images goes on without them, which is said', async () => {
    const { url } = await start(({ text }) =>
      text.includes('image_url')
        ? {
            status: 500,
            json: {
              error: { code: 500, message: 'image input is not supported - hint: you may need to provide the mmproj' },
            },
          }
        : recordedReply('openai-chat-hole.sse'),
    );
    const parts = await collect(llamaCppWire().stream(wireCall(url, { input })));
    assert.match(parts.map((part) => (part.type === 'warning' ? part.message : '')).join(''), /sees no images/);
  });
});
