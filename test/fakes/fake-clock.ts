/** A clock that moves only when told, and lets everything that became ready run before it moves on. */
import type { Clock } from '../../src/base/clock.ts';
import { type Disposable, toDisposable } from '../../src/base/disposable.ts';

export interface FakeClock extends Clock {
  /** Moves time on; timers fire in order, each at its own time, and promises settle between them. */
  advance(durationMs: number): Promise<void>;
  /** Lets pending promises settle without moving time. */
  settle(): Promise<void>;
  /** Timers that are neither fired nor disposed: a leak if it is not 0 at the end. */
  readonly pendingTimers: number;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

// Captured at load, so that faked globals (sinon) do not stop this clock.
const realSetImmediate = globalThis.setImmediate;

/** A macrotask: every microtask queued so far, and every one that those queue, has run when it resolves. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve);
  });
}

export function createFakeClock(startMs = 0, wallTimeAtStart = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  function nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs > untilMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }

  return {
    now: () => nowMs,
    wallTime: () => wallTimeAtStart + (nowMs - startMs),
    setTimeout(callback: () => void, delayMs: number): Disposable {
      const timer: Timer = { dueMs: nowMs + Math.max(0, delayMs), order: order++, callback };
      timers.add(timer);
      return toDisposable(() => timers.delete(timer));
    },
    async advance(durationMs: number): Promise<void> {
      const untilMs = nowMs + durationMs;
      await settle();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.callback();
        await settle();
      }
      nowMs = untilMs;
    },
    settle,
    get pendingTimers() {
      return timers.size;
    },
  };
}
