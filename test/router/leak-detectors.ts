/** Counts what must not be left behind: abort listeners and rejections that nobody handles. */
import assert from 'node:assert/strict';

export interface ListenerCount {
  readonly current: number;
  readonly total: number;
}

/** Counts the `abort` listeners that are added to a signal and not removed again. */
export function countAbortListeners(signal: AbortSignal): ListenerCount {
  const live = new Set<unknown>();
  const count = { current: 0, total: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject, options?: unknown): void => {
    live.add(listener);
    count.total++;
    count.current = live.size;
    add(type, listener, options as AddEventListenerOptions);
  };
  signal.removeEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: unknown,
  ): void => {
    live.delete(listener);
    count.current = live.size;
    remove(type, listener, options as EventListenerOptions);
  };
  return count;
}

/** Watches for unhandled rejections during the tests of the surrounding `describe`. */
export function watchUnhandledRejections(): { assertNone(): void } {
  const seen: unknown[] = [];
  const onRejection = (reason: unknown): void => void seen.push(reason);
  let others: NodeJS.UnhandledRejectionListener[] = [];
  before(() => {
    others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', onRejection);
  });
  after(() => {
    process.off('unhandledRejection', onRejection);
    for (const listener of others) process.on('unhandledRejection', listener);
  });
  return {
    assertNone() {
      assert.deepEqual(seen.splice(0), [], 'unhandled rejections');
    },
  };
}
