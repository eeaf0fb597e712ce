/** The timers of one attempt. */
import assert from 'node:assert/strict';
import { deadlinesOf, startWatchdog, type Watchdog } from '../../src/router/deadlines.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { fimRequest } from './router-fixture.ts';

describe('deadlines', () => {
  let clock: FakeClock;
  let expired: string[];
  let watchdog: Watchdog;

  beforeEach(() => {
    clock = createFakeClock();
    expired = [];
    const deadlines = { firstUsefulTokenMs: 100, betweenTokensMs: 30, totalMs: 1000 };
    watchdog = startWatchdog(clock, deadlines, (deadline) => expired.push(`${deadline} at ${clock.now()}`));
  });

  it('end a wait for the first useful token', async () => {
    watchdog.waiting();
    await clock.advance(99);
    watchdog.waiting();
    await clock.advance(1);
    assert.deepEqual(expired, ['firstUsefulTokenMs at 100']);
    assert.equal(clock.pendingTimers, 0);
  });

  it('end a silence, measured from when the reader waits', async () => {
    watchdog.usefulPart();
    await clock.advance(500);
    watchdog.waiting();
    await clock.advance(20);
    watchdog.usefulPart();
    watchdog.waiting();
    await clock.advance(20);
    watchdog.waiting();
    await clock.advance(9);
    assert.deepEqual(expired, []);
    await clock.advance(1);
    assert.deepEqual(expired, ['betweenTokensMs at 550']);
    assert.equal(clock.pendingTimers, 0);
  });

  it('end the whole, however lively', async () => {
    for (let i = 0; i < 60; i++) {
      watchdog.usefulPart();
      watchdog.waiting();
      await clock.advance(20);
    }
    assert.deepEqual(expired, ['totalMs at 1000']);
    assert.equal(clock.pendingTimers, 0);
  });

  it('never fire after they are disposed, nor twice', async () => {
    watchdog.dispose();
    watchdog.waiting();
    watchdog.usefulPart();
    watchdog.waiting();
    assert.equal(clock.pendingTimers, 0);
    await clock.advance(5000);
    assert.deepEqual(expired, []);
  });

  it('come from the request first, then from its purpose', () => {
    assert.equal(deadlinesOf(fimRequest()).firstUsefulTokenMs, 1500);
    assert.equal(deadlinesOf(fimRequest({ purpose: 'chat' })).firstUsefulTokenMs, 30_000);
    assert.equal(deadlinesOf(fimRequest({ purpose: 'agent' })).firstUsefulTokenMs, 120_000);
    const limits = { firstUsefulTokenMs: 1, betweenTokensMs: 2, totalMs: 3 };
    assert.deepEqual(deadlinesOf(fimRequest({ limits })), limits);
  });
});
