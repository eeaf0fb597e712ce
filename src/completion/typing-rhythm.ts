/** How fast this user types: the wait inside a word is the time in which most of their next keys come. */

/** Keys that count; a rhythm changes over a minute, not over a session. */
const KEYS = 30;
/** A longer gap is a pause for thought, not rhythm. */
const PAUSE_MS = 1000;
/** Before anything is known: mean gap of skilled typists, about 120 ms. */
const FIRST_GUESS_MS = 120;
/** No wait is longer, however slowly someone types (policy R2). */
const MAX_WAIT_MS = 250;
/** Share of next keys that come within the wait (policy R2). */
const QUANTILE = 0.6;
/** Even typing has all its gaps at the quantile: without a margin each key would race the wait. */
const MARGIN = 1.2;

export interface TypingRhythm {
  noteKey(atMs: number): void;
  /** Milliseconds from `nowMs` in which the next key inside a word is to be expected. */
  waitMs(nowMs: number): number;
}

export function createTypingRhythm(): TypingRhythm {
  const gaps: number[] = [];
  let lastKey: number | undefined;
  let waitMs = FIRST_GUESS_MS;
  return {
    noteKey: (atMs) => {
      const gap = lastKey === undefined ? PAUSE_MS : atMs - lastKey;
      lastKey = atMs;
      if (gap >= PAUSE_MS) {
        return;
      }
      gaps.push(gap);
      if (gaps.length > KEYS) {
        gaps.shift();
      }
      const sorted = [...gaps].sort((a, b) => a - b);
      const usual = sorted[Math.floor(sorted.length * QUANTILE)] ?? FIRST_GUESS_MS;
      waitMs = Math.min(MAX_WAIT_MS, usual * MARGIN);
    },
    waitMs: (nowMs) => Math.max(0, waitMs - (nowMs - (lastKey ?? nowMs))),
  };
}
