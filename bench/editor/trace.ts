/** What happened in a scenario, in one time line: for finding the cause of a long wait. */
import type { OracleRequest } from '../oracle/server.ts';
import { acceptedText } from './observe.ts';
import type { Recorder } from './recorder.ts';

/** One line per key, change on the screen, and request, in order. */
export function traceOf(
  recorder: Recorder,
  requests: readonly OracleRequest[],
  flickerTimes: readonly number[],
): readonly string[] {
  const entries: { readonly at: number; readonly text: string }[] = [
    ...recorder.keys.map(({ at, key }) => ({ at, text: `key ${key}` })),
    ...recorder.ghosts.map((ghost) => {
      const name = flickerTimes.includes(ghost.at) ? 'flicker' : 'ghost';
      return {
        at: ghost.at,
        text: `${name} ${JSON.stringify(acceptedText(ghost))}${ghost.widget ? ' with widget' : ''}`,
      };
    }),
    ...requests.flatMap((request) => {
      const place = `#${request.id} at ${request.offset} after ${JSON.stringify(request.prefix.slice(-16))}`;
      const moments: readonly (readonly [string, number | undefined])[] = [
        [`request ${place}${request.warmUp ? ' (warm-up)' : ''}`, request.arrivedAt],
        [`first token of #${request.id}, ${request.verdict}`, request.firstTokenAt],
        [`first line of #${request.id}`, request.firstLineAt],
        [`end of #${request.id}, ${request.tokensSent} tokens`, request.finishedAt],
        [`abort of #${request.id}, ${request.tokensSent} tokens`, request.abortedAt],
      ];
      return moments.flatMap(([text, at]) => (at === undefined ? [] : [{ at: at - recorder.timeOrigin, text }]));
    }),
  ];
  return entries.sort((left, right) => left.at - right.at).map(({ at, text }) => `${at.toFixed(0)} ${text}`);
}
