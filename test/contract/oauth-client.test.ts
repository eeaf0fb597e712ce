import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { createOAuthClient } from '../../src/config/sign-in/oauth-client.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  enterCodeAsUser,
  type IdentityServer,
  SECRET_CLIENT_ID,
  signInAsUser,
  startIdentityServer,
} from '../fakes/identity-server.ts';

const SCOPES = ['openid', 'email', 'models'];
const REDIRECT_URI = 'http://127.0.0.1:41953/signed-in';

describe('the OAuth client, against a real server', () => {
  let server: IdentityServer;
  const { signal } = new AbortController();

  before(async () => {
    server = await startIdentityServer();
  });
  after(() => server.stop());

  function clientOf(options: { clientId?: string; clientSecret?: string; issuer?: string; fetch?: typeof fetch } = {}) {
    const clock = createFakeClock();
    const client = createOAuthClient({
      issuer: options.issuer ?? server.issuer,
      names: { label: 'Example', clientSetting: 'the setting example.clientId' },
      registration: async () => ({ clientId: options.clientId ?? CLIENT_ID, clientSecret: options.clientSecret }),
      authorizationParameters: { access_type: 'offline', prompt: 'consent' },
      fetch: options.fetch ?? fetch,
      clock,
    });
    return { client, clock };
  }

  async function signIn(options: Parameters<typeof clientOf>[0] = {}, redirectUri = REDIRECT_URI) {
    const { client, clock } = clientOf(options);
    const request = await client.authorize(redirectUri, SCOPES, signal);
    const tokens = await request.complete(await signInAsUser(request.url), signal);
    return { client, clock, tokens };
  }

  /** The error, which must name the way out and none of the secrets. */
  async function failureOf(work: Promise<unknown>, secrets: readonly string[] = []): Promise<ReaperError> {
    const error = await work.then(
      () => assert.fail('it was expected to fail'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ReaperError, String(error));
    const said = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    for (const secret of secrets) {
      assert.ok(!said.includes(secret), said);
    }
    assert.equal(error.cause, undefined);
    return error;
  }

  it('signs in with code, PKCE, state and nonce, and learns who it is', async () => {
    const { client } = clientOf();
    const request = await client.authorize(REDIRECT_URI, SCOPES, signal);
    const { searchParams } = new URL(request.url);
    assert.equal(searchParams.get('response_type'), 'code');
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.match(searchParams.get('code_challenge') ?? '', /^[\w-]{43}$/);
    assert.match(searchParams.get('nonce') ?? '', /^[\w-]{43}$/);
    assert.equal(searchParams.get('state'), request.state);
    assert.equal(searchParams.get('access_type'), 'offline');
    const { tokens, clock } = await signIn();
    assert.deepEqual(tokens.account, { id: 'somebody', name: 'somebody@example.com' });
    assert.deepEqual(tokens.scopes, SCOPES);
    assert.equal(tokens.expiresAt, clock.wallTime() + 3_600_000);
    assert.ok(tokens.refreshToken);
  });

  it('signs in with a client that has a secret', async () => {
    const { tokens } = await signIn({ clientId: SECRET_CLIENT_ID, clientSecret: CLIENT_SECRET });
    assert.ok(tokens.accessToken);
  });

  it('keeps the query of an address that has one', async () => {
    const { tokens } = await signIn({}, 'http://127.0.0.1:41953/callback?window=1&path=%2Fsigned-in');
    assert.ok(tokens.accessToken);
  });

  it('refuses an answer with another state, with two, and with none', async () => {
    const { client } = clientOf();
    for (const spoil of [
      (params: URLSearchParams) => params.set('state', 'of-somebody-else'),
      (params: URLSearchParams) => params.append('state', 'of-somebody-else'),
      (params: URLSearchParams) => params.delete('state'),
    ]) {
      const request = await client.authorize(REDIRECT_URI, SCOPES, signal);
      const answer = await signInAsUser(request.url);
      const code = answer.searchParams.get('code') ?? '';
      spoil(answer.searchParams);
      const before = server.requests.length;
      const error = await failureOf(request.complete(answer, signal), [code]);
      assert.match(error.message, /does not belong to this sign-in/);
      assert.equal(error.kind, 'auth');
      assert.deepEqual(server.requests.slice(before), [], 'a code that may be stolen was sent on');
    }
  });

  it('refuses the code of another sign-in: only who began it has the verifier', async () => {
    const { client } = clientOf();
    const [mine, other] = await Promise.all([
      client.authorize(REDIRECT_URI, SCOPES, signal),
      client.authorize(REDIRECT_URI, SCOPES, signal),
    ]);
    const stolen = (await signInAsUser(other.url)).searchParams.get('code') ?? '';
    const answer = await signInAsUser(mine.url);
    answer.searchParams.set('code', stolen);
    await failureOf(mine.complete(answer, signal), [stolen]);
  });

  it('says so when the user did not allow it', async () => {
    const { client } = clientOf();
    const request = await client.authorize(REDIRECT_URI, SCOPES, signal);
    const error = await failureOf(request.complete(await signInAsUser(request.url, 'deny'), signal));
    assert.match(error.message, /You did not allow the access at Example/);
  });

  it('names the setting when the server does not take the client', async () => {
    const { client } = clientOf({ clientId: SECRET_CLIENT_ID, clientSecret: 'wrong-secret-0123456789' });
    const request = await client.authorize(REDIRECT_URI, SCOPES, signal);
    const answer = await signInAsUser(request.url);
    const error = await failureOf(request.complete(answer, signal), ['wrong-secret-0123456789']);
    assert.match(error.message, /example\.clientId/);
  });

  it('names the clock when the answer is not valid now', async () => {
    const inTheFuture: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const body = (await response.clone().json()) as { id_token?: string };
      if (body.id_token === undefined) {
        return response;
      }
      const [head = '', claims = '', signature = ''] = body.id_token.split('.');
      const late = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), exp: 1_000_000 };
      const token = [head, Buffer.from(JSON.stringify(late)).toString('base64url'), signature].join('.');
      return Response.json({ ...body, id_token: token });
    };
    const { client } = clientOf({ fetch: inTheFuture });
    const request = await client.authorize(REDIRECT_URI, SCOPES, signal);
    const error = await failureOf(request.complete(await signInAsUser(request.url), signal));
    assert.match(error.message, /clock/);
  });

  it('refreshes, with a new refresh token each time, and notices one that is not accepted any more', async () => {
    const { client, tokens } = await signIn();
    const first = tokens.refreshToken ?? '';
    const refreshed = await client.refresh(first, SCOPES, signal);
    assert.notEqual(refreshed?.accessToken, tokens.accessToken);
    assert.ok(refreshed?.refreshToken);
    assert.notEqual(refreshed.refreshToken, first);
    assert.ok(await client.refresh(refreshed.refreshToken, SCOPES, signal));
    assert.equal(await client.refresh(first, SCOPES, signal), undefined);
    assert.equal(await client.refresh('never-was-one', SCOPES, signal), undefined);
  });

  it('revokes: neither token is good any more', async () => {
    const { client, tokens } = await signIn();
    await client.revoke(tokens.refreshToken ?? '', signal);
    assert.equal(await client.refresh(tokens.refreshToken ?? '', SCOPES, signal), undefined);
    assert.ok(server.requests.includes('POST /token/revocation'));
  });

  it('signs in with a code on another device, asking at the pace that the server wants', async () => {
    const { client, clock } = clientOf();
    const device = await client.authorizeDevice(SCOPES, signal);
    assert.match(device.userCode, /^\S{4,20}$/);
    const tokens = device.wait(signal);
    const polls = (): number => server.requests.filter((request) => request === 'POST /token').length;
    const before = polls();
    await clock.advance(4999);
    assert.equal(polls(), before);
    await clock.advance(1);
    await untilTrue(() => polls() === before + 1);
    const page = await enterCodeAsUser(device.verificationUrl, device.userCode);
    assert.match(page, /success/i);
    await untilTrue(() => clock.pendingTimers === 1);
    await clock.advance(5000);
    assert.equal((await tokens).account?.name, 'somebody@example.com');
  });

  it('ends the wait for a code when the user denies it, and when the wait is cancelled', async () => {
    const { client, clock } = clientOf();
    const denied = await client.authorizeDevice(SCOPES, signal);
    await enterCodeAsUser(denied.verificationUrl, denied.userCode, 'deny');
    const failure = failureOf(denied.wait(signal));
    await clock.advance(5000);
    assert.match((await failure).message, /You did not allow/);

    const controller = new AbortController();
    const cancelled = await client.authorizeDevice(SCOPES, controller.signal);
    const waiting = failureOf(cancelled.wait(controller.signal));
    controller.abort();
    assert.equal((await waiting).kind, 'cancelled');
    assert.equal(clock.pendingTimers, 0);
  });

  it('passes on that a host is forbidden, and says who cannot be reached', async () => {
    const forbidden = clientOf({
      fetch: () => Promise.reject(new ReaperError('privacy', 'Nothing is sent to example.com')),
    });
    const error = await failureOf(forbidden.client.authorize(REDIRECT_URI, SCOPES, signal));
    assert.equal(error.kind, 'privacy');
    const refused = clientOf({ issuer: 'http://127.0.0.1:1' });
    const unreachable = await failureOf(refused.client.authorize(REDIRECT_URI, SCOPES, signal));
    assert.match(unreachable.message, /Example could not be reached/);
    const page = clientOf({ fetch: async () => new Response('<html>Please log in</html>') });
    assert.match((await failureOf(page.client.authorize(REDIRECT_URI, SCOPES, signal))).message, /proxy/);
  });

  it('sends nothing without TLS beyond this machine', async () => {
    let sent = 0;
    const count: typeof fetch = async () => {
      sent++;
      return new Response();
    };
    const { client } = clientOf({ issuer: 'http://accounts.example.com', fetch: count });
    await failureOf(client.authorize(REDIRECT_URI, SCOPES, signal));
    assert.equal(sent, 0);
  });

  it('lets a cancel reach the request', async () => {
    const controller = new AbortController();
    const { client } = clientOf({
      fetch: (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
          queueMicrotask(() => controller.abort());
        }),
    });
    const error = await failureOf(client.authorize(REDIRECT_URI, SCOPES, controller.signal));
    assert.equal(error.kind, 'cancelled');
  });
});

/** Real requests are under way: as often as the event loop is free. */
async function untilTrue(look: () => boolean): Promise<void> {
  while (!look()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
