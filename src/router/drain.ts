/** Reads the rest of an answer that has come to its end, so that its connection can be used again. */
import type { Clock } from '../base/clock.ts';

// After `finish` a body may still have its terminating bytes to come; reading them keeps the connection for the next request.
const DRAIN_LIMIT_MS = 1000;

export interface DrainOptions {
  /** The caller's: nothing is read against it. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Ends what is still open. */
  readonly stop: () => void;
  readonly onEnd: () => void;
}

/** Lets the wire come to its own end; not for long. */
export function drain(iterator: AsyncIterator<unknown> | undefined, options: DrainOptions): void {
  const { signal, clock, stop, onEnd } = options;
  const timer = clock.setTimeout(stop, DRAIN_LIMIT_MS);
  signal.addEventListener('abort', stop, { once: true });
  const rest = iterator?.next() ?? Promise.resolve({ done: true });
  rest
    .then((result) => (result.done === true ? undefined : iterator?.return?.()))
    .catch(() => undefined)
    .finally(() => {
      timer.dispose();
      signal.removeEventListener('abort', stop);
      stop();
      onEnd();
    });
}
