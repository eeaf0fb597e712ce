/** Running estimates (EWMA) of the time to the first useful token, per provider and model. */

// Weight of the newest sample: about the last seven answers count, so a server that wakes up or slows down shows quickly.
const NEWEST_WEIGHT = 0.25;

export interface LatencyEstimates {
  /** An answer's first useful token came after so long. */
  answered(key: string, firstUsefulTokenMs: number): void;
  /** It was given up without one. That is only a lower bound, so it counts only if it is longer than the estimate. */
  gaveUp(key: string, waitedMs: number): void;
  of(key: string): number | undefined;
  /** Grows with every change. */
  readonly version: number;
}

export function createLatencyEstimates(): LatencyEstimates {
  const estimates = new Map<string, number>();
  let version = 0;

  function answered(key: string, sampleMs: number): void {
    const before = estimates.get(key);
    version++;
    estimates.set(key, before === undefined ? sampleMs : before + NEWEST_WEIGHT * (sampleMs - before));
  }

  return {
    answered,
    gaveUp(key, waitedMs) {
      const before = estimates.get(key);
      if (before !== undefined && waitedMs > before) answered(key, waitedMs);
    },
    of: (key) => estimates.get(key),
    get version() {
      return version;
    },
  };
}
