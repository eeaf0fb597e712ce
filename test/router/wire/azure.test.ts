import assert from 'node:assert/strict';
import { credentialOf } from '../../../src/router/credential.ts';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { azureWire } from '../../../src/router/wire/azure.ts';
import { azureUrl } from '../../../src/router/wire/azure-url.ts';
import {
  type Loopback,
  type Responder,
  bodyOf,
  collect,
  probeCall,
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

const azure = (): ReturnType<typeof azureWire> => azureWire({ apiOption: 'api' });
const model = 'our deployment';
const plain: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };

describe('the address of an Azure deployment', () => {
  const resource = 'https://ours.openai.azure.com';
  const v1 = `${resource}/openai/v1/chat/completions`;
  const dated = `${resource}/openai/deployments/our%20deployment/chat/completions?api-version=2024-10-21`;
  const forms: readonly (readonly [baseUrl: string, apiVersion: string, expected: string])[] = [
    [resource, '', v1],
    [`${resource}/`, '', v1],
    [`${resource}/openai`, '', v1],
    [`${resource}/openai/v1/`, '', v1],
    [`${resource}/openai/v1/chat/completions`, '', v1],
    [`${resource}/openai/v1/responses`, '', v1],
    [`${resource}/openai/v1?api-version=preview`, '', v1],
    [resource, 'v1', v1],
    [resource, '2024-10-21', dated],
    [`${resource}/openai/v1`, '2024-10-21', dated],
    [`${resource}/openai/deployments/theirs/chat/completions?api-version=2024-10-21`, '', dated],
    [`${resource}/openai/deployments/theirs?api-version=2023-05-15`, '2024-10-21', dated],
    ['https://ours.services.ai.azure.com', '', 'https://ours.services.ai.azure.com/openai/v1/chat/completions'],
    [
      'https://ours.services.ai.azure.com/api/projects/p/openai/v1',
      '',
      'https://ours.services.ai.azure.com/api/projects/p/openai/v1/chat/completions',
    ],
    ['https://gateway.example/llm/openai', '', 'https://gateway.example/llm/openai/v1/chat/completions'],
  ];
  for (const [baseUrl, apiVersion, expected] of forms) {
    it(`is found from ${baseUrl}${apiVersion === '' ? '' : ` and ${apiVersion}`}`, () => {
      const url = azureUrl({ baseUrl, options: { apiVersion } }, 'chat/completions', model);
      assert.equal(url.href, expected);
    });
  }

  it('keeps what a deployment is called in one piece', () => {
    const url = azureUrl({ baseUrl: resource, options: { apiVersion: '2024-10-21' } }, 'chat/completions', 'a/b?c');
    assert.equal(url.pathname, '/openai/deployments/a%2Fb%3Fc/chat/completions');
  });

  it('of Responses and of models has no deployment in it', () => {
    const call = { baseUrl: resource, options: { apiVersion: '2025-04-01-preview' } };
    assert.equal(
      azureUrl(call, 'responses', model).href,
      `${resource}/openai/responses?api-version=2025-04-01-preview`,
    );
    assert.equal(azureUrl(call, 'models', undefined).href, `${resource}/openai/models?api-version=2025-04-01-preview`);
  });

  it('that is none is named as such', () => {
    assert.throws(() => azureUrl({ baseUrl: 'ours', options: {} }, 'models', undefined), { kind: 'invalid-config' });
  });
});

describe('a chat with Azure', () => {
  it('authenticates with a key in a header of its own, and with the token of a sign-in as usual', async () => {
    const { url, received } = await start(() => recordedReply('azure-chat-hole.sse'));
    const wire = azure();
    const key = credentialOf('api-key', 'key-12345678');
    const token = credentialOf('access-token', 'eyJ0oken12345');
    for (const credential of [key, token]) {
      await collect(wire.stream(wireCall(url, { model, input: plain, credential })));
      await wire.probe(probeCall(url, { model, credential }));
    }
    assert.deepEqual(
      received.map(({ headers }) => [headers['api-key'], headers.authorization]),
      [
        ['key-12345678', undefined],
        ['key-12345678', undefined],
        [undefined, 'Bearer eyJ0oken12345'],
        [undefined, 'Bearer eyJ0oken12345'],
      ],
    );
  });

  it('reads past what the content filters noted', async () => {
    const { url, received } = await start(() => recordedReply('azure-chat-hole.sse'));
    const parts = await collect(azure().stream(wireCall(url, { model, fim: { type: 'hole-filler' } })));
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    assert.equal(received[0]?.path, '/openai/v1/chat/completions');
    assert.equal(bodyOf(received[0])['model'], model);
  });

  it('ends as refused where a filter stepped in', async () => {
    const { url } = await start(() => recordedReply('azure-chat-filtered.sse'));
    const parts = await collect(azure().stream(wireCall(url, { model, input: plain })));
    assert.equal(textOf(parts), 'First you');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'refused' });
  });

  it('fails as refused where the filter did not let the question through', async () => {
    const error = {
      message: 'The response was filtered due to the prompt triggering the content management policy.',
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
    };
    const { url } = await start(() => ({ status: 400, json: { error } }));
    await assert.rejects(collect(azure().stream(wireCall(url, { model, input: plain }))), {
      kind: 'refused',
      retryable: false,
    });
  });

  it('fails with an error inside the answer, behind the notes of the filters', async () => {
    const { url } = await start(() => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [
        'data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}\n\n',
        'data: {"error":{"code":"429","message":"Requests have exceeded the token rate limit.","type":"too_many_requests"}}\n\n',
      ],
    }));
    await assert.rejects(collect(azure().stream(wireCall(url, { model, input: plain }))), { kind: 'rate-limit' });
  });

  it('goes through Responses where the settings say so, and through chat where there is none', async () => {
    const { url, received } = await start(({ path }) =>
      path === '/openai/v1/responses' ? { status: 404, json: {} } : recordedReply('azure-chat-hole.sse'),
    );
    const wire = azure();
    for (let count = 0; count < 2; count++) {
      await collect(wire.stream(wireCall(url, { model, input: plain, options: { api: 'responses' } })));
    }
    assert.deepEqual(
      received.map(({ path }) => path),
      ['/openai/v1/responses', '/openai/v1/chat/completions', '/openai/v1/chat/completions'],
    );
  });
});

describe('a probe of Azure', () => {
  const lists: Responder = ({ path }) =>
    path.includes('/models')
      ? { json: { data: [{ id: 'gpt-6-sol' }] } }
      : { status: 400, json: { error: { message: 'messages' } } };

  it('finds a deployment by how it refuses a request without messages', async () => {
    const { url, received } = await start(lists);
    const result = await azure().probe(probeCall(url, { model, options: { apiVersion: '2024-10-21' } }));
    assert.deepEqual(
      [result.modelPresent, result.models, result.fim.type, result.problem],
      [true, [model], 'hole-filler', undefined],
    );
    assert.deepEqual(
      received.map(({ path }) => path),
      ['/openai/deployments/our%20deployment/chat/completions?api-version=2024-10-21'],
    );
    assert.equal('messages' in bodyOf(received[0]), false);
  });

  it('says that there is no such deployment', async () => {
    const { url } = await start(() => ({
      status: 404,
      json: { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
    }));
    const result = await azure().probe(probeCall(url, { model }));
    assert.equal(result.modelPresent, false);
    assert.match(result.problem ?? '', /no deployment our deployment.*not the name of the model/);
  });

  it('offers no model of the catalogue as a deployment, and asks for a name', async () => {
    const { url } = await start(lists);
    const result = await azure().probe(probeCall(url));
    assert.equal(result.reachable, true);
    assert.deepEqual(result.models, []);
    assert.match(result.problem ?? '', /Name the deployment/);
  });

  it('finds out that the key is wrong', async () => {
    const { url } = await start(() => ({ status: 401, json: { error: { message: 'Access denied' } } }));
    for (const named of [model, undefined]) {
      const result = await azure().probe(
        probeCall(url, { model: named, credential: credentialOf('api-key', 'key-12345678') }),
      );
      assert.deepEqual([result.reachable, result.keyAccepted], [true, false]);
    }
  });

  it('is not misled by a resource that is away', async () => {
    const { url, close } = await start(() => ({}));
    await close();
    const result = await azure().probe(probeCall(url, { model }));
    assert.equal(result.reachable, false);
    assert.match(result.problem ?? '', /127\.0\.0\.1/);
  });
});
