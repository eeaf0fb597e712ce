import assert from 'node:assert/strict';
import type { FimMode } from '../../../src/router/wire.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import { type Loopback, type Reply, type Responder, probeCall, startLoopback } from './loopback.ts';
import { credentialOf } from '../../../src/router/credential.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

async function start(respond: Responder): Promise<Loopback> {
  server = await startLoopback(respond);
  return server;
}

const wire = openAiWire({ fim: 'find-out', maxTokensField: 'max_tokens', maxStops: 4 });
const coder = 'qwen2.5-coder-7b';

/** A server with models that answers an incomplete request in some way. */
function compatible(models: readonly string[], incomplete: Reply): Responder {
  return ({ path }) =>
    path === '/v1/models' ? { json: { object: 'list', data: models.map((id) => ({ id })) } } : incomplete;
}

const badRequest: Reply = { status: 400, json: { error: { message: "'prompt' is required" } } };

describe('a probe of an OpenAI-compatible server', () => {
  it('finds the first model that fills holes, by a request that costs nothing', async () => {
    const { url, received } = await start(compatible(['llama-3.3', coder], badRequest));
    const result = await wire.probe(probeCall(url));
    assert.equal(result.model, coder);
    assert.deepEqual(result.fim, { type: 'template', family: 'qwen-coder' });
    assert.deepEqual(result.models, ['llama-3.3', coder]);
    assert.equal(received[1]?.path, '/v1/completions');
    assert.deepEqual(received[1].body, { model: coder, max_tokens: 1, stream: false });
  });

  const verdicts: readonly (readonly [how: string, reply: Reply, fim: FimMode])[] = [
    ['refuses it as incomplete', badRequest, { type: 'template', family: 'qwen-coder' }],
    ['refuses it as malformed', { status: 422, json: { detail: 'x' } }, { type: 'template', family: 'qwen-coder' }],
    ['fails over it', { status: 500, chunks: ['oops'] }, { type: 'template', family: 'qwen-coder' }],
    ['answers it', { json: { choices: [{ text: '' }] } }, { type: 'template', family: 'qwen-coder' }],
    ['knows no such address', { status: 404, chunks: ['404'] }, { type: 'hole-filler' }],
    ['knows no such method', { status: 405, chunks: [''] }, { type: 'hole-filler' }],
    [
      'says so in a web page',
      { headers: { 'content-type': 'text/html' }, chunks: ['<html>'] },
      { type: 'hole-filler' },
    ],
  ];
  for (const [how, reply, fim] of verdicts) {
    it(`concludes from a server that ${how}`, async () => {
      const { url } = await start(compatible([coder], reply));
      assert.deepEqual((await wire.probe(probeCall(url, { model: coder }))).fim, fim);
    });
  }

  it('takes a model of no family for a chat model', async () => {
    const { url, received } = await start(compatible(['gpt-x'], badRequest));
    assert.deepEqual((await wire.probe(probeCall(url, { model: 'gpt-x' }))).fim, { type: 'hole-filler' });
    assert.equal(received[1]?.path, '/v1/chat/completions');
  });

  it('finds out that the key is wrong though the list of models is public, as at OpenRouter', async () => {
    const { url } = await start(
      compatible([coder], { status: 401, json: { error: { message: 'No auth credentials found' } } }),
    );
    const result = await wire.probe(
      probeCall(url, { model: coder, credential: credentialOf('api-key', 'sk-wrong-one') }),
    );
    assert.equal(result.reachable, true);
    assert.equal(result.keyAccepted, false);
    assert.match(result.problem ?? '', /did not accept the API key/);
  });

  it('bears a server without a list of models, if one is named', async () => {
    const { url } = await start(({ path }) => (path === '/v1/models' ? { status: 404, chunks: [''] } : badRequest));
    const named = await wire.probe(probeCall(url, { model: coder }));
    assert.deepEqual([named.modelPresent, named.problem], [undefined, undefined]);
    const unnamed = await wire.probe(probeCall(url));
    assert.match(unnamed.problem ?? '', /Name one in the settings/);
    assert.deepEqual(unnamed.fim, { type: 'none' });
  });

  it('bears a key that may not read the list, but may be answered', async () => {
    const refusal = 'You have insufficient permissions for this operation. Missing scopes: api.model.read.';
    const { url } = await start(({ path }) =>
      path === '/v1/models' ? { status: 403, json: { error: { message: refusal } } } : badRequest,
    );
    const credential = credentialOf('api-key', 'sk-restricted-1');
    const result = await wire.probe(probeCall(url, { model: coder, credential }));
    assert.deepEqual([result.keyAccepted, result.modelPresent, result.problem], [true, undefined, undefined]);
  });

  it('says which models are there instead of the one that is missing', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `model-${index}`);
    const { url } = await start(compatible(many, badRequest));
    const result = await wire.probe(probeCall(url, { model: 'absent' }));
    assert.equal(result.modelPresent, false);
    assert.match(result.problem ?? '', /absent is not there.*model-7, …/);
  });

  it('says that no model is loaded', async () => {
    const { url } = await start(compatible([], badRequest));
    assert.match((await wire.probe(probeCall(url))).problem ?? '', /no model loaded/);
  });

  it('bears lists of any shape', async () => {
    for (const json of [[], {}, { data: 3 }, { data: [null, { id: 4 }, { id: coder }] }, [{ id: coder }]]) {
      const { url, close } = await start(({ path }) => (path === '/v1/models' ? { json } : badRequest));
      const result = await wire.probe(probeCall(url));
      assert.equal(result.reachable, true);
      assert.ok(result.models.every((id) => typeof id === 'string'));
      await close();
    }
  });
});
