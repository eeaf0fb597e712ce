/** Equal requests at the same time are one: all read the same stream, and the last one that leaves closes it. */
import { ReaperError } from '../../base/errors.ts';
import { untilAborted } from '../../base/abort.ts';
import type { StreamPart } from '../stream-part.ts';

export type OpenStream = (signal: AbortSignal) => AsyncIterable<StreamPart>;

export interface SingleFlights {
  /** Joins the stream that runs for this key, from its first part on; opens one if there is none. */
  join(key: string, open: OpenStream, signal: AbortSignal): AsyncGenerator<StreamPart, void, undefined>;
  /** Streams that run now. */
  readonly count: number;
}

interface Flight {
  readonly controller: AbortController;
  readonly iterator: AsyncIterator<StreamPart>;
  readonly parts: StreamPart[];
  passengers: number;
  /** The part that somebody already waits for. */
  pull: Promise<IteratorResult<StreamPart>> | undefined;
  failure: { readonly error: unknown } | undefined;
  isOver: boolean;
}

export function createSingleFlights(): SingleFlights {
  const flights = new Map<string, Flight>();

  function flightFor(key: string, open: OpenStream): Flight {
    let flight = flights.get(key);
    if (flight === undefined) {
      const controller = new AbortController();
      const iterator = open(controller.signal)[Symbol.asyncIterator]();
      flight = { controller, iterator, parts: [], passengers: 0, pull: undefined, failure: undefined, isOver: false };
      flights.set(key, flight);
    }
    return flight;
  }

  function land(key: string, flight: Flight): void {
    flight.isOver = true;
    if (flights.get(key) === flight) flights.delete(key);
  }

  /** Whoever is ahead pulls, the others read what came. */
  async function partAt(key: string, flight: Flight, index: number): Promise<StreamPart | undefined> {
    const known = flight.parts[index];
    if (known !== undefined) return known;
    if (flight.failure !== undefined) throw flight.failure.error;
    if (flight.isOver) return undefined;
    flight.pull ??= flight.iterator.next().then(
      (result) => {
        flight.pull = undefined;
        if (result.done === true) land(key, flight);
        else flight.parts.push(result.value);
        return result;
      },
      (error: unknown) => {
        flight.failure = { error };
        land(key, flight);
        throw error;
      },
    );
    await flight.pull;
    return flight.parts[index];
  }

  function leave(key: string, flight: Flight): void {
    flight.passengers--;
    if (flight.passengers > 0 || flight.isOver) return;
    land(key, flight);
    flight.controller.abort(new ReaperError('cancelled', 'Cancelled'));
    flight.iterator.return?.().catch(() => undefined);
  }

  return {
    async *join(key, open, signal) {
      if (signal.aborted) throw new ReaperError('cancelled', 'Cancelled');
      const flight = flightFor(key, open);
      flight.passengers++;
      try {
        for (let index = 0; ; index++) {
          if (signal.aborted) throw new ReaperError('cancelled', 'Cancelled');
          const part = await untilAborted(partAt(key, flight, index), signal);
          if (part === undefined) return;
          yield part;
        }
      } finally {
        leave(key, flight);
      }
    },
    get count() {
      return flights.size;
    },
  };
}
