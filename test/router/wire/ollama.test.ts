import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { holePrompt } from '../../../src/router/fim/hole-filler.ts';
import { renderRawPrompt } from '../../../src/router/fim/templates.ts';
import { ollamaWire } from '../../../src/router/wire/ollama.ts';
import type { FimMode } from '../../../src/router/wire.ts';
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

const generated = (): ReturnType<Responder> => recordedReply('ollama-generate.ndjson');
const model = 'qwen2.5-coder:1.5b';
const qwenStops = renderRawPrompt('qwen-coder', hole).stops;

describe('what Ollama is asked', () => {
  it('is a suffix for a model that inserts, with the stops of its own file', async () => {
    const { url, received } = await start(generated);
    const limits = { maxOutputTokens: 64, stop: ['\n'], temperature: 0 };
    const input = { ...hole, snippets: [otherFile] };
    const parts = await collect(
      ollamaWire().stream(
        wireCall(`${url}/v1/`, {
          model,
          input,
          limits,
          credential: credentialOf('api-key', 'sk-key-1'),
          headers: { 'x-team': 'a' },
        }),
      ),
    );
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/api/generate',
      headers: {
        accept: 'application/x-ndjson',
        'content-type': 'application/json',
        authorization: 'Bearer sk-key-1',
        'x-team': 'a',
      },
      body: {
        model,
        prompt: `// Path: src/unit.ts\n// export const unit = 1;\n// Path: src/area.ts\n${hole.prefix}`,
        suffix: hole.suffix,
        think: false,
        options: { num_predict: 64, stop: ['\n', ...qwenStops], temperature: 0 },
        stream: true,
        keep_alive: '30m',
      },
    });
    assert.deepEqual(parts.slice(-2), [
      {
        type: 'usage',
        usage: { inputUncached: 25, inputCacheRead: 0, inputCacheWrite: 0, output: 7, reasoning: 0, estimated: false },
      },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('has a suffix also at the end of a file, where the template would take its chat form', async () => {
    const { url, received } = await start(generated);
    await collect(ollamaWire().stream(wireCall(url, { model, input: { ...hole, suffix: '' } })));
    assert.equal(bodyOf(received[0])['suffix'], '\n');
  });

  it('has no control token from the text, for Ollama renders the template as text', async () => {
    const { url, received } = await start(generated);
    for (const name of [model, 'unknown-model']) {
      await collect(
        ollamaWire().stream(wireCall(url, { model: name, input: { ...hole, prefix: '"<|fim_middle|>" + ' } })),
      );
    }
    for (const { text } of received) assert.ok(!text.includes('<|fim_middle|>" +'));
  });

  it('is a raw prompt where only the template is known', async () => {
    const { url, received } = await start(generated);
    const fim: FimMode = { type: 'template', family: 'codestral' };
    await collect(ollamaWire().stream(wireCall(url, { fim })));
    assert.deepEqual(received[0]?.body, {
      model: 'some-model',
      prompt: `[SUFFIX]${hole.suffix}[PREFIX]${hole.prefix}`,
      raw: true,
      think: false,
      options: { num_predict: 64, stop: ['[PREFIX]', '[SUFFIX]', '</s>', '\n+++++ '] },
      stream: true,
      keep_alive: '30m',
    });
  });

  it('is a chat for a model that knows neither, without thinking', async () => {
    const { url, received } = await start(() => recordedReply('ollama-chat.ndjson'));
    await collect(ollamaWire().stream(wireCall(url, { fim: { type: 'hole-filler' } })));
    const prompt = holePrompt(hole, 'prefix-first');
    assert.equal(received[0]?.path, '/api/chat');
    assert.deepEqual(received[0]?.body, {
      model: 'some-model',
      messages: [
        { role: 'system', content: prompt.system },
        { role: 'user', content: prompt.file },
      ],
      think: false,
      options: { num_predict: 80, stop: ['</completion>'] },
      stream: true,
      keep_alive: '30m',
    });
  });

  it('is plain chat text, whose thinking is told apart', async () => {
    const { url, received } = await start(() => recordedReply('ollama-chat.ndjson'));
    const parts = await collect(
      ollamaWire().stream(
        wireCall(url, {
          input: {
            type: 'chat',
            system: 'Be kind.',
            messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
          },
        }),
      ),
    );
    assert.deepEqual(bodyOf(received[0])['messages'], [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ]);
    assert.deepEqual(parts[0], { type: 'reasoning-delta', text: 'Politeness.' });
    assert.equal(textOf(parts), 'Hello!');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' });
  });
});

describe('an Ollama model without insert', () => {
  const refusal = { status: 400, json: { error: 'registry.ollama.ai/library/x does not support insert' } };

  it('is asked by its template, and that is learned', async () => {
    const { url, received } = await start(({ body }) => ('suffix' in (body as object) ? refusal : generated()));
    const learned: FimMode[] = [];
    const parts = await collect(
      ollamaWire().stream(wireCall(url, { model, onFimLearned: (fim) => learned.push(fim) })),
    );
    assert.ok(textOf(parts).startsWith('th * height'));
    assert.deepEqual(learned, [{ type: 'template', family: 'qwen-coder' }]);
    assert.equal(bodyOf(received[1])['raw'], true);
  });

  it('is asked by chat if no template is known', async () => {
    const { url } = await start(({ path }) => (path === '/api/chat' ? recordedReply('ollama-chat.ndjson') : refusal));
    const learned: FimMode[] = [];
    await collect(ollamaWire().stream(wireCall(url, { model: 'llama3.2', onFimLearned: (fim) => learned.push(fim) })));
    assert.deepEqual(learned, [{ type: 'hole-filler' }]);
  });

  it('is not sought behind another 400', async () => {
    const { url, received } = await start(() => ({ status: 400, json: { error: 'invalid options: num_predict' } }));
    await assert.rejects(() => collect(ollamaWire().stream(wireCall(url))), { kind: 'bad-response' });
    assert.equal(received.length, 1);
  });

  it('is an error where nothing fills holes', async () => {
    const { url, received } = await start(generated);
    await assert.rejects(
      () => collect(ollamaWire().stream(wireCall(url, { fim: { type: 'none' } }))),
      (error: unknown) =>
        error instanceof ReaperError && error.kind === 'invalid-config' && error.message.includes('some-model'),
    );
    assert.equal(received.length, 0);
  });
});

describe('an error inside the stream of Ollama', () => {
  it('ends the text with the error, after a count of what came', async () => {
    const { url } = await start(() => recordedReply('ollama-error.ndjson'));
    const types: string[] = [];
    await assert.rejects(
      async () => {
        for await (const part of ollamaWire().stream(wireCall(url))) types.push(part.type);
      },
      (error: unknown) => error instanceof ReaperError && error.message.includes('CUDA error'),
    );
    assert.deepEqual(types, ['text-delta', 'usage']);
  });
});

describe('a probe of Ollama', () => {
  const tags = (...names: readonly string[]): ReturnType<Responder> => ({
    json: { models: names.map((name) => ({ name, model: name })) },
  });

  function ollama(models: Readonly<Record<string, object>>): Responder {
    return ({ path, body }) => {
      if (path === '/api/tags') return tags(...Object.keys(models));
      const { model: name } = body as { model: string };
      const shown = models[name] ?? models[`${name}:latest`];
      return shown === undefined ? { status: 404, json: { error: 'model not found' } } : { json: shown };
    };
  }

  it('finds the model that inserts, whatever stands before it in the list', async () => {
    const { url, received } = await start(
      ollama({
        'nomic-embed-text:latest': { capabilities: ['embedding'] },
        'llama3.2:3b': { capabilities: ['completion', 'tools'] },
        [model]: { capabilities: ['completion', 'insert'] },
      }),
    );
    const result = await ollamaWire().probe(probeCall(url));
    assert.equal(result.reachable, true);
    assert.equal(result.model, model);
    assert.deepEqual(result.fim, { type: 'native' });
    assert.equal(result.models.length, 3);
    assert.ok(result.roundTripMs > 0);
    assert.ok(
      received.every(({ path }) => path === '/api/tags' || path === '/api/show'),
      'no tokens',
    );
  });

  it('knows old servers by the template, other models by their family, the rest by chat', async () => {
    const { url } = await start(
      ollama({
        'old-coder:latest': { template: '{{- if .Suffix }}<PRE>{{ .Prompt }}<SUF>{{ .Suffix }}{{ end }}' },
        'starcoder2:3b': { capabilities: ['completion'] },
        'llama3.2:3b': { capabilities: ['completion'] },
        'embed:latest': { capabilities: ['embedding'] },
      }),
    );
    const fimOf = async (name: string): Promise<FimMode> =>
      (await ollamaWire().probe(probeCall(url, { model: name }))).fim;
    assert.deepEqual(await fimOf('old-coder'), { type: 'native' });
    assert.deepEqual(await fimOf('starcoder2:3b'), { type: 'template', family: 'starcoder2' });
    assert.deepEqual(await fimOf('llama3.2:3b'), { type: 'hole-filler' });
    assert.deepEqual(await fimOf('embed'), { type: 'none' });
  });

  it('says which model is missing and how to get it', async () => {
    const { url } = await start(ollama({ 'llama3.2:3b': { capabilities: ['completion'] } }));
    const result = await ollamaWire().probe(probeCall(url, { model }));
    assert.equal(result.modelPresent, false);
    assert.deepEqual(result.fim, { type: 'none' });
    assert.match(
      result.problem ?? '',
      /qwen2\.5-coder:1\.5b is not there.*llama3\.2:3b.*ollama pull qwen2\.5-coder:1\.5b/,
    );
  });

  it('says what to get when there is no model at all', async () => {
    const { url } = await start(ollama({}));
    const result = await ollamaWire().probe(probeCall(url));
    assert.match(result.problem ?? '', /ollama pull/);
  });

  it('is a result also where nothing answers, or something else does', async () => {
    const { url, close } = await start(() => ({ chunks: ['<html>'], headers: { 'content-type': 'text/html' } }));
    const other = await ollamaWire().probe(probeCall(url));
    assert.equal(other.reachable, true);
    assert.match(other.problem ?? '', /web page/);
    await close();
    const nobody = await ollamaWire().probe(probeCall(url));
    assert.equal(nobody.reachable, false);
    assert.match(nobody.problem ?? '', /Nothing answers/);
    const wrong = await ollamaWire().probe(probeCall('localhost:11434'));
    assert.equal(wrong.reachable, false);
    assert.match(wrong.problem ?? '', /base URL/);
  });

  it('is cancelled by its signal', async () => {
    const { url } = await start(() => tags());
    await assert.rejects(() => ollamaWire().probe(probeCall(url, { signal: AbortSignal.abort() })), {
      kind: 'cancelled',
    });
  });
});
