/** The user-visible state of each provider: changes are announced once, and logged once. */
import { Emitter, type Event } from '../base/event.ts';
import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ProviderHealth } from './router.ts';

export interface HealthBoard {
  ok(providerId: string): void;
  failing(providerId: string, problem: string): void;
  /** It was only looked for, and is not there. */
  unknown(providerId: string): void;
  /** Nothing is known any more: the settings changed. */
  reset(): void;
  of(providerId: string): ProviderHealth;
  readonly onChanged: Event<ProviderHealth>;
  dispose(): void;
}

export function createHealthBoard(clock: Clock, logger: Logger): HealthBoard {
  const states = new Map<string, ProviderHealth>();
  const changed = new Emitter<ProviderHealth>();
  /** What was last said of a provider, and holds until it works again: a change of settings is no reason to say it twice. */
  const said = new Map<string, string>();
  const bornAt = clock.wallTime();

  function of(providerId: string): ProviderHealth {
    return states.get(providerId) ?? { providerId, state: 'unknown', problem: undefined, since: bornAt };
  }

  function set(providerId: string, state: ProviderHealth['state'], problem: string | undefined): void {
    const before = of(providerId);
    if (before.state === state && before.problem === problem) return;
    const since = before.state === state ? before.since : clock.wallTime();
    const health: ProviderHealth = { providerId, state, problem, since };
    states.set(providerId, health);
    log(before, health);
    try {
      changed.fire(health);
    } catch (error) {
      // A listener's fault must not end the request or the probe that brought the news.
      logger.error(`A listener of provider health failed: ${errorMessage(error)}`, error);
    }
  }

  /** One entry when it begins and one when it ends; what else goes wrong meanwhile is detail. */
  function log(before: ProviderHealth, after: ProviderHealth): void {
    if (after.state === 'failing') {
      const line = `${after.providerId}: ${after.problem ?? 'failing'}`;
      if (before.state === 'failing' || said.get(after.providerId) === line) logger.debug(line);
      else logger.warn(line);
      said.set(after.providerId, line);
    } else if (after.state === 'ok' && said.delete(after.providerId)) {
      logger.info(`${after.providerId} works again`);
    }
  }

  return {
    ok: (providerId) => set(providerId, 'ok', undefined),
    failing: (providerId, problem) => set(providerId, 'failing', problem),
    unknown: (providerId) => set(providerId, 'unknown', undefined),
    reset() {
      for (const providerId of states.keys()) set(providerId, 'unknown', undefined);
    },
    of,
    onChanged: changed.event,
    dispose: () => changed.dispose(),
  };
}
