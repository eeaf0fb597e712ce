import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event.ts';
import { loadPricesAhead } from '../../src/router/load-prices-ahead.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { defineTestProvider, profileOf } from './router-fixture.ts';

const billed = profileOf(defineTestProvider('cloud', { prices: 'openai' }));
const free = profileOf(defineTestProvider('here', { prices: 'free' }));
const unknown = profileOf(defineTestProvider('own'));

describe('the list of prices', () => {
  const changed = new Emitter<void>();
  let list: readonly ProviderProfile[] = [];
  let loads = 0;

  function start() {
    const clock = createFakeClock();
    loads = 0;
    const ahead = loadPricesAhead({
      profiles: { list: () => list, onDidChange: changed.event },
      prices: { ready: () => Promise.resolve(void loads++) },
      clock,
    });
    return { clock, ahead };
  }

  it('is loaded once, some time after the start, where somebody is billed', async () => {
    list = [free, billed];
    const { clock, ahead } = start();
    assert.equal(loads, 0);
    await clock.advance(10_000);
    changed.fire();
    await clock.advance(10_000);
    assert.equal(loads, 1);
    ahead.dispose();
  });

  it('is loaded when a provider with prices is set up later', async () => {
    list = [free, unknown];
    const { clock, ahead } = start();
    await clock.advance(60_000);
    assert.equal(loads, 0);
    list = [free, billed];
    changed.fire();
    await clock.advance(10_000);
    assert.equal(loads, 1);
    ahead.dispose();
  });

  it('is not loaded any more when the editor closes', async () => {
    list = [billed];
    const { clock, ahead } = start();
    ahead.dispose();
    await clock.advance(10_000);
    assert.equal(loads, 0);
    assert.equal(changed.listenerCount, 0);
    assert.equal(clock.pendingTimers, 0);
  });
});
