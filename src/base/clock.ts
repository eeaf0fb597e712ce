/** Time as a port: policy is tested with a fake clock, never with a sleep. */
import { type Disposable, toDisposable } from './disposable.ts';

export interface Clock {
  /** Milliseconds from an arbitrary origin; never goes back. */
  now(): number;
  /** Milliseconds since the Unix epoch, for records. */
  wallTime(): number;
  setTimeout(callback: () => void, delayMs: number): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const handle = setTimeout(callback, delayMs);
    return toDisposable(() => clearTimeout(handle));
  },
};
