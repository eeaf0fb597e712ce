import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/event.ts';
import { createCredentials } from '../../src/config/credentials.ts';
import { createKeys } from '../../src/config/keys.ts';
import { type AccountKind, createAccountSessions } from '../../src/config/sign-in/account-sessions.ts';
import { createCheckedFetch } from '../../src/config/sign-in/checked-fetch.ts';
import { createOAuthClient } from '../../src/config/sign-in/oauth-client.ts';
import { createOAuthSessions } from '../../src/config/sign-in/oauth-sessions.ts';
import { azure } from '../../src/router/providers/azure.ts';
import { createFakeSecrets } from '../config/fake-secrets.ts';
import { CLIENT_ID, type IdentityServer, signInAsUser, startIdentityServer } from '../fakes/identity-server.ts';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { createRecordingLogger } from '../fakes/recording-logger.ts';
import { collect, createFixtureWithClock, profileOf, type RouterFixture, textOf } from '../router/router-fixture.ts';

const SCOPES = ['models'];
const REDIRECT_URI = 'http://127.0.0.1:41953/signed-in';
const definition = { ...azure, signIn: { provider: 'example', scopes: SCOPES, label: 'Example account' } };

/** From the sign-in to the model and back: nothing between the two servers is faked but the editor. */
describe('a provider that takes the token of an account', () => {
  let identity: IdentityServer;
  let models: ModelServer;
  let fixture: RouterFixture<Clock>;
  /** What the model server takes no more. */
  const refused = new Set<string>();
  const asked = () => models.requests.filter(({ method }) => method === 'POST');
  const sent = (): string[] => asked().map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
  const signal = new AbortController().signal;
  const logger = createRecordingLogger();
  const secrets = createFakeSecrets();

  before(async () => {
    identity = await startIdentityServer();
    models = await startModelServer((exchange) => {
      if (refused.has(exchange.request.headers.authorization?.replace('Bearer ', '') ?? '')) {
        exchange.answer(401, { 'content-type': 'application/json' }, '{"error":{"message":"The token has expired"}}');
        return;
      }
      exchange.begin('text/event-stream');
      exchange.write('data: {"choices":[{"index":0,"delta":{"content":"signed in"},"finish_reason":"stop"}]}\n\n');
      exchange.write('data: [DONE]\n\n');
      exchange.end();
    });
  });
  after(async () => {
    try {
      fixture.router.dispose();
    } finally {
      await models.close();
      await identity.stop();
    }
  });

  it('asks with it, renews it when it is refused, and shows it to nobody else', async () => {
    const keys = createKeys({ secrets, definitions: [definition], useEnvironment: () => false, environment: {} });
    const client = createOAuthClient({
      issuer: identity.issuer,
      names: { label: 'Example', clientSetting: 'the setting example.clientId' },
      registration: async () => ({ clientId: CLIENT_ID, clientSecret: undefined }),
      authorizationParameters: { prompt: 'consent' },
      fetch: createCheckedFetch({ fetch, egress: () => fixture.egress, name: 'example' }),
      clock: systemClock,
    });
    const sessions = createOAuthSessions({
      label: 'Example',
      client,
      secrets,
      secretName: 'reaper.example.session',
      onExpired: () => assert.fail('nothing expires here'),
      clock: systemClock,
      logger,
    });
    const kind: AccountKind = {
      ...definition.signIn,
      own: {
        token: async (scopes) => (await sessions.current(scopes))?.accessToken,
        renew: (rejected) => sessions.renew(rejected),
        signOut: () => sessions.remove(),
      },
    };
    const editor = {
      get: async () => {
        const session = await sessions.current(SCOPES);
        return session && { token: session.accessToken, accountName: session.account.name };
      },
      onDidChange: new Emitter<string>().event,
    };
    const accounts = createAccountSessions({ kinds: [kind], sessions: editor, secrets, logger });
    const credentials = createCredentials({ definitions: [definition], keys, accounts });
    const profile = profileOf(definition, {
      baseUrl: `${models.url}/openai/v1`,
      chatModel: 'a-deployment',
      credentials: () => credentials.read(definition),
      renewCredential: (rejected) => credentials.renew(definition, rejected),
    });
    fixture = createFixtureWithClock([profile], systemClock);
    const ask = async (): Promise<string> => {
      const input = {
        type: 'chat',
        system: '',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      } as const;
      const limits = { maxOutputTokens: 10, stop: [] };
      return textOf(await collect(fixture.router.stream({ purpose: 'chat', input, limits }, signal)));
    };

    await assert.rejects(ask(), /Azure OpenAI has no API key\. Sign in with your Example account/);
    assert.deepEqual(asked(), []);

    const request = await client.authorize(REDIRECT_URI, ['openid', 'email', ...SCOPES], signal);
    const { accessToken: first } = await sessions.add(await request.complete(await signInAsUser(request.url), signal));
    await accounts.signIn(kind);
    fixture.setProfiles([profile]);
    assert.equal(await ask(), 'signed in');

    refused.add(first);
    assert.equal(await ask(), 'signed in');
    const [one, other, second] = sent();
    assert.deepEqual([one, other], [first, first]);
    assert.notEqual(second, first);
    assert.equal((await sessions.current(SCOPES))?.accessToken, second);
    const ids = fixture.records.flatMap(({ credentialId }) => credentialId ?? []);
    assert.equal(new Set(ids).size, 2);

    // With a key as well, the account comes first.
    await keys.store('azure', 'key-of-the-resource-0123456789');
    await ask();
    assert.equal(sent().at(-1), second);
    assert.equal(asked().at(-1)?.headers['api-key'], undefined);

    await accounts.signOut(kind);
    fixture.setProfiles([profile]);
    assert.equal(await ask(), 'signed in');
    assert.equal(asked().at(-1)?.headers['api-key'], 'key-of-the-resource-0123456789');
    assert.equal(asked().at(-1)?.headers.authorization, undefined);

    const told = [
      ...logger.lines,
      ...fixture.log,
      JSON.stringify(fixture.records),
      JSON.stringify(fixture.egress.recorded),
    ];
    for (const secret of [first, second ?? '', 'key-of-the-resource']) {
      assert.ok(!told.join('\n').includes(secret));
    }
    assert.ok(fixture.egress.recorded.some(({ providerId }) => providerId === 'example'));
  });
});
