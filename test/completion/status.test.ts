/** What the status bar is told, and when. */
import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event.ts';
import type { CompletionSettings } from '../../src/completion/engine.ts';
import { createCompletionStatus } from '../../src/completion/status.ts';
import type { ProviderHealth } from '../../src/router/router.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { DEFAULT_SETTINGS, ROUTE } from './editor-harness.ts';

function watch() {
  const clock = createFakeClock();
  const healthChanged = new Emitter<ProviderHealth>();
  const settingsChanged = new Emitter<CompletionSettings>();
  const world: { health: ProviderHealth[]; settings: CompletionSettings } = { health: [], settings: DEFAULT_SETTINGS };
  const status = createCompletionStatus({
    clock,
    router: { completionRoute: () => [ROUTE], health: () => world.health, onHealthChanged: healthChanged.event },
    settings: () => world.settings,
    onSettingsChanged: settingsChanged.event,
  });
  const seen: string[] = [];
  status.onChanged(({ state }) => seen.push(state));
  return { clock, status, seen, world, healthChanged, settingsChanged };
}

describe('the status of ghost text', () => {
  it('works while someone waits, and is idle when the last is gone', () => {
    const { status, seen } = watch();
    const [first, second] = [status.waiting(), status.waiting()];
    first.dispose();
    first.dispose();
    assert.equal(status.current.state, 'working');
    second.dispose();
    assert.deepEqual(seen, ['working', 'idle']);
  });

  it('says what is wrong with a provider', () => {
    const { status, seen, world, healthChanged } = watch();
    const bad: ProviderHealth = { providerId: 'served', state: 'failing', problem: 'No key.', since: 0 };
    world.health = [bad];
    healthChanged.fire(bad);
    healthChanged.fire(bad);
    assert.deepEqual(seen, ['problem']);
    assert.equal(status.current.problem, 'No key.');
  });

  it('ends a snooze in time, by hand, and with itself', async () => {
    const { clock, status, seen } = watch();
    status.snooze(1000);
    await clock.advance(1000);
    status.snooze(1000);
    status.cancelSnooze();
    assert.deepEqual(seen, ['snoozed', 'idle', 'snoozed', 'idle']);
    status.snooze(1000);
    status.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
