/** Work on the main thread in slices so short that no keystroke waits for it. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';

/** Work that stops at each `yield`; between two of them it must take well under a millisecond. */
export type SlicedWork<T> = Generator<undefined, T, undefined>;

export interface Background extends Disposable {
  /** `soon`: someone waits for it; `idle`: for later. Rejects with `cancelled` when the signal is aborted or all is disposed. */
  run<T>(work: SlicedWork<T>, urgency: 'soon' | 'idle', signal?: AbortSignal): Promise<T>;
}

/** The promise is 2 ms at a stretch; the rest is for what one step overruns. */
export const SLICE_MS = 1.2;

interface Task {
  /** Runs until the time or the end; whether it has ended. */
  readonly step: (until: number) => boolean;
  readonly cancel: () => void;
}

export function createBackground(clock: Clock): Background {
  const soon: Task[] = [];
  const idle: Task[] = [];
  let scheduled = false;
  let disposed = false;

  const turn = (): void => {
    scheduled = false;
    const queue = soon.length > 0 ? soon : idle;
    const until = clock.now() + SLICE_MS;
    for (let task = queue[0]; task !== undefined && clock.now() < until; task = queue[0]) {
      if (!task.step(until)) {
        break;
      }
      queue.shift();
    }
    schedule();
  };

  const schedule = (): void => {
    if (!scheduled && soon.length + idle.length > 0) {
      scheduled = true;
      setImmediate(turn);
    }
  };

  return {
    run: <T>(work: SlicedWork<T>, urgency: 'soon' | 'idle', signal?: AbortSignal) =>
      new Promise<T>((resolve, reject) => {
        const cancel = (): void => reject(new ReaperError('cancelled', 'Cancelled'));
        if (disposed) {
          cancel();
          return;
        }
        const step = (until: number): boolean => {
          try {
            do {
              if (signal?.aborted === true) {
                cancel();
                return true;
              }
              const { done, value } = work.next();
              if (done === true) {
                resolve(value);
                return true;
              }
            } while (clock.now() < until);
            return false;
          } catch (error) {
            reject(error);
            return true;
          }
        };
        (urgency === 'soon' ? soon : idle).push({ step, cancel });
        schedule();
      }),
    dispose: () => {
      disposed = true;
      for (const task of [...soon.splice(0), ...idle.splice(0)]) {
        task.cancel();
      }
    },
  };
}
