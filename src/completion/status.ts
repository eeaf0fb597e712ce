/** The state that the status bar shows: working, off, snoozed, or what is wrong. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Router } from '../router/router.ts';
import type { CompletionSettings, CompletionStatus } from './engine.ts';

export interface CompletionStatusTracker extends Disposable {
  readonly current: CompletionStatus;
  readonly onChanged: Event<CompletionStatus>;
  readonly snoozed: boolean;
  snooze(durationMs: number): void;
  cancelSnooze(): void;
  /** Someone waits for a suggestion; dispose when that is over. */
  waiting(): Disposable;
}

export interface CompletionStatusOptions {
  readonly clock: Clock;
  readonly router: Pick<Router, 'completionRoute' | 'health' | 'onHealthChanged'>;
  readonly settings: () => CompletionSettings;
  readonly onSettingsChanged: Event<CompletionSettings>;
}

export function createCompletionStatus(options: CompletionStatusOptions): CompletionStatusTracker {
  const { clock, router, settings } = options;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<CompletionStatus>());
  let snoozeTimer: Disposable | undefined;
  let waiters = 0;
  let last: CompletionStatus | undefined;

  const work = (): CompletionStatus => {
    const providerId = router.completionRoute()[0]?.providerId;
    const problem = router.health().find((health) => health.state === 'failing');
    if (!settings().enabled) {
      return { state: 'off', providerId, problem: undefined };
    }
    if (snoozeTimer !== undefined) {
      return { state: 'snoozed', providerId, problem: undefined };
    }
    if (problem !== undefined) {
      return { state: 'problem', providerId: problem.providerId, problem: problem.problem };
    }
    return { state: waiters > 0 ? 'working' : 'idle', providerId, problem: undefined };
  };

  const update = (): void => {
    const now = work();
    if (last?.state !== now.state || last.providerId !== now.providerId || last.problem !== now.problem) {
      last = now;
      changed.fire(now);
    }
  };

  const cancelSnooze = (): void => {
    snoozeTimer?.dispose();
    snoozeTimer = undefined;
    update();
  };

  store.add(router.onHealthChanged(update));
  store.add(options.onSettingsChanged(update));

  return {
    get current() {
      return work();
    },
    onChanged: changed.event,
    get snoozed() {
      return snoozeTimer !== undefined;
    },
    snooze: (durationMs) => {
      snoozeTimer?.dispose();
      snoozeTimer = clock.setTimeout(cancelSnooze, durationMs);
      update();
    },
    cancelSnooze,
    waiting: () => {
      waiters++;
      update();
      let over = false;
      return {
        dispose: () => {
          waiters -= over ? 0 : 1;
          over = true;
          update();
        },
      };
    },
    dispose: () => {
      snoozeTimer?.dispose();
      store.dispose();
    },
  };
}
