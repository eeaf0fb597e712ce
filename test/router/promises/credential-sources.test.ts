/** Where credentials come from is somebody's server too: none is asked, and none quoted, where the user forbids it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '../../fakes/model-server.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import { createEgress } from '../../../src/privacy/egress-policy.ts';
import { createTransport, type MeteredFetch } from '../../../src/router/transport.ts';
import { bedrockWire } from '../../../src/router/wire/bedrock.ts';
import { createGoogleCredentials } from '../../../src/router/wire/google-credentials.ts';
import { enterGoogleMachine, type GoogleMachine } from '../wire/google-machine.ts';
import { never } from '../router-fixture.ts';

let localOnly = true;
const egress = createEgress({ settings: () => ({ localOnly, localHosts: [] }), clock: createFakeClock() });
const asked = (): readonly string[] => egress.log.entries().map(({ host }) => host);

describe('the credentials of a machine at Amazon', () => {
  const before = { ...process.env };
  let folder: string;
  let metadata: ModelServer;
  let metered: MeteredFetch;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reaper-aws-'));
    metadata = await startModelServer(({ answer }) => answer(404, {}));
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
    process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = metadata.url;
    writeFileSync(
      join(folder, 'config'),
      '[profile machine]\nrole_arn = arn:aws:iam::123456789012:role/dev\ncredential_source = Ec2InstanceMetadata\n' +
        '[profile container]\nrole_arn = arn:aws:iam::123456789012:role/dev\ncredential_source = EcsContainer\n',
    );
    metered = createTransport({ fetch: globalThis.fetch, egress })({
      providerId: 'p',
      purpose: 'chat',
      signal: never,
    });
  });

  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(folder, { recursive: true });
    await metadata.close();
  });

  const probe = async (profile: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    try {
      const { problem } = await bedrockWire({ order: 'suffix-first' }).probe({
        baseUrl: metadata.url,
        model: 'm',
        credential: undefined,
        options: { region: 'us-east-1', profile },
        headers,
        fetch: metered.fetch,
        exchange: metered.exchange,
        signal: never,
      });
      return problem ?? '';
    } catch (error) {
      return String(error);
    }
  };

  for (const profile of ['', 'machine', 'container']) {
    it(`are not asked for where nothing may leave the machine (profile “${profile}”)`, async () => {
      localOnly = true;
      if (profile === 'container') process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = metadata.url;
      assert.match(await probe(profile), /Nothing is sent to 169\.254\.\d+\.\d+ because reaper\.privacy\.localOnly/);
      assert.equal(metadata.connections, 0);
    });
  }

  it('are not asked for behind an address of a container either', async () => {
    localOnly = true;
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = metadata.url;
    assert.match(await probe(''), /Nothing is sent to 169\.254\.170\.2/);
    assert.equal(metadata.connections, 0);
  });

  it('are got without the headers that are meant for the model, and are quoted by nobody', async () => {
    localOnly = false;
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDPLANTED';
    writeFileSync(
      join(folder, 'config'),
      '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = base\nregion = us-east-1\n' +
        '[profile base]\naws_access_key_id = AKIDPLANTED\naws_secret_access_key = planted-secret\naws_session_token = planted-session-token\n',
    );
    const sent: Headers[] = [];
    const quoting = (_: unknown, init?: RequestInit): Promise<Response> => {
      const headers = new Headers(init?.headers);
      sent.push(headers);
      return Promise.resolve(Response.json({ message: JSON.stringify([...headers]) }, { status: 403 }));
    };
    metered = createTransport({ fetch: quoting, egress })({
      providerId: 'p',
      purpose: 'chat',
      signal: never,
    });
    assert.doesNotMatch(await probe('role', { 'x-team-token': 'planted-header' }), /planted|PLANTED/);
    assert.match(asked().at(-1) ?? '', /^sts\./);
    assert.ok(sent.length > 0 && sent.every((headers) => !headers.has('x-team-token')));
  });

  it('are in the egress log when they are asked for', async () => {
    localOnly = false;
    const count = asked().length;
    assert.match(await probe(''), /No AWS credentials were found/);
    assert.ok(metadata.connections > 0);
    assert.deepEqual(asked().slice(count), ['169.254.169.254']);
  });
});

describe('application-default credentials', () => {
  const login = {
    type: 'authorized_user',
    client_id: 'c.apps.googleusercontent.com',
    client_secret: 'planted-client-secret-1',
    refresh_token: 'planted-refresh/token+2',
  };
  let machine: GoogleMachine;
  beforeEach(() => (machine = enterGoogleMachine()));
  afterEach(() => machine.leave());

  const tokenThrough = (fetch: typeof globalThis.fetch, isGoogleMachine: boolean): Promise<unknown> => {
    const metered = createTransport({ fetch, egress })({ providerId: 'p', purpose: 'chat', signal: never });
    const target = { baseUrl: 'http://127.0.0.1', model: undefined, credential: undefined, headers: {} };
    return createGoogleCredentials({ isGoogleMachine: () => Promise.resolve(isGoogleMachine) }).token({
      ...target,
      fetch: metered.fetch,
      signal: never,
    });
  };

  for (const source of ['the file', 'the metadata server'] as const) {
    it(`ask nobody by ${source} where nothing may leave the machine`, async () => {
      localOnly = true;
      if (source === 'the file') machine.useLogin(login);
      let requests = 0;
      const fetch = (): Promise<Response> => Promise.resolve(Response.json({ access_token: `t${++requests}` }));
      await assert.rejects(tokenThrough(fetch, true), { kind: 'privacy' });
      assert.equal(requests, 0);
    });
  }

  for (const status of [400, 401, 429, 500]) {
    it(`are not in the error when the server of tokens quotes them with a ${status}`, async () => {
      localOnly = false;
      machine.useLogin(login);
      const quoting = async (_: unknown, init?: RequestInit): Promise<Response> => {
        const sent = [...new URLSearchParams(await new Response(init?.body).text()).values()].join(' ');
        return Response.json({ error: { message: `bad: ${sent}` } }, { status });
      };
      await assert.rejects(tokenThrough(quoting, false), (error: Error) => {
        for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
          assert.doesNotMatch(`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`, /planted-/);
        }
        return true;
      });
    });
  }
});
