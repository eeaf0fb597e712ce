/** Whether somebody else than the first choice answers at the moment: what the status bar shows of it. */
import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { Candidate } from './candidates.ts';
import type { ModelUse } from './need.ts';
import type { Degradation } from './router.ts';

/** Who should have answered, and why it did not. */
export interface MissedChoice {
  readonly providerId: string;
  readonly location: Candidate['location'];
  readonly reason: string;
}

export interface Degradations {
  /** Somebody answers; `missed`: in place of whom. */
  answered(use: ModelUse, candidate: Candidate, missed: MissedChoice | undefined): void;
  current(): readonly Degradation[];
  /** Settings changed: nothing is known any more. */
  reset(): void;
  readonly onChanged: Event<readonly Degradation[]>;
  dispose(): void;
}

export function createDegradations(clock: Clock, logger: Logger): Degradations {
  const states = new Map<ModelUse, Degradation>();
  const changed = new Emitter<readonly Degradation[]>();
  let snapshot: readonly Degradation[] = [];

  function publish(): void {
    snapshot = [...states.values()];
    try {
      changed.fire(snapshot);
    } catch (error) {
      // A listener's fault must not end the stream that brought the news.
      logger.error(`A listener of degradations failed: ${errorMessage(error)}`, error);
    }
  }

  return {
    answered(use, { providerId, model, location }, missed) {
      const before = states.get(use);
      if (missed === undefined) {
        if (!states.delete(use)) return;
        logger.info(`${providerId} answers again, as wanted (${use})`);
        publish();
        return;
      }
      if (before?.wanted.providerId === missed.providerId && before.instead.providerId === providerId) return;
      states.set(use, {
        use,
        wanted: { providerId: missed.providerId, location: missed.location },
        instead: { providerId, model, location },
        reason: missed.reason,
        since: before?.since ?? clock.wallTime(),
      });
      logger.info(`${providerId} answers in place of ${missed.providerId} (${use}): ${missed.reason}`);
      publish();
    },
    current: () => snapshot,
    reset() {
      if (states.size === 0) return;
      states.clear();
      publish();
    },
    onChanged: changed.event,
    dispose: () => changed.dispose(),
  };
}
