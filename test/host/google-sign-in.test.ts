import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { writeSession } from '../../src/config/sign-in/stored-session.ts';
import {
  type GoogleAuthentication,
  registerGoogleAuthentication,
} from '../../src/vscode/sign-in/google-authentication.ts';
import { createFakeSecrets, type FakeSecrets } from '../config/fake-secrets.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  SECRET_CLIENT_ID,
  type IdentityServer,
  signInAsUser,
  startIdentityServer,
} from '../fakes/identity-server.ts';
import { createRecordingLogger } from '../fakes/recording-logger.ts';
import { stubUser, until, type UserStub } from './stubs.ts';

const ACCOUNT = { provider: 'reaper-test-identity', label: 'Example' };
const PASTE = 'In the browser, then paste its address here';

/** With the running extension's own code, an identity server of this machine in Google's place. */
describe('the Google account in the editor', () => {
  let server: IdentityServer;
  let user: UserStub;
  let provider: vscode.AuthenticationProvider;
  let google: GoogleAuthentication;
  let secrets: FakeSecrets;
  let clientId = CLIENT_ID;
  let decision: 'allow' | 'deny' = 'allow';
  let restores: (() => void)[] = [];
  const logger = createRecordingLogger();

  before(async () => {
    await vscode.extensions.getExtension('reaper.reaper')?.activate();
    server = await startIdentityServer();
  });
  after(() => server.stop());

  beforeEach(() => {
    user = stubUser();
    secrets = createFakeSecrets();
    decision = 'allow';
    clientId = CLIENT_ID;
    logger.lines.length = 0;
    replace(
      vscode.authentication,
      'registerAuthenticationProvider',
      (original) => (id: string, label: string, given: vscode.AuthenticationProvider) => {
        provider = given;
        return original(id, label, given);
      },
    );
    google = registerGoogleAuthentication({
      account: ACCOUNT,
      issuer: server.issuer,
      redirects: { open: () => Promise.reject(new Error('not chosen')) },
      secrets,
      clientId: () => clientId,
      fetch: globalThis.fetch,
      egress: () => ({ check: () => undefined, record: () => undefined }),
      clock: systemClock,
      logger,
    });
    // The person: allows it in the browser, and pastes the address that the browser ends at.
    let pasted: Promise<string> | undefined;
    replace(vscode.env, 'openExternal', () => async (url: unknown) => {
      pasted = signInAsUser(String(url), decision).then(({ href }) => href);
      return true;
    });
    replace(vscode.window, 'showInputBox', (original) => async (options?: vscode.InputBoxOptions) => {
      if (options?.placeHolder?.includes('127.0.0.1') !== true) {
        return original(options);
      }
      pasted = undefined;
      const text = await (await until(() => pasted && { pasted }, 'the browser')).pasted;
      assert.equal(await options.validateInput?.(text), undefined);
      assert.equal(typeof (await options.validateInput?.(text.replace('state=', 'state=x'))), 'string');
      return text;
    });
  });
  afterEach(() => {
    google.dispose();
    for (const restore of restores) {
      restore();
    }
    restores = [];
    user.restore();
  });

  function replace<T extends object>(
    target: T,
    name: keyof T,
    make: (original: (...args: readonly unknown[]) => unknown) => unknown,
  ): void {
    const original = Reflect.get(target, name) as (...args: readonly unknown[]) => unknown;
    Reflect.set(target, name, make(original));
    restores.unshift(() => Reflect.set(target, name, original));
  }
  const signIn = async (secret = ''): Promise<vscode.AuthenticationSession> => {
    user.typed.push(secret);
    user.chosen.push(PASTE);
    return provider.createSession(['models'], {});
  };
  const events = (): vscode.AuthenticationProviderAuthenticationSessionsChangeEvent[] => {
    const seen: vscode.AuthenticationProviderAuthenticationSessionsChangeEvent[] = [];
    provider.onDidChangeSessions((event) => seen.push(event));
    return seen;
  };

  it('signs in, shows who it is, is found again and is revoked at sign-out', async () => {
    const seen = events();
    assert.deepEqual(await provider.getSessions(undefined, {}), []);
    const session = await signIn();
    assert.equal(session.account.label, 'somebody@example.com');
    assert.deepEqual(await provider.getSessions(['models'], {}), [session]);
    assert.deepEqual(await provider.getSessions(['mail'], {}), []);
    assert.deepEqual(
      seen.map(({ added, removed, changed }) => [added?.length, removed?.length, changed?.length]),
      [[1, 0, 0]],
    );
    const renewed = await google.own.renew(session.accessToken);
    assert.ok(renewed !== undefined && renewed !== session.accessToken);
    await until(() => seen.length === 2, 'the change');
    assert.equal(seen[1]?.changed?.length, 1);
    await provider.removeSession(session.id);
    assert.deepEqual(await provider.getSessions(undefined, {}), []);
    assert.equal(secrets.values.size, 0);
    assert.ok(server.requests.includes('POST /token/revocation'));
    assert.equal(seen[2]?.removed?.length, 1);
    const text = logger.lines.join('\n');
    for (const token of [session.accessToken, renewed]) {
      assert.ok(!text.includes(token));
    }
  });

  it('offers the ways that work from another machine, and takes a sign-in back that the user denies', async () => {
    decision = 'deny';
    await assert.rejects(signIn(), /You did not allow the access at Example/);
    assert.equal(user.pickers[0]?.items.length, 3);
    assert.deepEqual(await provider.getSessions(undefined, {}), []);
  });

  it('asks for the secret of the client until it is right, and keeps it in the secret storage alone', async () => {
    clientId = SECRET_CLIENT_ID;
    await assert.rejects(signIn('a-wrong-secret-0123456789'), /Check the setting reaper\.google\.clientId/);
    const session = await signIn(CLIENT_SECRET);
    assert.ok(session.accessToken);
    assert.equal(secrets.values.get('reaper.google.clientSecret'), CLIENT_SECRET);
    assert.doesNotMatch(logger.lines.join(), /secret-0123|client-secret/);
  });

  it('ends when the user gives up in between', async () => {
    user.typed.push('');
    await assert.rejects(async () => provider.createSession(['models'], {}), { kind: 'cancelled' });
    assert.deepEqual(await provider.getSessions(undefined, {}), []);
  });

  it('hears of a sign-in in another window, though nothing was asked of it yet', async () => {
    const seen = events();
    const account = { id: 'a', name: 'somebody@example.com' };
    const expiresAt = systemClock.wallTime() + 3_600_000;
    const text = writeSession({ id: 'i', account, scopes: [], accessToken: 't', refreshToken: undefined, expiresAt });
    await secrets.store('reaper.google.session', text);
    await until(() => seen.length > 0, 'the event');
    await secrets.delete('reaper.google.session');
    await until(() => seen.length > 1, 'the other event');
    assert.deepEqual(
      seen.map(({ added, removed }) => [added?.map(({ id }) => id), removed?.map(({ id }) => id)]),
      [
        [['i'], []],
        [[], ['i']],
      ],
    );
  });

  it('asks nothing when it is closed before it was loaded', async () => {
    user.typed.push('a secret');
    const session = provider.createSession(['models'], {});
    google.dispose();
    await assert.rejects(Promise.resolve(session), { kind: 'cancelled' });
    assert.deepEqual(user.typed, ['a secret']);
  });
});
