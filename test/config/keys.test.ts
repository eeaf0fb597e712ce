import assert from 'node:assert/strict';
import { createKeys, keyProblem } from '../../src/config/keys.ts';
import { createFakeSecrets } from './fake-secrets.ts';

const definitions = [{ id: 'cloud', label: 'Cloud', keyVariables: ['CLOUD_API_KEY', 'CLOUD_TOKEN'] }];

function setUp(options: { readonly useEnvironment?: boolean; readonly environment?: Record<string, string> } = {}) {
  const secrets = createFakeSecrets();
  const keys = createKeys({
    secrets,
    definitions,
    useEnvironment: () => options.useEnvironment ?? false,
    environment: options.environment ?? {},
  });
  return { secrets, keys };
}

describe('keys', () => {
  it('are stored trimmed, read back and removed', async () => {
    const { keys, secrets } = setUp();
    await keys.store('cloud', '  key-1\n');
    assert.equal(await keys.read('cloud'), 'key-1');
    assert.deepEqual([...secrets.values.keys()], ['reaper.key.cloud']);
    assert.deepEqual(await keys.source('cloud'), { type: 'stored' });
    await keys.remove('cloud');
    assert.equal(await keys.read('cloud'), undefined);
    assert.deepEqual(await keys.source('cloud'), { type: 'none' });
  });

  it('come from the environment only when the user turned that on', async () => {
    const environment = { CLOUD_TOKEN: ' from-environment ' };
    assert.equal(await setUp({ environment }).keys.read('cloud'), undefined);
    const { keys } = setUp({ environment, useEnvironment: true });
    assert.equal(await keys.read('cloud'), 'from-environment');
    assert.deepEqual(await keys.source('cloud'), { type: 'environment', variable: 'CLOUD_TOKEN' });
  });

  it('prefer what was stored to the environment', async () => {
    const { keys } = setUp({ environment: { CLOUD_API_KEY: 'from-environment' }, useEnvironment: true });
    await keys.store('cloud', 'stored');
    assert.equal(await keys.read('cloud'), 'stored');
  });

  it('pass over variables that hold no key', async () => {
    const environment = { CLOUD_API_KEY: '   ', CLOUD_TOKEN: 'two words' };
    const { keys } = setUp({ environment, useEnvironment: true });
    assert.deepEqual(await keys.source('cloud'), { type: 'none' });
  });

  it('refuse what cannot be sent in a header, without repeating it', async () => {
    const { keys, secrets } = setUp();
    for (const wrong of ['', '  ', 'first-line\nsecond-line', 'schlüssel-geheim', 'with blank']) {
      await assert.rejects(keys.store('cloud', wrong), (error: Error) => {
        assert.doesNotMatch(error.message, /first-line|schlüssel|with blank/);
        return true;
      });
    }
    assert.equal(secrets.values.size, 0);
    assert.equal(keyProblem('sk-proj-Abc_123.x/y+z='), undefined);
  });

  it('name the provider and the way out when the secret storage fails', async () => {
    const { keys, secrets } = setUp();
    secrets.fail(new Error('keyring is locked'));
    await assert.rejects(keys.read('cloud'), /secret storage .* cloud.*keyring/);
  });

  it('tell which provider has a new key, and nothing of other secrets', async () => {
    const { keys, secrets } = setUp();
    const told: string[] = [];
    keys.onDidChange((providerId) => told.push(providerId));
    await keys.store('cloud', 'key-1');
    await secrets.store('reaper.other', 'x');
    assert.deepEqual(told, ['cloud']);
    keys.dispose();
    assert.equal(secrets.listenerCount(), 0);
  });
});
