import assert from 'node:assert/strict';
import { mistralWire } from '../../../src/router/wire/mistral.ts';
import {
  type Loopback,
  type Responder,
  askedOf,
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

const model = 'codestral-latest';

describe('what Mistral is asked', () => {
  it('is a hole at its own endpoint, with other files under the headings that Codestral knows', async () => {
    const { url, received } = await start(() => recordedReply('mistral-fim.sse'));
    const limits = { maxOutputTokens: 64, stop: ['\n\n'], temperature: 0 };
    const input = { ...hole, snippets: [otherFile] };
    const parts = await collect(
      mistralWire().stream(
        wireCall(`${url}/v1`, { model, input, limits, credential: credentialOf('api-key', 'sk-key-1') }),
      ),
    );
    assert.deepEqual(askedOf(received[0]), {
      method: 'POST',
      path: '/v1/fim/completions',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer sk-key-1' },
      body: {
        model,
        prompt: `+++++ src/unit.ts\n${otherFile.text}\n\n+++++ src/area.ts\n${hole.prefix}`,
        suffix: hole.suffix,
        max_tokens: 64,
        stop: ['\n\n', '\n+++++ '],
        temperature: 0,
        stream: true,
      },
    });
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' });
  });

  it('has neither headings nor stops where none are needed', async () => {
    const { url, received } = await start(() => recordedReply('mistral-fim.sse'));
    await collect(mistralWire().stream(wireCall(url, { model })));
    assert.deepEqual(received[0]?.body, {
      model,
      prompt: hole.prefix,
      suffix: hole.suffix,
      max_tokens: 64,
      stream: true,
    });
  });

  it('is a chat for text and for models that fill holes so', async () => {
    const { url, received } = await start(() => recordedReply('openai-chat-hole.sse'));
    await collect(mistralWire().stream(wireCall(url, { fim: { type: 'hole-filler' } })));
    assert.equal(received[0]?.path, '/v1/chat/completions');
  });
});

describe('a probe of Mistral', () => {
  it('says whether the key is good and the model there', async () => {
    const { url } = await start(({ headers }) =>
      headers.authorization === 'Bearer sk-good'
        ? { json: { data: [{ id: model }] } }
        : { status: 401, json: { message: 'Unauthorized' } },
    );
    const good = await mistralWire().probe(probeCall(url, { model, credential: credentialOf('api-key', 'sk-good') }));
    assert.equal(good.keyAccepted, true);
    assert.equal(good.modelPresent, true);
    assert.deepEqual(good.fim, { type: 'native' });
    const bad = await mistralWire().probe(probeCall(url, { model, credential: credentialOf('api-key', 'sk-bad') }));
    assert.equal(bad.keyAccepted, false);
    const missing = await mistralWire().probe(
      probeCall(url, { model: 'codestral-9', credential: credentialOf('api-key', 'sk-good') }),
    );
    assert.match(missing.problem ?? '', /codestral-9 is not there.*codestral-latest/);
  });

  it('does without a list of models, which codestral.mistral.ai does not keep', async () => {
    const { url } = await start(() => ({ status: 404, json: { message: 'no Route matched' } }));
    const result = await mistralWire().probe(probeCall(url, { model }));
    assert.equal(result.modelPresent, undefined);
    assert.equal(result.problem, undefined);
  });
});
