/** Looks for servers in the background: at the start, after a change, and now and then; what is absent costs less and less. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { isLoopback, isSetUpByUser, needsProbe } from './candidates.ts';
import type { HealthBoard } from './health.ts';
import { baseUrlOf, configuredModel, probeKey, type Probes } from './probes.ts';
import type { ProviderProfile } from './provider-definition.ts';
import type { ProbeResult } from './wire.ts';

export interface DiscoveryOptions {
  readonly profiles: () => readonly ProviderProfile[];
  readonly probes: Probes;
  readonly health: HealthBoard;
  readonly clock: Clock;
}

export interface Discovery extends Disposable {
  /** Asks every server anew: at the start, and when settings or keys changed. */
  restart(): void;
  /** A request failed in a way that a probe may explain. Returns whether a probe will tell. */
  recheck(profile: ProviderProfile): boolean;
}

// A connection to a closed loopback port takes 0.2 ms, so asking soon again is cheap (while an editor starts, a probe can miss its
// deadline because the whole process is busy); 10 min is as long as a user would wait before pressing
// "Test Connection" after starting a server.
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 600_000;
// Models are pulled and removed meanwhile; only servers on this machine are asked without a reason.
const PAUSE_WHEN_PRESENT_MS = 300_000;
// A server that has just gone is often being restarted.
const PAUSE_WHEN_GONE_MS = 5000;

interface Watch {
  profile: ProviderProfile;
  readonly abort: AbortController;
  timer: Disposable | undefined;
  looking: boolean;
  /** Settings or keys changed while it was being asked. */
  again: boolean;
  pauseMs: number;
  wasReachable: boolean;
}

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { probes, health, clock } = options;
  const watches = new Map<string, Watch>();

  async function look(watch: Watch): Promise<void> {
    watch.timer?.dispose();
    watch.timer = undefined;
    watch.looking = true;
    try {
      let result: ProbeResult;
      do {
        watch.again = false;
        result = await probes.runShared(watch.profile, configuredModel(watch.profile), watch.abort.signal);
      } while (watch.again && !watch.abort.signal.aborted);
      if (watch.abort.signal.aborted) return;
      tell(watch, result);
      schedule(watch, result);
    } catch {
      // `cancelled`, the only way in which a probe rejects: the settings changed, or the router goes.
    } finally {
      watch.looking = false;
    }
  }

  function tell(watch: Watch, result: ProbeResult): void {
    const { id } = watch.profile.definition;
    if (result.reachable && result.problem === undefined) {
      if (!watch.wasReachable) health.ok(id);
    } else if (isSetUpByUser(watch.profile)) {
      health.failing(id, result.problem ?? 'It does not answer.');
    } else {
      // Nobody asked for it: that it is absent, or has no model, is no problem of the user's.
      health.unknown(id);
    }
  }

  function schedule(watch: Watch, result: ProbeResult): void {
    const { wasReachable } = watch;
    watch.wasReachable = result.reachable;
    if (result.reachable) {
      watch.pauseMs = FIRST_PAUSE_MS;
      if (isLoopback(baseUrlOf(watch.profile) ?? '')) wait(watch, PAUSE_WHEN_PRESENT_MS);
    } else if (wasReachable) {
      wait(watch, PAUSE_WHEN_GONE_MS);
    } else {
      wait(watch, watch.pauseMs);
      watch.pauseMs = Math.min(watch.pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  function wait(watch: Watch, pauseMs: number): void {
    watch.timer = clock.setTimeout(() => void look(watch), pauseMs);
  }

  function watchFor(profile: ProviderProfile): Watch {
    const key = probeKey(profile, configuredModel(profile));
    let watch = watches.get(key);
    if (watch === undefined) {
      const abort = new AbortController();
      watch = {
        profile,
        abort,
        timer: undefined,
        looking: false,
        again: false,
        pauseMs: FIRST_PAUSE_MS,
        wasReachable: false,
      };
      watches.set(key, watch);
    }
    watch.profile = profile;
    return watch;
  }

  function drop(keep: (watch: Watch) => boolean): void {
    for (const [key, watch] of watches) {
      if (keep(watch)) continue;
      watch.timer?.dispose();
      watch.abort.abort();
      watches.delete(key);
    }
  }

  return {
    restart() {
      const wanted = new Set(
        options
          .profiles()
          .filter((profile) => profile.enabled && needsProbe(profile))
          .map(watchFor),
      );
      drop((watch) => wanted.has(watch));
      for (const watch of wanted) {
        watch.pauseMs = FIRST_PAUSE_MS;
        watch.wasReachable = false;
        if (watch.looking) watch.again = true;
        else void look(watch);
      }
    },
    recheck(profile) {
      const watch = watches.get(probeKey(profile, configuredModel(profile)));
      if (watch === undefined) return false;
      if (!watch.looking) void look(watch);
      return true;
    },
    dispose: () => drop(() => false),
  };
}
