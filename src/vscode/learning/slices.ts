/** Cuts long work into slices, so that typing never waits for it. */

export interface Slices {
  /** Resolves at once while the slice lasts, and in a later turn of the event loop when it is used up. */
  pause(): Promise<void>;
}

/** Half of the 5 ms that background work may take at a stretch: one file more may follow the check. */
const SLICE_MS = 2.5;

export function createSlices(now: () => number): Slices {
  let since = now();
  return {
    pause: async () => {
      if (now() - since >= SLICE_MS) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        since = now();
      }
    },
  };
}
