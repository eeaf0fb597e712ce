import assert from 'node:assert/strict';
import { createKeys, keyProblem, type KeysOptions } from '../../src/config/keys.ts';
import { createFakeSecrets, type FakeSecrets } from './fake-secrets.ts';

const definitions = [
  { id: 'cloud', label: 'Cloud', keyVariables: ['CLOUD_API_KEY', 'CLOUD_TOKEN'] },
  { id: 'cloud.two', label: 'Cloud 2', keyVariables: [] },
];

const LONG_KEY = 'sk-0123456789-0123456789-abcd';

interface Options {
  readonly useEnvironment?: boolean;
  readonly environment?: Record<string, string>;
}

function keysOver(secrets: FakeSecrets, options: Options & Pick<KeysOptions, 'wallTime'> = {}) {
  return createKeys({
    secrets,
    definitions,
    useEnvironment: () => options.useEnvironment ?? false,
    environment: options.environment ?? {},
    ...(options.wallTime !== undefined && { wallTime: options.wallTime }),
  });
}

function setUp(options: Options = {}) {
  const secrets = createFakeSecrets();
  let timeMs = 1000;
  const keys = keysOver(secrets, { ...options, wallTime: () => timeMs++ });
  return { secrets, keys };
}

describe('keys', () => {
  it('are stored trimmed, read back and removed', async () => {
    const { keys, secrets } = setUp();
    await keys.store('cloud', '  key-1\n');
    assert.deepEqual(await keys.read('cloud'), ['key-1']);
    assert.deepEqual(await keys.source('cloud'), { type: 'stored' });
    await keys.remove('cloud');
    assert.deepEqual(await keys.read('cloud'), []);
    assert.deepEqual(await keys.source('cloud'), { type: 'none' });
    assert.equal(secrets.values.size, 0);
  });

  it('are any number, in the order in which they were added, each of them once', async () => {
    const { keys } = setUp();
    for (const key of ['key-b', 'key-a', 'key-c', 'key-a']) {
      await keys.store('cloud', key);
    }
    assert.deepEqual(await keys.read('cloud'), ['key-b', 'key-a', 'key-c']);
    assert.deepEqual(await keys.read('cloud.two'), []);
  });

  it('are replaced in their place, and removed one at a time', async () => {
    const { keys } = setUp();
    for (const key of ['key-1', 'key-2', 'key-3']) {
      await keys.store('cloud', key);
    }
    const ids = (await keys.list('cloud')).map(({ id }) => id);
    await keys.store('cloud', 'key-new', ids[1]);
    assert.deepEqual(await keys.read('cloud'), ['key-1', 'key-new', 'key-3']);
    await keys.remove('cloud', ids[0]);
    assert.deepEqual(await keys.read('cloud'), ['key-new', 'key-3']);
    // Replaced by one that is there already: one remains, in the place of the replaced one.
    const [first] = await keys.list('cloud');
    await keys.store('cloud', 'key-3', first?.id);
    assert.deepEqual(await keys.read('cloud'), ['key-3']);
  });

  it('show their last four characters, and none of them where that would give something away', async () => {
    const { keys } = setUp();
    await keys.store('cloud', LONG_KEY);
    await keys.store('cloud', 'short-key-0123456');
    const shown = await keys.list('cloud');
    assert.deepEqual(
      shown.map(({ ending }) => ending),
      ['abcd', undefined],
    );
    assert.doesNotMatch(JSON.stringify(shown), /sk-0123|short-key/);
  });

  it('of versions that kept one for each provider are found, come first, and can be replaced and removed', async () => {
    const { keys, secrets } = setUp();
    secrets.values.set('reaper.key.cloud', 'old-key');
    await keys.store('cloud', 'key-2');
    assert.deepEqual(await keys.read('cloud'), ['old-key', 'key-2']);
    const [old] = await keys.list('cloud');
    await keys.store('cloud', 'new-key', old?.id);
    assert.deepEqual(await keys.read('cloud'), ['new-key', 'key-2']);
    assert.equal(secrets.values.has('reaper.key.cloud'), false);

    secrets.values.set('reaper.key.cloud.two', 'old-key');
    const again = keysOver(secrets);
    assert.deepEqual(await again.read('cloud.two'), ['old-key']);
    await again.remove('cloud.two');
    assert.deepEqual(await again.read('cloud.two'), []);
    assert.deepEqual(await again.read('cloud'), ['new-key', 'key-2']);
  });

  it('added in two windows at once are all kept, in the same order for both', async () => {
    const secrets = createFakeSecrets();
    const [one, other] = [keysOver(secrets, { wallTime: () => 5 }), keysOver(secrets, { wallTime: () => 5 })];
    await Promise.all([one.store('cloud', 'key-1'), other.store('cloud', 'key-2'), one.store('cloud', 'key-3')]);
    const seen = await one.read('cloud');
    assert.deepEqual([...seen].sort(), ['key-1', 'key-2', 'key-3']);
    assert.deepEqual(await other.read('cloud'), seen);
  });

  it('that are not in order in the storage are left alone, and the others used', async () => {
    const { keys, secrets } = setUp();
    await keys.store('cloud', 'key-1');
    for (const [index, broken] of ['', 'no time', '12', '{"key":"x"}', '5 two words'].entries()) {
      secrets.values.set(`reaper.key.cloud#broken-${index}`, broken);
    }
    assert.deepEqual(await keysOver(secrets).read('cloud'), ['key-1']);
  });

  it('come from the environment only when the user turned that on', async () => {
    const environment = { CLOUD_TOKEN: ' from-environment ' };
    assert.deepEqual(await setUp({ environment }).keys.read('cloud'), []);
    const { keys } = setUp({ environment, useEnvironment: true });
    assert.deepEqual(await keys.read('cloud'), ['from-environment']);
    assert.deepEqual(await keys.source('cloud'), { type: 'environment', variable: 'CLOUD_TOKEN' });
  });

  it('of the environment come after the stored ones, and one variable is enough', async () => {
    const environment = { CLOUD_API_KEY: 'from-environment', CLOUD_TOKEN: 'other-name' };
    const { keys } = setUp({ environment, useEnvironment: true });
    await keys.store('cloud', 'stored');
    assert.deepEqual(await keys.read('cloud'), ['stored', 'from-environment']);
    assert.deepEqual(await keys.source('cloud'), { type: 'stored' });
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

  it('name the provider and the way out when the secret storage fails, and work again when it does', async () => {
    const { keys, secrets } = setUp();
    await keys.store('cloud', 'key-1');
    secrets.fail(new Error('keyring is locked'));
    await assert.rejects(keys.read('cloud'), /secret storage .* cloud.*keyring/);
    secrets.fail(undefined);
    assert.deepEqual(await keys.read('cloud'), ['key-1']);
  });

  it('tell which provider has a new key, and nothing of other secrets', async () => {
    const { keys, secrets } = setUp();
    const told: string[] = [];
    keys.onDidChange((providerId) => told.push(providerId));
    await keys.store('cloud', 'key-1');
    await secrets.store('reaper.other', 'x');
    await secrets.store('reaper.key.cloud.two', 'of an older version');
    assert.deepEqual(told, ['cloud', 'cloud.two']);
    keys.dispose();
    assert.equal(secrets.listenerCount(), 0);
  });
});
