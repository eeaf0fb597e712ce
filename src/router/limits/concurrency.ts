/** How many requests run at once at one address: a turn for each, the more urgent first, fewer when the server says it is too much. */
import type { Clock } from '../../base/clock.ts';
import { ReaperError } from '../../base/errors.ts';
import type { Purpose } from '../model-request.ts';

export interface Turn {
  /** Once; the next one in line goes ahead. */
  end(how: 'answered' | 'limited' | 'other'): void;
}

export interface TurnRequest {
  /** Provider and address. */
  readonly place: string;
  /** What the server works on at once: its own number, the user's, or the definition's. */
  readonly most: number;
  readonly purpose: Purpose;
  readonly signal: AbortSignal;
}

export interface Occupancy {
  readonly running: number;
  readonly waiting: number;
  /** How many may run now; less than `most` after the server said that it was too much. */
  readonly allowed: number;
  readonly most: number;
}

export interface Concurrency {
  /** At once if there is room. Rejects with `cancelled`, or with `overloaded` if too many wait already. */
  turn(request: TurnRequest): Turn | Promise<Turn>;
  occupancy(place: string): Occupancy | undefined;
  /** Settings changed: what was learned is forgotten, what runs goes on. */
  reset(): void;
}

// A person waits for ghost text while typing, for chat while looking on; the rest goes on in the background.
const RANKS: Readonly<Record<Purpose, number>> = { completion: 0, chat: 1, commit: 1, agent: 2, review: 2, tests: 2 };
// Behind so many nobody's turn comes before the deadline.
const MOST_WAITING = 32;
// Requests that ran side by side are refused together: that is one sign, not several.
const ONE_SIGN_MS = 1000;

interface Waiting {
  readonly rank: number;
  readonly go: () => void;
}

interface Place {
  most: number;
  allowed: number;
  lastRefusedMs: number;
  /** By rank. */
  readonly running: [number, number, number];
  /** By rank, then by time. */
  waiting: readonly Waiting[];
}

export function createConcurrency(clock: Clock): Concurrency {
  const places = new Map<string, Place>();

  function placeAt({ place: key, most }: TurnRequest): Place {
    let place = places.get(key);
    if (place === undefined) {
      place = { most, allowed: most, lastRefusedMs: -Infinity, running: [0, 0, 0], waiting: [] };
      places.set(key, place);
    }
    if (place.most !== most) {
      place.allowed = place.allowed === place.most ? most : Math.min(place.allowed, most);
      place.most = most;
    }
    return place;
  }

  function begin(place: Place, rank: number): Turn {
    place.running[rank] = (place.running[rank] ?? 0) + 1;
    let ended = false;
    return {
      end(how) {
        if (ended) return;
        ended = true;
        place.running[rank] = (place.running[rank] ?? 1) - 1;
        if (how !== 'other') adapt(place, how);
        callNext(place);
      },
    };
  }

  /** Additive increase, multiplicative decrease. */
  function adapt(place: Place, how: 'answered' | 'limited'): void {
    if (how === 'answered') {
      place.allowed = Math.min(place.most, place.allowed + 1 / place.allowed);
    } else if (clock.now() - place.lastRefusedMs >= ONE_SIGN_MS) {
      place.lastRefusedMs = clock.now();
      place.allowed = Math.max(1, Math.floor(place.allowed) / 2);
    }
  }

  function callNext(place: Place): void {
    for (let next = place.waiting[0]; next !== undefined && hasRoom(place, next.rank); next = place.waiting[0]) {
      place.waiting = place.waiting.slice(1);
      next.go();
    }
  }

  function wait(place: Place, rank: number, signal: AbortSignal): Promise<Turn> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        place.waiting = place.waiting.filter((other) => other !== waiting);
        reject(new ReaperError('cancelled', 'Cancelled'));
        callNext(place);
      };
      const waiting: Waiting = {
        rank,
        go() {
          signal.removeEventListener('abort', onAbort);
          resolve(begin(place, rank));
        },
      };
      const behind = place.waiting.findIndex((other) => other.rank > rank);
      place.waiting = place.waiting.toSpliced(behind === -1 ? place.waiting.length : behind, 0, waiting);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    turn(request) {
      const place = placeAt(request);
      const rank = RANKS[request.purpose];
      if (request.signal.aborted) return Promise.reject(new ReaperError('cancelled', 'Cancelled'));
      const isBehind = place.waiting.some((other) => other.rank <= rank);
      if (!isBehind && hasRoom(place, rank)) return begin(place, rank);
      if (place.waiting.length >= MOST_WAITING) {
        return Promise.reject(
          new ReaperError('overloaded', `${place.waiting.length} requests are waiting for their turn already.`),
        );
      }
      return wait(place, rank, request.signal);
    },
    occupancy(key) {
      const place = places.get(key);
      if (place === undefined) return undefined;
      const [first, second, third] = place.running;
      const { most, waiting } = place;
      return { running: first + second + third, waiting: waiting.length, allowed: Math.floor(place.allowed), most };
    },
    reset() {
      for (const place of places.values()) {
        place.allowed = place.most;
        callNext(place);
      }
    },
  };
}

/** One waits only for its equals and its betters: a review that runs is no reason to hold back what somebody looks at. */
function hasRoom({ running, allowed }: Place, rank: number): boolean {
  let ahead = 0;
  for (let other = 0; other <= rank; other++) ahead += running[other] ?? 0;
  return ahead < Math.floor(allowed);
}
