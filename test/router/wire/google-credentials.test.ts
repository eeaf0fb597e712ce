import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import type { Script } from '../../fakes/model-server.ts';
import { ReaperError } from '../../../src/base/errors.ts';
import { createGoogleCredentials, type GoogleCredentials } from '../../../src/router/wire/google-credentials.ts';
import type { Target } from '../../../src/router/wire/transport.ts';
import {
  enterGoogleMachine,
  type GoogleMachine,
  type GoogleServers,
  serviceAccount,
  serviceAccountKey,
  startGoogleServers,
} from './google-machine.ts';

const TOKEN_PATH = '/oauth2.googleapis.com/token';
const HOUR_MS = 3_600_000;
const login = {
  type: 'authorized_user',
  client_id: 'c.apps.googleusercontent.com',
  client_secret: 'not-so-secret',
  refresh_token: '1//refresh',
  quota_project_id: 'billed-project',
};

let machine: GoogleMachine;
let google: GoogleServers;
async function target(script: Script): Promise<Target> {
  google = await startGoogleServers(script);
  return {
    baseUrl: 'https://aiplatform.googleapis.com',
    model: undefined,
    credential: undefined,
    headers: { 'x-team': 'a' },
    signal: new AbortController().signal,
    fetch: google.fetch,
  };
}

/** A new token at each request: `ya29.1`, `ya29.2`, … */
function minting(): Script {
  let count = 0;
  return ({ answer }) =>
    answer(
      200,
      { 'content-type': 'application/json' },
      JSON.stringify({ access_token: `ya29.${++count}`, expires_in: 3600, token_type: 'Bearer' }),
    );
}

const elsewhere = (now?: () => number): GoogleCredentials =>
  createGoogleCredentials({ isGoogleMachine: () => Promise.resolve(false), ...(now === undefined ? {} : { now }) });

describe('the application-default credentials of a machine', () => {
  beforeEach(() => (machine = enterGoogleMachine()));
  afterEach(async () => {
    machine.leave();
    await google.close();
  });

  it("are a service account's file: what it signs is turned into a token by Google, and nothing else goes there", async () => {
    machine.useFile(serviceAccount);
    const asked = await target(minting());
    const { credential, quotaProject } = await elsewhere().token(asked);
    assert.deepEqual([credential.type, credential.secret, quotaProject], ['access-token', 'ya29.1', undefined]);
    const [request] = google.server.requests;
    assert.equal(request?.path, TOKEN_PATH);
    assert.equal(request.headers['x-team'], undefined);
    const assertion = new URLSearchParams(request.body).get('assertion') ?? '';
    const [header = '', payload = '', signature = ''] = assertion.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
    assert.equal(claims['iss'], serviceAccount.client_email);
    assert.equal(claims['scope'], 'https://www.googleapis.com/auth/cloud-platform');
    const verify = createVerify('RSA-SHA256').update(`${header}.${payload}`);
    assert.ok(verify.verify(serviceAccountKey, signature, 'base64url'), 'not signed by the key of the file');
  });

  it('are what gcloud wrote at the login, with the project that calls are counted for', async () => {
    machine.useLogin(login);
    const { credential, quotaProject } = await elsewhere().token(await target(minting()));
    assert.deepEqual([credential.secret, quotaProject], ['ya29.1', 'billed-project']);
    assert.match(google.server.requests[0]?.body ?? '', /grant_type=refresh_token/);
  });

  it('give a token that is kept while it is good, and another one when it was rejected or is old', async () => {
    machine.useLogin(login);
    const asked = await target(minting());
    let time = Date.now();
    const credentials = elsewhere(() => time);
    const first = await credentials.token(asked);
    assert.equal((await credentials.token(asked)).credential.secret, 'ya29.1');
    assert.equal((await credentials.token(asked, first.credential)).credential.secret, 'ya29.2');
    // Somebody else's rejected token says nothing about this one.
    assert.equal((await credentials.token(asked, first.credential)).credential.secret, 'ya29.2');
    time += HOUR_MS;
    assert.equal((await credentials.token(asked)).credential.secret, 'ya29.3');
    assert.equal(google.server.requests.length, 3);
  });

  it("are the machine's own account in Google's cloud", async () => {
    const asked = await target(minting());
    const credentials = createGoogleCredentials({ isGoogleMachine: () => Promise.resolve(true) });
    assert.equal((await credentials.token(asked)).credential.secret, 'ya29.1');
    const [request] = google.server.requests;
    assert.match(request?.path ?? '', /^\/metadata\.google\.internal\/.*\/default\/token$/);
    assert.equal(request?.headers['metadata-flavor'], 'Google');
  });

  const wayOut = (error: unknown): boolean =>
    error instanceof ReaperError &&
    error.kind === 'auth' &&
    error.message.includes('gcloud auth application-default login') &&
    !/PRIVATE KEY|1\/\/refresh|not-so-secret/.test(error.message);

  it('are missing: that is said, with what to do, and nobody is asked', async () => {
    const asked = await target(minting());
    await assert.rejects(elsewhere().token(asked), (error: unknown) => {
      assert.ok(wayOut(error));
      assert.match((error as Error).message, /This machine has no application-default credentials/);
      return true;
    });
    assert.equal(google.server.requests.length, 0);
  });

  for (const [name, content] of [
    ['no JSON', '{"type": "service_acc'],
    ['of no known kind', { type: 'tomorrow' }],
    ['without its key', { ...serviceAccount, private_key: undefined }],
    ['with a key that is none', { ...serviceAccount, private_key: 'PRIVATE KEY' }],
  ] as const) {
    it(`are a file that is ${name}: that is said, with what to do`, async () => {
      machine.useFile(content);
      await assert.rejects(elsewhere().token(await target(minting())), wayOut);
    });
  }

  it('are not believed any more: that is said with what to do, after one request', async () => {
    machine.useLogin(login);
    const asked = await target(({ answer }) =>
      answer(
        400,
        { 'content-type': 'application/json' },
        '{"error":"invalid_grant","error_description":"Token has been expired or revoked."}',
      ),
    );
    await assert.rejects(elsewhere().token(asked), wayOut);
    assert.equal(google.server.requests.length, 1);
  });

  it('cannot be asked about now: the error is the true one, and the router decides about another try', async () => {
    machine.useLogin(login);
    const asked = await target(({ answer }) => answer(503, { 'retry-after': '7' }));
    await assert.rejects(elsewhere().token(asked), { kind: 'overloaded', retryable: true, retryAfterMs: 7000 });
    assert.equal(google.server.requests.length, 1);
  });

  it('are not waited for when the caller gives up', async () => {
    machine.useLogin(login);
    const asked = await target(() => undefined);
    const abort = new AbortController();
    const waiting = assert.rejects(elsewhere().token({ ...asked, signal: abort.signal }), { kind: 'cancelled' });
    await google.server.received(1);
    abort.abort();
    await waiting;
    await google.server.idle();
  });
});
