import assert from 'node:assert/strict';
import { providers } from '../../../src/router/providers/index.ts';
import { once } from '../../../src/router/wire/once.ts';

describe('the providers', () => {
  it('each have an id of their own, fit for a setting and for the name of a secret', () => {
    const ids = providers.map(({ id }) => id);
    assert.deepEqual([...new Set(ids)], ids);
    for (const id of ids) assert.match(id, /^[a-z][a-z0-9.-]*$/);
  });

  for (const definition of providers) {
    describe(definition.id, () => {
      it('is consistent in itself', () => {
        const { auth, baseUrl, capabilities, completionModel, discover, location, models } = definition;
        if (auth === 'api-key') assert.ok(definition.keyVariables.length > 0);
        if (completionModel !== undefined) assert.equal(models[0], completionModel);
        // Where the server has no list to choose from, the definition must choose.
        if (capabilities.fim !== 'probe') assert.ok(completionModel !== undefined);
        if (discover) assert.equal(location, 'local');
        if (baseUrl !== undefined) {
          const { protocol, hostname } = new URL(baseUrl);
          assert.equal(location === 'local', hostname === '127.0.0.1');
          assert.equal(protocol, location === 'local' ? 'http:' : 'https:');
        }
        assert.ok(capabilities.parallelRequests >= 1);
      });

      it('loads its protocol once, and it is whole', async () => {
        const wire = await definition.wire();
        assert.equal(await definition.wire(), wire);
        assert.equal(typeof wire.stream, 'function');
        assert.equal(typeof wire.probe, 'function');
      });
    });
  }
});

describe('loading once', () => {
  it('tries again after a failure, and shares what is under way', async () => {
    let calls = 0;
    const load = once(() => {
      calls++;
      return calls === 1 ? Promise.reject(new Error('no disk')) : Promise.resolve(calls);
    });
    await assert.rejects(load, /no disk/);
    assert.deepEqual(await Promise.all([load(), load()]), [2, 2]);
  });
});
