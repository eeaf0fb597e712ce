import assert from 'node:assert/strict';
import { createCredentials } from '../../src/config/credentials.ts';
import { createKeys } from '../../src/config/keys.ts';
import { credentialOf } from '../../src/router/credential.ts';
import type { AuthKind, ProviderDefinition } from '../../src/router/provider-definition.ts';
import { createFakeSecrets } from './fake-secrets.ts';
import { createFakeAccounts } from './sign-in/fake-accounts.ts';

const signIn = { provider: 'hub', scopes: ['models'], label: 'Hub account' };

/** Only what credentials look at. */
function definition(id: string, auth: AuthKind): ProviderDefinition {
  return {
    id,
    label: id,
    auth,
    keyVariables: [],
    ...(auth.includes('sign-in') && { signIn }),
  } as unknown as ProviderDefinition;
}

const both = definition('both', 'api-key-or-sign-in');
const account = definition('account', 'sign-in');
const key = definition('key', 'api-key');
const optional = definition('optional', 'optional-api-key');
const open = definition('open', 'none');

function setUp() {
  const definitions = [both, account, key, optional, open];
  const secrets = createFakeSecrets();
  const keys = createKeys({ secrets, definitions, useEnvironment: () => false, environment: {} });
  const accounts = createFakeAccounts();
  const credentials = createCredentials({ definitions, keys, accounts });
  const read = async (of: ProviderDefinition): Promise<string[]> =>
    (await credentials.read(of)).map(({ type, secret }) => `${type} ${secret}`);
  return { secrets, keys, accounts, credentials, read };
}

describe('credentials', () => {
  it('are the token of the account before the keys, where both are taken', async () => {
    const { keys, accounts, read } = setUp();
    await keys.store('both', 'key-1');
    assert.deepEqual(await read(both), ['api-key key-1']);
    accounts.signIn('hub', 'octocat', 'token-1');
    assert.deepEqual(await read(both), ['access-token token-1', 'api-key key-1']);
  });

  it('are of the kind that the provider takes', async () => {
    const { keys, accounts, read } = setUp();
    accounts.signIn('hub', 'octocat', 'token-1');
    for (const { id } of [account, key, optional, open]) {
      await keys.store(id, `key-of-${id}`);
    }
    assert.deepEqual(await read(account), ['access-token token-1']);
    assert.deepEqual(await read(key), ['api-key key-of-key']);
    assert.deepEqual(await read(optional), ['api-key key-of-optional']);
    assert.deepEqual(await read(open), []);
  });

  it('are what could be read: one source that fails does not keep the other back', async () => {
    const { keys, secrets, accounts, read } = setUp();
    await keys.store('both', 'key-1');
    accounts.fail(new Error('no account'));
    assert.deepEqual(await read(both), ['api-key key-1']);
    await assert.rejects(read(account), /no account/);
    await keys.remove('both');
    await assert.rejects(read(both), /no account/);
    const other = setUp();
    other.accounts.signIn('hub', 'octocat', 'token-1');
    other.secrets.fail(new Error('locked'));
    assert.deepEqual(await other.read(both), ['access-token token-1']);
    await assert.rejects(other.read(key), /secret storage/);
    assert.equal(secrets.values.size, 0);
  });

  it('renew a rejected token, never a key, and never with the same token again', async () => {
    const { accounts, credentials } = setUp();
    accounts.renewed.set('token-1', 'token-2').set('token-3', 'token-3');
    const renew = (of: ProviderDefinition, type: 'api-key' | 'access-token', secret: string) =>
      credentials.renew(of, credentialOf(type, secret));
    assert.deepEqual(await renew(both, 'access-token', 'token-1'), credentialOf('access-token', 'token-2'));
    assert.equal(await renew(both, 'access-token', 'token-3'), undefined);
    assert.equal(await renew(both, 'access-token', 'unknown'), undefined);
    assert.equal(await renew(both, 'api-key', 'token-1'), undefined);
    assert.equal(await renew(key, 'access-token', 'token-1'), undefined);
  });

  it('say where they come from: the account, a stored key, or nowhere', async () => {
    const { keys, accounts, credentials } = setUp();
    assert.deepEqual(await credentials.source(both), { type: 'none' });
    await keys.store('both', 'key-1');
    assert.deepEqual(await credentials.source(both), { type: 'stored' });
    accounts.signIn('hub', 'octocat', 'token-1');
    assert.deepEqual(await credentials.source(both), { type: 'account', name: 'octocat' });
    assert.deepEqual(await credentials.source(key), { type: 'none' });
  });

  it('tell which providers a change concerns', async () => {
    const { keys, accounts, credentials, secrets } = setUp();
    const told: (readonly string[])[] = [];
    credentials.onDidChange((ids) => told.push(ids));
    await keys.store('key', 'key-1');
    accounts.signIn('hub', 'octocat', 'token-1');
    accounts.signIn('elsewhere', 'octocat', 'token-1');
    assert.deepEqual(told, [['key'], ['both', 'account']]);
    credentials.dispose();
    keys.dispose();
    assert.equal(accounts.listenerCount() + secrets.listenerCount(), 0);
  });
});
