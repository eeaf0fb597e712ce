import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { credentialOf } from '../../../src/router/credential.ts';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { vertex } from '../../../src/router/providers/vertex.ts';
import { vertexWire } from '../../../src/router/wire/vertex.ts';
import type { WireCall, WireModule } from '../../../src/router/wire.ts';
import type { Exchange, Script } from '../../fakes/model-server.ts';
import { enterGoogleMachine, type GoogleMachine, type GoogleServers, startGoogleServers } from './google-machine.ts';
import { collect, probeCall, recorded, textOf, wireCall } from './loopback.ts';

let google: GoogleServers;
let machine: GoogleMachine;
const options = { project: 'my-project', location: 'europe-west4', credentials: 'google' };
const machineOptions = { ...options, credentials: 'application-default' };
const signedIn = credentialOf('access-token', 'ya29.signed-in');
const MODELS = '/v1/projects/my-project/locations/europe-west4/publishers';
const chat: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };
const wire = (): WireModule => vertexWire({ order: 'suffix-first' });

function stream({ begin, write, end }: Exchange, file: string): void {
  begin('text/event-stream');
  write(recorded(file).join(''));
  end();
}

/** Google's token server mints `ya29.1`, `ya29.2`, …; Vertex answers as the test says. */
async function start(vertexScript: Script): Promise<Partial<WireCall>> {
  let minted = 0;
  google = await startGoogleServers((exchange) => {
    if (!exchange.request.path.startsWith('/oauth2.')) return vertexScript(exchange);
    const json = JSON.stringify({ access_token: `ya29.${++minted}`, expires_in: 3600 });
    exchange.answer(200, { 'content-type': 'application/json' }, json);
    return undefined;
  });
  return { fetch: google.fetch, options, credential: signedIn, input: chat };
}

const base = 'https://europe-west4-aiplatform.googleapis.com';
const HOST = '/europe-west4-aiplatform.googleapis.com';
const login = {
  type: 'authorized_user',
  client_id: 'c',
  client_secret: 's',
  refresh_token: 'r',
  quota_project_id: 'billed',
};

describe('Vertex AI', () => {
  beforeEach(() => (machine = enterGoogleMachine()));
  afterEach(async () => {
    machine.leave();
    await google.close();
  });

  describe('the address of Vertex AI', () => {
    it('follows from the location, and from nothing that is none', async () => {
      google = await startGoogleServers(() => undefined);
      const of = (location: string): string | undefined => vertex.baseUrlFor?.({ location });
      assert.equal(of('global'), 'https://aiplatform.googleapis.com');
      assert.equal(vertex.baseUrlFor?.({}), 'https://aiplatform.googleapis.com');
      assert.equal(of('europe-west4'), base);
      assert.equal(of('eu'), 'https://aiplatform.eu.rep.googleapis.com');
      for (const wrong of ['evil.example/', 'a@b', 'us-central1.evil', '', '../x'])
        assert.equal(of(wrong), undefined, wrong);
    });
  });

  describe('what Vertex AI is asked', () => {
    it('is Gemini by its path, without ids of calls, in the name of who signed in', async () => {
      const over = await start((exchange) => stream(exchange, 'gemini-tools.sse'));
      const input: ChatInput = {
        ...chat,
        messages: [
          ...chat.messages,
          { role: 'assistant', content: [{ type: 'tool-call', id: 'c1', name: 'look', json: '{}' }] },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'look', isError: false, content: [] }],
          },
        ],
      };
      const parts = await collect(wire().stream(wireCall(base, { ...over, model: 'gemini-3.8-flash', input })));
      assert.equal(textOf(parts), 'I will look.');
      const [request] = google.server.requests;
      assert.equal(request?.path, `${HOST}${MODELS}/google/models/gemini-3.8-flash:streamGenerateContent?alt=sse`);
      assert.equal(request.headers.authorization, 'Bearer ya29.signed-in');
      assert.ok(!request.body.includes('"id"'));
      assert.equal(google.server.requests.length, 1);
    });

    it('is Claude in its own words: the model in the path, the version in the body', async () => {
      const over = await start((exchange) => stream(exchange, 'anthropic-tools.sse'));
      const model = 'claude-haiku-4-5@20251001';
      const parts = await collect(wire().stream(wireCall(base, { ...over, model })));
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'tool-calls' });
      const [request] = google.server.requests;
      assert.equal(request?.path, `${HOST}${MODELS}/anthropic/models/${model}:streamRawPredict`);
      assert.deepEqual(JSON.parse(request.body), {
        anthropic_version: 'vertex-2023-10-16',
        max_tokens: 64,
        messages: [{ role: 'user', content: 'Hi' }],
        stream: true,
      });
    });

    it('may be of any publisher, and leads nowhere else', async () => {
      const over = await start((exchange) => stream(exchange, 'gemini-hole.sse'));
      for (const model of ['google/gemini-x', '../../evil', 'google/../../evil', '..']) {
        await collect(wire().stream(wireCall(base, { ...over, model })));
      }
      const paths = google.server.requests.map(({ path }) => path);
      assert.match(paths[0] ?? '', /publishers\/google\/models\/gemini-x:/);
      for (const path of paths) assert.ok(path.startsWith(`${HOST}${MODELS}/`), path);
    });

    it('is signed by the machine: the token is kept, replaced once when it is not taken, and the project told', async () => {
      machine.useLogin(login);
      let rejected = 0;
      const over = await start((exchange) => {
        if (exchange.request.headers.authorization === 'Bearer ya29.1' && rejected++ === 0) {
          exchange.answer(401, {}, '{"error":{"code":401,"status":"UNAUTHENTICATED","message":"expired"}}');
        } else stream(exchange, 'gemini-hole.sse');
      });
      const wired = wire();
      const call = wireCall(base, {
        ...over,
        model: 'gemini-3.8-flash',
        options: machineOptions,
        credential: undefined,
      });
      for (let count = 0; count < 2; count++) await collect(wired.stream(call));
      const sent = google.server.requests.filter(({ path }) => path.startsWith(HOST));
      assert.deepEqual(
        sent.map(({ headers }) => headers.authorization),
        ['Bearer ya29.1', 'Bearer ya29.2', 'Bearer ya29.2'],
      );
      assert.equal(sent[0]?.headers['x-goog-user-project'], 'billed');
    });

    it('is not asked twice when a fresh token is not taken either', async () => {
      machine.useLogin(login);
      const over = await start(({ answer }) => answer(401, {}, '{"error":{"code":401,"message":"no"}}'));
      const call = wireCall(base, {
        ...over,
        model: 'gemini-3.8-flash',
        options: machineOptions,
        credential: undefined,
      });
      await assert.rejects(collect(wire().stream(call)), { kind: 'auth', status: 401 });
      assert.equal(google.server.requests.filter(({ path }) => path.startsWith(HOST)).length, 2);
    });

    it('is nothing before a project and an account are there: the error says what to do', async () => {
      const over = await start(() => undefined);
      const call = (more: Partial<WireCall>): Promise<unknown> =>
        collect(wire().stream(wireCall(base, { ...over, model: 'gemini-3.8-flash', ...more })));
      const says =
        (kind: string, text: RegExp) =>
        (error: unknown): boolean =>
          error instanceof ReaperError && error.kind === kind && text.test(error.message);
      await assert.rejects(
        call({ options: { ...options, project: ' ' } }),
        says('invalid-config', /No Google Cloud project/),
      );
      await assert.rejects(call({ credential: undefined }), says('auth', /Sign in with “Reaper: Sign In…”/));
      assert.equal(google.server.requests.length, 0);
    });
  });

  describe('a probe of Vertex AI', () => {
    const names = (publisher: string, ...models: readonly string[]): string =>
      JSON.stringify({ publisherModels: models.map((name) => ({ name: `publishers/${publisher}/models/${name}` })) });

    it('lists what may be asked, for nothing, and tries the project', async () => {
      const over = await start(({ request, answer }) => {
        const isGoogle = request.path.includes('/google/');
        const json = isGoogle ? names('google', 'gemini-3.8-flash', 'imagen-5') : names('anthropic', 'claude-opus-5-5');
        answer(200, { 'content-type': 'application/json' }, json);
      });
      const { input: _input, ...rest } = over;
      const result = await wire().probe(probeCall(base, { ...rest, model: 'claude-opus-5-5' }));
      assert.deepEqual(
        [result.reachable, result.keyAccepted, result.models, result.modelPresent, result.problem],
        [true, true, ['gemini-3.8-flash', 'claude-opus-5-5'], true, undefined],
      );
      assert.equal(google.server.requests[0]?.path, `${HOST}/v1beta1/publishers/google/models?pageSize=300`);
      assert.equal(google.server.requests[0].headers['x-goog-user-project'], 'my-project');
    });

    it('is made in the name of the machine where that is wanted, whoever else is signed in', async () => {
      machine.useLogin(login);
      const over = await start(({ answer }) => answer(200, {}, names('google', 'gemini-3.8-flash')));
      const { input: _input, ...rest } = over;
      const call = probeCall(base, { ...rest, options: machineOptions });
      assert.deepEqual((await wire().probe(call)).models, ['gemini-3.8-flash']);
      const asked = google.server.requests.filter(({ path }) => path.startsWith(HOST));
      assert.deepEqual(
        asked.map(({ headers }) => headers.authorization),
        ['Bearer ya29.1', 'Bearer ya29.1'],
      );
    });

    it('says what is wrong with the project or the account', async () => {
      const over = await start(({ answer }) =>
        answer(
          403,
          {},
          '{"error":{"code":403,"status":"PERMISSION_DENIED","message":"Vertex AI API has not been used in project my-project"}}',
        ),
      );
      const { input: _input, ...rest } = over;
      const result = await wire().probe(probeCall(base, { ...rest, model: 'gemini-3.8-flash' }));
      assert.equal(result.keyAccepted, false);
      assert.match(result.problem ?? '', /Vertex AI API has not been used/);
      const nobody = await wire().probe(probeCall(base, { ...rest, credential: undefined }));
      assert.match(nobody.problem ?? '', /Google account/);
    });
  });
});
