/** Makes one request of those that are equal and run at the same time: one attempt, one record, one bill. */
import type { ModelRequest } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import { requestKeyOf } from './cache-key.ts';
import { createSingleFlights } from './single-flight.ts';

export type Ask = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<StreamPart>;

/** `mayShare`: whether one answer is what the request wants, and the user wants it to be shared. */
export function withEqualRequestsShared(ask: Ask, mayShare: (request: ModelRequest) => boolean): Ask {
  const flights = createSingleFlights();
  return (request, signal) => {
    const key = mayShare(request) ? requestKeyOf(request) : undefined;
    return key === undefined ? ask(request, signal) : flights.join(key, (shared) => ask(request, shared), signal);
  };
}
