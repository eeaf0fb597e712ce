/** One candidate at a time: the next one takes over only before the first useful token, so nothing is ever shown twice. */
import { noAnswer } from '../no-answer.ts';
import type { StreamPart } from '../stream-part.ts';
import { restOf } from './rest.ts';
import { type FailedAttempt, failureOf, reasonAfter, type StrategyRun } from './strategy.ts';

export interface SingleOptions {
  /** Why it is not the strategy that was asked for; goes into the record. */
  readonly instead?: string;
  /** For the user. */
  readonly warning?: string;
  /** Those who failed before it came to this. */
  readonly failures?: readonly FailedAttempt[];
}

export async function* single(
  run: StrategyRun,
  { instead, warning, failures: earlier = [] }: SingleOptions = {},
): AsyncGenerator<StreamPart, void, undefined> {
  const { route, routing } = run;
  const failures = [...earlier];
  for (let candidate = route.next(); candidate !== undefined; candidate = route.next()) {
    const reason = reasonAfter(failures, instead === undefined ? 'first choice' : `first choice; ${instead}`);
    const firstUsefulTokenMs = route.hasNext() ? routing.maxLatencyMs : undefined;
    const branch = run.begin(candidate, { strategy: 'single', role: 'only', reason, firstUsefulTokenMs });
    try {
      let opening: readonly StreamPart[];
      try {
        opening = await branch.open();
      } catch (thrown) {
        const error = failureOf(thrown);
        route.failed(candidate, error);
        failures.push({ candidate, error });
        continue;
      }
      yield run.answering(candidate, reason);
      if (warning !== undefined) yield { type: 'warning', message: warning };
      yield* opening;
      yield* restOf(branch);
      return;
    } finally {
      branch.dispose();
    }
  }
  throw noAnswer(failures, route.excluded());
}
