/** One candidate at a time: the next one takes over only before the first useful token, so nothing is ever shown twice. */
import { isCancellation, ReaperError } from '../../base/errors.ts';
import type { Attempt } from '../attempt.ts';
import { noAnswer } from '../no-answer.ts';
import type { StreamPart } from '../stream-part.ts';
import type { FailedAttempt, StrategyFunction } from './strategy.ts';

export const single: StrategyFunction = async function* (run) {
  const failures: FailedAttempt[] = [];
  for await (const candidate of run.candidates) {
    const attempt = run.begin(candidate, 'only', reasonAfter(failures));
    try {
      const opening = await readOpening(attempt);
      if (opening instanceof ReaperError) {
        failures.push({ candidate, error: opening });
        continue;
      }
      yield* opening;
      yield* readRest(attempt);
      return;
    } finally {
      attempt.dispose();
    }
  }
  throw noAnswer(failures, run.excluded());
};

/** Everything up to the first useful part or the end; the error if neither came. Throws `cancelled`. */
async function readOpening(attempt: Attempt): Promise<readonly StreamPart[] | ReaperError> {
  const held: StreamPart[] = [];
  try {
    for (let part = await attempt.next(); part !== undefined; part = await attempt.next()) {
      held.push(part);
      if (attempt.hasAnswered) break;
    }
    return held;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ReaperError)) throw error;
    return error;
  }
}

async function* readRest(attempt: Attempt): AsyncGenerator<StreamPart, void, undefined> {
  for (;;) {
    let part: StreamPart | undefined;
    try {
      part = await attempt.next();
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Another model would not continue where this one broke off. What it was is in the record and the log.
      yield { type: 'finish', reason: 'interrupted' };
      return;
    }
    if (part === undefined) return;
    yield part;
  }
}

function reasonAfter(failures: readonly FailedAttempt[]): string {
  const last = failures.at(-1);
  return last === undefined ? 'first choice' : `fallback after ${last.error.kind} from ${last.candidate.providerId}`;
}
