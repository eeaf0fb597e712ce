/** When a second request is worth its price: later than the first one usually answers, and for few requests only. */
import type { Speeds } from './speed.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface Hedges {
  /** How long to wait for this one before another is asked as well. */
  delayMs(key: string, inputTokens: number): number;
  /** A request that might be hedged was made. */
  made(): void;
  /** `false`: too many requests were hedged of late. */
  spend(): boolean;
}

// facts/router §3.2: at most 5 % more requests (Dean and Barroso's trigger at the 95th percentile), and these bounds.
const SHARE = 0.05;
const MOST_SAVED_UP = 5;
const SHORTEST_MS = 300;
const LONGEST_MS = 10_000;
// While too little is known; spread, so that requests made together are not all hedged together.
const UNKNOWN_FROM_MS = 2000;
const UNKNOWN_TO_MS = 4000;

export function createHedges(speeds: Speeds, random: () => number): Hedges {
  const bucket = createTokenBucket({ share: SHARE, most: MOST_SAVED_UP, atFirst: 0 });
  return {
    delayMs(key, inputTokens) {
      const usualMs = speeds.usualFirstTokenMs(key, inputTokens);
      if (usualMs === undefined) return UNKNOWN_FROM_MS + random() * (UNKNOWN_TO_MS - UNKNOWN_FROM_MS);
      return Math.min(Math.max(usualMs, SHORTEST_MS), LONGEST_MS);
    },
    made: () => bucket.earn(),
    spend: () => bucket.spend(),
  };
}
