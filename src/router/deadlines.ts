/** The timers of one attempt: first useful token, silence between tokens, total. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { ModelRequest, Purpose } from './model-request.ts';

export interface Deadlines {
  readonly firstUsefulTokenMs: number;
  readonly betweenTokensMs: number;
  readonly totalMs: number;
}

export type Deadline = keyof Deadlines;

// facts/router §3.8: first content 1.5 s for completions, 30 s for chat, 120 s where a model may think first; 30 s of
// silence; 10 min in all, as in both big SDKs. A completion is worthless long before, so its own bounds are tighter.
const BY_PURPOSE: Readonly<Record<Purpose, Deadlines>> = {
  completion: { firstUsefulTokenMs: 1500, betweenTokensMs: 5000, totalMs: 30_000 },
  chat: { firstUsefulTokenMs: 30_000, betweenTokensMs: 30_000, totalMs: 600_000 },
  agent: { firstUsefulTokenMs: 120_000, betweenTokensMs: 30_000, totalMs: 600_000 },
  review: { firstUsefulTokenMs: 120_000, betweenTokensMs: 30_000, totalMs: 600_000 },
  tests: { firstUsefulTokenMs: 120_000, betweenTokensMs: 30_000, totalMs: 600_000 },
  commit: { firstUsefulTokenMs: 30_000, betweenTokensMs: 30_000, totalMs: 600_000 },
};

/** What the request says, and the purpose's defaults for the rest. */
export function deadlinesOf(request: ModelRequest): Deadlines {
  const { limits } = request;
  const defaults = BY_PURPOSE[request.purpose];
  return {
    firstUsefulTokenMs: limits.firstUsefulTokenMs ?? defaults.firstUsefulTokenMs,
    betweenTokensMs: limits.betweenTokensMs ?? defaults.betweenTokensMs,
    totalMs: limits.totalMs ?? defaults.totalMs,
  };
}

export interface Watchdog extends Disposable {
  /** The reader now waits for the server; time that the reader itself takes is not silence. */
  waiting(): void;
  /** Something useful came. Other parts (usage, warnings, pings) do not end the silence. */
  usefulPart(): void;
}

/** Calls `onExpired` at most once. One timer is re-armed only when it fires, so a token costs no timer. */
export function startWatchdog(
  clock: Clock,
  deadlines: Deadlines,
  onExpired: (deadline: Deadline, limitMs: number) => void,
): Watchdog {
  /** Since when the server has owed a useful part; `undefined` while the reader is busy with the last one. */
  let owedSinceMs: number | undefined = clock.now();
  let anyUseful = false;
  let disposed = false;
  let timer: Disposable | undefined;

  const total = clock.setTimeout(() => expire('totalMs'), deadlines.totalMs);
  arm(deadlines.firstUsefulTokenMs);

  function arm(delayMs: number): void {
    timer = clock.setTimeout(onTimer, delayMs);
  }

  function onTimer(): void {
    timer = undefined;
    if (owedSinceMs === undefined) return;
    const deadline = anyUseful ? 'betweenTokensMs' : 'firstUsefulTokenMs';
    // Rounded up, so that a timer that fires a fraction of a millisecond early is not armed for zero again and again.
    const restMs = Math.ceil(owedSinceMs + deadlines[deadline] - clock.now());
    if (restMs <= 0) {
      expire(deadline);
    } else {
      arm(restMs);
    }
  }

  function expire(deadline: Deadline): void {
    dispose();
    onExpired(deadline, deadlines[deadline]);
  }

  function dispose(): void {
    disposed = true;
    total.dispose();
    timer?.dispose();
    timer = undefined;
    owedSinceMs = undefined;
  }

  return {
    waiting() {
      if (disposed || owedSinceMs !== undefined) return;
      owedSinceMs = clock.now();
      if (timer === undefined) arm(deadlines.betweenTokensMs);
    },
    usefulPart() {
      anyUseful = true;
      owedSinceMs = undefined;
    },
    dispose,
  };
}
