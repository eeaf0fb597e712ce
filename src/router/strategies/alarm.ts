/** A moment to wait for beside other things; disposing it leaves no timer behind. */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

export interface Alarm<T extends string> extends Disposable {
  /** Never settles if the alarm is disposed, or never set. */
  readonly event: Promise<{ readonly type: T }>;
}

export function startAlarm<T extends string>(clock: Clock, type: T, delayMs: number | undefined): Alarm<T> {
  if (delayMs === undefined) return { event: new Promise(() => undefined), dispose: () => undefined };
  const { promise, resolve } = Promise.withResolvers<{ readonly type: T }>();
  const timer = clock.setTimeout(() => resolve({ type }), delayMs);
  return { event: promise, dispose: () => timer.dispose() };
}
