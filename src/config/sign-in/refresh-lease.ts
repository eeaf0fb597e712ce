/** Lets one window at a time refresh a session: a rotated refresh token that two windows use is taken back as stolen. */
import { delay } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import type { Secrets } from '../secrets.ts';

export interface RefreshLease {
  /** Runs the work when no other window holds the lease, or when its time is over. */
  hold<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface RefreshLeaseOptions {
  readonly secrets: Secrets;
  readonly secretName: string;
  /** Of this window, different from all others. */
  readonly owner: string;
  readonly clock: Clock;
}

/** Longer than a refresh may take, so that only a window that was closed in the middle loses its lease. */
const LEASE_MS = 40_000;
const ASK_AGAIN_MS = 250;
/** Two windows may write at once. Whoever wrote last has it; both look after a time in which a write arrives. */
const SETTLE_MS = 60;

export function createRefreshLease({ secrets, secretName, owner, clock }: RefreshLeaseOptions): RefreshLease {
  const holder = async (): Promise<string | undefined> => {
    const [, name, until] = /^(\S+) (\d+)$/.exec((await secrets.get(secretName)) ?? '') ?? [];
    // A lease from beyond its length was written by a clock that was wrong.
    const leftMs = Number(until) - clock.wallTime();
    return leftMs > 0 && leftMs <= LEASE_MS ? name : undefined;
  };
  const acquire = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const current = await holder();
      if (current === undefined || current === owner) {
        await secrets.store(secretName, `${owner} ${clock.wallTime() + LEASE_MS}`);
        await delay(clock, SETTLE_MS, signal);
        if ((await holder()) === owner) {
          return;
        }
      } else {
        await delay(clock, ASK_AGAIN_MS, signal);
      }
    }
  };
  return {
    hold: async (work, signal) => {
      await acquire(signal);
      try {
        return await work();
      } finally {
        if ((await holder()) === owner) {
          await secrets.delete(secretName);
        }
      }
    },
  };
}
