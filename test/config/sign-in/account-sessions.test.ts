import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { Emitter } from '../../../src/base/event.ts';
import {
  type AccountKind,
  createAccountSessions,
  type EditorSession,
  type EditorSessions,
} from '../../../src/config/sign-in/account-sessions.ts';
import { createRecordingLogger } from '../../fakes/recording-logger.ts';
import { createFakeSecrets } from '../fake-secrets.ts';

/** The editor with its own accounts: records how it was asked. */
function fakeEditor() {
  const sessions = new Map<string, EditorSession>();
  const asked: string[] = [];
  const changed = new Emitter<string>();
  let failure: Error | undefined;
  const editor: EditorSessions = {
    get: async (provider, scopes, request) => {
      asked.push(`${request} ${provider} ${scopes.join(' ')}`);
      if (failure !== undefined) {
        throw failure;
      }
      return scopes.includes('not-granted') ? undefined : sessions.get(provider);
    },
    onDidChange: changed.event,
  };
  return {
    editor,
    asked,
    changed,
    has: (provider: string, session: EditorSession | undefined) => {
      if (session === undefined) {
        sessions.delete(provider);
      } else {
        sessions.set(provider, session);
      }
    },
    fail: (error: Error | undefined) => {
      failure = error;
    },
  };
}

const HUB: AccountKind = { provider: 'hub', label: 'Hub account', scopes: ['user'] };
const hub = (token: string): EditorSession => ({ token, accountName: 'octocat' });

function setUp() {
  const { editor, ...rest } = fakeEditor();
  const secrets = createFakeSecrets();
  const logger = createRecordingLogger();
  const own = { token: 'own-token' as string | undefined, renewed: [] as string[], signOuts: 0 };
  const ours: AccountKind = {
    provider: 'ours',
    label: 'Our account',
    scopes: ['models'],
    own: {
      token: async () => own.token,
      renew: async (rejected) => {
        own.renewed.push(rejected);
        return 'fresh-token';
      },
      signOut: async () => {
        own.signOuts++;
      },
    },
  };
  const open = () => createAccountSessions({ kinds: [HUB, ours], sessions: editor, secrets, logger });
  return { ...rest, secrets, logger, own, ours, open, accounts: open() };
}

/** Lets what an event began come to its end. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('accounts', () => {
  it('are not even looked for until the user signs in', async () => {
    const { accounts, asked, has, changed } = setUp();
    has('hub', hub('token-1'));
    assert.equal(await accounts.token(HUB), undefined);
    assert.equal(await accounts.accountName(HUB), undefined);
    assert.equal(await accounts.renew(HUB, 'x'), undefined);
    assert.deepEqual(await accounts.list(), []);
    changed.fire('hub');
    await settle();
    assert.deepEqual(asked, []);
  });

  it('give tokens after the sign-in, in other windows too, and ask nobody for that', async () => {
    const { accounts, asked, has, open } = setUp();
    const told: string[] = [];
    const other = open();
    other.onDidChange((provider) => told.push(provider));
    has('hub', hub('token-1'));
    assert.deepEqual(await accounts.signIn(HUB), { provider: 'hub', label: 'Hub account', name: 'octocat' });
    assert.deepEqual(told, ['hub']);
    assert.equal(await other.token({ provider: 'hub', scopes: ['repo'] }), 'token-1');
    assert.equal(await other.accountName(HUB), 'octocat');
    assert.deepEqual(asked, ['ask hub user', 'silent hub repo']);
  });

  it('keep no token anywhere', async () => {
    const { accounts, secrets, logger, has } = setUp();
    has('hub', hub('hub-token-0123456789'));
    await accounts.signIn(HUB);
    await accounts.token(HUB);
    await accounts.signOut(HUB);
    await accounts.signIn(HUB);
    assert.doesNotMatch(JSON.stringify([...secrets.values]), /hub-token/);
    assert.doesNotMatch(logger.lines.join(), /hub-token/);
  });

  it('can be exchanged by signing in once more', async () => {
    const { accounts, asked, has } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    has('hub', { token: 'token-2', accountName: 'hubot' });
    assert.equal((await accounts.signIn(HUB)).name, 'hubot');
    assert.deepEqual(asked, ['ask hub user', 'ask-anew hub user']);
  });

  it('are left alone when the user gives up in the middle', async () => {
    const { accounts, fail } = setUp();
    fail(new ReaperError('cancelled', 'Cancelled'));
    await assert.rejects(accounts.signIn(HUB), { kind: 'cancelled' });
    fail(undefined);
    await assert.rejects(accounts.signIn(HUB), { kind: 'cancelled' });
    assert.equal(await accounts.accountName(HUB), undefined);
  });

  it('are forgotten at sign-out, with the choice that the editor remembers', async () => {
    const { accounts, asked, has } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    await accounts.signOut(HUB);
    assert.equal(await accounts.token(HUB), undefined);
    assert.deepEqual(asked.at(-1), 'forget hub user');
  });

  it('of our own are signed out and renewed by us', async () => {
    const { accounts, ours, own, has } = setUp();
    has('ours', { token: 'token-1', accountName: 'me' });
    await accounts.signIn(ours);
    assert.equal(await accounts.token(ours), 'own-token');
    assert.equal(await accounts.renew(ours, 'token-1'), 'fresh-token');
    await accounts.signOut(ours);
    assert.deepEqual([own.renewed, own.signOuts], [['token-1'], 1]);
    assert.equal(await accounts.renew(ours, 'token-1'), undefined);
    assert.deepEqual(own.renewed, ['token-1']);
  });

  it('of our own are forgotten when neither we nor the editor has them any more', async () => {
    const { accounts, ours, own, has } = setUp();
    has('ours', { token: 'token-1', accountName: 'me' });
    await accounts.signIn(ours);
    own.token = undefined;
    assert.equal(await accounts.token(ours), undefined);
    assert.equal(await accounts.accountName(ours), 'me');
    has('ours', undefined);
    assert.equal(await accounts.token(ours), undefined);
    assert.equal(await accounts.accountName(ours), undefined);
  });

  it('of the editor are renewed by the editor, without a question to anybody', async () => {
    const { accounts, asked, has } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    assert.equal(await accounts.renew(HUB, 'token-1'), undefined);
    has('hub', hub('token-2'));
    assert.equal(await accounts.renew(HUB, 'token-1'), 'token-2');
    assert.ok(asked.slice(1).every((request) => request.startsWith('silent ')));
  });

  it('are followed: gone when the editor has them no more, renamed when it says so', async () => {
    const { accounts, has, changed } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    const told: string[] = [];
    accounts.onDidChange((provider) => told.push(provider));
    has('hub', hub('token-2'));
    changed.fire('hub');
    await settle();
    assert.deepEqual(told, [], 'another token is no news');
    has('hub', { token: 'token-3', accountName: 'hubot' });
    changed.fire('hub');
    await settle();
    assert.equal(await accounts.accountName(HUB), 'hubot');
    has('hub', undefined);
    changed.fire('hub');
    await settle();
    assert.equal(await accounts.accountName(HUB), undefined);
    assert.deepEqual(told, ['hub', 'hub']);
  });

  it('that are gone are noticed at the next use; scopes that were never granted are no reason to forget one', async () => {
    const { accounts, has } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    assert.equal(await accounts.token({ provider: 'hub', scopes: ['not-granted'] }), undefined);
    assert.equal(await accounts.accountName(HUB), 'octocat');
    has('hub', undefined);
    assert.equal(await accounts.token(HUB), undefined);
    assert.equal(await accounts.accountName(HUB), undefined);
  });

  it('name the account and the way out when the editor fails', async () => {
    const { accounts, has, fail } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    fail(new Error("Timed out waiting for authentication provider 'hub' to register."));
    await assert.rejects(accounts.token(HUB), /Hub account could not be used: Timed out .*Reaper: Sign In/);
    await assert.rejects(accounts.signIn(HUB), { kind: 'auth', message: /^Timed out/ });
  });

  it('count as not signed in while the secret storage fails', async () => {
    const { accounts, secrets, has, logger } = setUp();
    has('hub', hub('token-1'));
    await accounts.signIn(HUB);
    secrets.fail(new Error('locked'));
    assert.equal(await accounts.token(HUB), undefined);
    assert.match(logger.lines.join(), /secret storage: locked/);
  });

  it('leave no listener behind', () => {
    const { accounts, secrets, changed } = setUp();
    accounts.dispose();
    assert.equal(secrets.listenerCount() + changed.listenerCount, 0);
  });
});
