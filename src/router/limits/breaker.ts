/** One circuit breaker: closed, open for a while, then half-open for one real request that decides. */
import { CircuitState, ConsecutiveBreaker, CountBreaker } from 'cockatiel';
import type { Clock } from '../../base/clock.ts';

export interface BreakerOptions {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Breaker {
  /** Until when nobody should be asked (clock time); `undefined`: closed, or half-open and nobody tries it yet; `Infinity`: one does. */
  readonly restsUntilMs: number | undefined;
  /** It was open, and the next request decides whether it stays closed. */
  readonly isHalfOpen: boolean;
  /** A request goes out. In the half-open state it is the one that decides. Returns whether it is. */
  began(): boolean;
  /** Returns whether it was open or half-open. */
  succeeded(): boolean;
  /** Ended without telling anything. Returns whether the next request may decide instead. */
  inconclusive(): boolean;
  /** `isCertain`: the next try would fail just the same, so one is enough. `askedMs`: how long the server wants to be left alone. */
  failed(isCertain: boolean, askedMs: number): void;
}

// facts/router §3.7: three in a row, or half of the last 20 calls once there were 5; open for 10 s, doubled up to 120 s.
const FAILURES_IN_A_ROW = 3;
const WINDOW_CALLS = 20;
const FEWEST_CALLS = 5;
// `CountBreaker` wants more than its threshold. Of at most 20 calls, 9 of 19 (0.474) is the largest share below a half.
const JUST_BELOW_HALF = 0.49;
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 120_000;
// So that several windows do not all come back in the same moment.
const JITTER = 0.1;

/**
 * cockatiel's breakers count; its `CircuitBreakerPolicy` around them is not used: it runs functions, where a stream is pulled
 * piece by piece, it reads the time of the machine instead of a clock, and it knows no `Retry-After`.
 */
export function createBreaker({ clock, random }: BreakerOptions): Breaker {
  const inARow = new ConsecutiveBreaker(FAILURES_IN_A_ROW);
  const ofLast = new CountBreaker({
    threshold: JUST_BELOW_HALF,
    size: WINDOW_CALLS,
    minimumNumberOfCalls: FEWEST_CALLS,
  });
  let openUntilMs: number | undefined;
  let nextRestMs = FIRST_REST_MS;
  let isTried = false;

  function state(): CircuitState {
    return openUntilMs === undefined ? CircuitState.Closed : CircuitState.HalfOpen;
  }

  return {
    get restsUntilMs() {
      if (openUntilMs === undefined) return undefined;
      if (clock.now() < openUntilMs) return openUntilMs;
      return isTried ? Infinity : undefined;
    },
    get isHalfOpen() {
      return openUntilMs !== undefined && clock.now() >= openUntilMs;
    },
    began() {
      const decides = openUntilMs !== undefined && !isTried;
      if (decides) isTried = true;
      return decides;
    },
    succeeded() {
      ofLast.success(state());
      inARow.success();
      const wasOpen = openUntilMs !== undefined;
      openUntilMs = undefined;
      nextRestMs = FIRST_REST_MS;
      isTried = false;
      return wasOpen;
    },
    inconclusive() {
      const decided = isTried;
      isTried = false;
      return decided;
    },
    failed(isCertain, askedMs) {
      const trips = [ofLast.failure(state()), inARow.failure()].some(Boolean) || isCertain;
      isTried = false;
      if (!trips && askedMs <= 0) return;
      const nowMs = clock.now();
      // Answers to requests that ran side by side arrive together: they are one failure, not a reason to double.
      const isFirst = openUntilMs === undefined || openUntilMs <= nowMs;
      const restMs = trips && isFirst ? Math.min(nextRestMs * (1 + JITTER * random()), LONGEST_REST_MS) : 0;
      openUntilMs = Math.max(openUntilMs ?? 0, nowMs + Math.max(restMs, askedMs));
      if (restMs > 0) nextRestMs = Math.min(nextRestMs * 2, LONGEST_REST_MS);
    },
  };
}
