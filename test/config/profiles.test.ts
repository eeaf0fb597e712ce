import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createCredentials } from '../../src/config/credentials.ts';
import { createKeys } from '../../src/config/keys.ts';
import { createProfiles } from '../../src/config/profiles.ts';
import { readSettings } from '../../src/config/read-settings.ts';
import { settingsTable } from '../../src/config/settings.ts';
import { defineProvider, type ProviderDefinition } from '../../src/router/provider-definition.ts';
import { createFakeSecrets } from './fake-secrets.ts';
import { createFakeAccounts } from './sign-in/fake-accounts.ts';

function provider(id: string, facts: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return defineProvider({
    id,
    label: id,
    location: 'remote',
    auth: 'api-key',
    keyVariables: [],
    baseUrl: `https://${id}.example`,
    discover: false,
    capabilities: {
      chat: true,
      fim: 'native',
      tools: false,
      images: false,
      promptCache: false,
      stopsBillingOnDisconnect: true,
      parallelRequests: 2,
    },
    completionModel: 'default-model',
    models: [],
    wire: () => Promise.reject(new Error('not used')),
    ...facts,
  });
}

const usualDefinitions = [
  provider('found', { location: 'local', auth: 'none', discover: true, baseUrl: 'http://127.0.0.1:1' }),
  provider('server', { auth: 'optional-api-key', baseUrl: undefined, completionModel: undefined }),
  provider('cloud'),
  provider('other-cloud'),
  provider('account-cloud', {
    auth: 'api-key-or-sign-in',
    signIn: { provider: 'example', scopes: ['models'], label: 'Example account' },
  }),
  provider('inside', { location: 'embedded', auth: 'none', discover: true, baseUrl: undefined }),
];

function setUp(initial: Record<string, unknown> = {}, definitions = usualDefinitions) {
  const values = { ...initial };
  const table = settingsTable(definitions);
  const settings = () => readSettings(table, { value: (key) => values[key], levels: (key) => [values[key]] }).settings;
  const secrets = createFakeSecrets();
  const keys = createKeys({ secrets, definitions, useEnvironment: () => false, environment: {} });
  const accounts = createFakeAccounts();
  const credentials = createCredentials({ definitions, keys, accounts });
  const settingsChanged = new Emitter<void>();
  const profiles = createProfiles({
    definitions,
    settings,
    onSettingsChanged: settingsChanged.event,
    credentials,
    logger: silentLogger,
  });
  const change = (key: string, value: unknown): void => {
    values[key] = value;
    settingsChanged.fire();
  };
  const order = (): string[] => profiles.list().map(({ definition }) => definition.id);
  const nextChange = (): Promise<void> =>
    new Promise((resolve) => {
      const subscription = profiles.onDidChange(() => {
        subscription.dispose();
        resolve();
      });
    });
  return { profiles, keys, accounts, credentials, secrets, change, order, nextChange, settingsChanged };
}

describe('profiles', () => {
  it('start with what is found on this machine and what is embedded', async () => {
    const { profiles, order } = setUp();
    assert.deepEqual(order(), ['found', 'inside']);
    profiles.onDidChange(() => assert.fail('nothing has changed when there are no keys'));
    await profiles.ready;
    assert.deepEqual(order(), ['found', 'inside']);
  });

  it('put a provider first once it has a key', async () => {
    const { profiles, keys, order, nextChange } = setUp();
    await profiles.ready;
    const changed = nextChange();
    await keys.store('cloud', 'key-1');
    await changed;
    assert.deepEqual(order(), ['cloud', 'found', 'inside']);
    assert.equal((await profiles.find('cloud')?.credentials())?.[0]?.secret, 'key-1');
    assert.deepEqual(profiles.keySource('cloud'), { type: 'stored' });
  });

  it('put a provider first once its account is signed in, and take it back at sign-out', async () => {
    const { profiles, accounts, order, nextChange } = setUp();
    await profiles.ready;
    let changed = nextChange();
    accounts.signIn('example', 'somebody@example.com', 'token-1');
    await changed;
    assert.deepEqual(order(), ['account-cloud', 'found', 'inside']);
    assert.equal(profiles.isSetUp('account-cloud'), true);
    assert.deepEqual(profiles.keySource('account-cloud'), { type: 'account', name: 'somebody@example.com' });
    assert.equal((await profiles.find('account-cloud')?.credentials())?.[0]?.secret, 'token-1');
    changed = nextChange();
    accounts.signOut('example');
    await changed;
    assert.deepEqual(order(), ['found', 'inside']);
    assert.equal(profiles.isSetUp('account-cloud'), false);
  });

  it('use a server as soon as it has an address', () => {
    const { order, change } = setUp();
    change('reaper.providers.server.baseUrl', 'http://gpu.lan:1234/v1/');
    assert.deepEqual(order(), ['server', 'found', 'inside']);
  });

  it('count a found server as set up when its address is written down', () => {
    const { order, profiles } = setUp({
      'reaper.providers.found.baseUrl': 'http://127.0.0.1:1',
      'reaper.providers.server.baseUrl': 'http://gpu.lan',
    });
    assert.deepEqual(order(), ['found', 'server', 'inside']);
    assert.equal(profiles.isSetUp('found'), true);
  });

  it("follow the user's list and ask no other provider, but for the embedded one at the end", () => {
    const { order, change } = setUp({ 'reaper.completion.providers': ['cloud', 'found'] });
    assert.deepEqual(order(), ['cloud', 'found', 'inside']);
    change('reaper.completion.providers', ['inside']);
    assert.deepEqual(order(), ['inside']);
  });

  it('follow a list of their own for chat', async () => {
    const { profiles, change } = setUp();
    await profiles.ready;
    const chat = (): string[] => profiles.list('chat').map(({ definition }) => definition.id);
    change('reaper.chat.providers', ['other-cloud', 'cloud']);
    assert.deepEqual(chat(), ['other-cloud', 'cloud', 'inside']);
    assert.deepEqual(
      profiles.list('completion').map(({ definition }) => definition.id),
      ['found', 'inside'],
    );
    const before = profiles.list('chat');
    change('reaper.completion.maxLines', 3);
    assert.equal(profiles.list('chat'), before);
  });

  it('count a provider as set up by the option that its address follows from', async () => {
    const options = [{ name: 'resource', description: 'Its name.', default: '', required: true }];
    const { profiles, change } = setUp({}, [...usualDefinitions, provider('by-resource', { options })]);
    await profiles.ready;
    assert.equal(profiles.isSetUp('by-resource'), false);
    change('reaper.providers.by-resource.resource', 'mine');
    assert.equal(profiles.isSetUp('by-resource'), true);
  });

  it('leave out what is switched off, embedded and listed ones too', () => {
    const { order, profiles } = setUp({
      'reaper.completion.providers': ['cloud', 'found'],
      'reaper.providers.found.enabled': false,
      'reaper.providers.inside.enabled': false,
    });
    assert.deepEqual(order(), ['cloud']);
    assert.equal(profiles.all().length, usualDefinitions.length);
  });

  it('carry the settings of the provider, and its defaults where none are set', () => {
    const { profiles } = setUp({
      'reaper.providers.server.baseUrl': 'http://gpu.lan',
      'reaper.providers.server.parallelRequests': 3,
      'reaper.providers.server.headers': { 'X-Team': 'a' },
    });
    const server = profiles.find('server');
    assert.equal(server?.baseUrl, 'http://gpu.lan');
    assert.equal(server?.completionModel, undefined);
    assert.equal(server?.parallelRequests, 3);
    assert.deepEqual(server?.headers, { 'X-Team': 'a' });
    const cloud = profiles.find('cloud');
    assert.equal(cloud?.baseUrl, 'https://cloud.example');
    assert.equal(cloud?.completionModel, 'default-model');
    assert.equal(cloud?.parallelRequests, undefined);
  });

  it('say that they changed only when something changed that matters to them', async () => {
    const { profiles, keys, change, nextChange } = setUp();
    await profiles.ready;
    let changes = 0;
    profiles.onDidChange(() => changes++);
    const before = profiles.list();
    change('reaper.completion.maxLines', 5);
    assert.equal(profiles.list(), before);
    change('reaper.privacy.localOnly', true);
    assert.equal(changes, 1);
    await keys.store('cloud', 'key-1');
    await nextChange();
    const replaced = nextChange();
    await keys.store('cloud', 'key-2');
    await replaced;
    assert.equal(changes, 3);
  });

  it('go on without a key when the secret storage fails', async () => {
    const { profiles, secrets, order, change } = setUp();
    secrets.fail(new Error('locked'));
    change('reaper.completion.enabled', true);
    await profiles.ready;
    assert.deepEqual(order(), ['found', 'inside']);
  });

  it('leave no listener behind', async () => {
    const { profiles, keys, credentials, accounts, settingsChanged, secrets } = setUp();
    await profiles.ready;
    profiles.dispose();
    credentials.dispose();
    assert.equal(accounts.listenerCount(), 0);
    keys.dispose();
    assert.equal(settingsChanged.listenerCount, 0);
    assert.equal(secrets.listenerCount(), 0);
  });
});
