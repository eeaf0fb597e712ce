/** Deriving and awaiting abort signals without leaking their listeners. */
import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';
import { ReaperError } from './errors.ts';

export interface ForkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/** A child that is aborted with its parent or alone. Dispose it when the work ends, or the parent keeps its listener. */
export function forkAbort(parent?: AbortSignal): ForkedAbort {
  const controller = new AbortController();
  const onParentAbort = (): void => controller.abort(parent?.reason);
  if (parent?.aborted === true) {
    onParentAbort();
  } else {
    parent?.addEventListener('abort', onParentAbort, { once: true });
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    dispose: () => parent?.removeEventListener('abort', onParentAbort),
  };
}

/** Resolves with the promise, or rejects with `cancelled` as soon as the signal is aborted. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(new ReaperError('cancelled', 'Cancelled'));
    if (signal.aborted) {
      // Nobody reads it any more, so its failure is no news.
      promise.catch(() => undefined);
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Waits, by the given clock; rejects with `cancelled` if the signal is aborted first. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new ReaperError('cancelled', 'Cancelled'));
      return;
    }
    const onAbort = (): void => {
      timer.dispose();
      reject(new ReaperError('cancelled', 'Cancelled'));
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
