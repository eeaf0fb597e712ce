/** The one error of a request that nobody could answer: says of each provider what was the matter. */
import { ReaperError } from '../base/errors.ts';
import type { Exclusion } from './candidates.ts';
import type { FailedAttempt } from './strategies/strategy.ts';

/** Of several failures the first choice's kind counts: that is the one that the user can put right. */
export function noAnswer(failures: readonly FailedAttempt[], excluded: readonly Exclusion[]): ReaperError {
  const [first] = failures;
  if (first === undefined) return nobodyToAsk(excluded);
  if (failures.length === 1 && excluded.length === 0) return first.error;
  const lines = [
    ...failures.map(({ candidate, error }) => `${candidate.providerId}: ${error.message}`),
    ...excluded.map(({ providerId, reason }) => `${providerId}: ${reason}`),
  ];
  const waits = failures.flatMap(({ error }) => (error.retryAfterMs === undefined ? [] : [error.retryAfterMs]));
  return new ReaperError(first.error.kind, `No model could answer.\n${lines.join('\n')}`, {
    retryable: failures.some(({ error }) => error.retryable),
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
    ...(first.error.status === undefined ? {} : { status: first.error.status }),
    cause: first.error,
  });
}

function nobodyToAsk(excluded: readonly Exclusion[]): ReaperError {
  const [only] = excluded;
  if (only === undefined) {
    return new ReaperError('invalid-config', 'No model provider is set up. Set one up with “Reaper: Select Model”.');
  }
  // A blocked or forbidden provider explains more than the ones that were never set up.
  const telling = excluded.find(({ error }) => error !== undefined)?.error;
  const lines = excluded.map(({ providerId, reason }) => `${providerId}: ${reason}`);
  return new ReaperError(telling?.kind ?? 'invalid-config', `No model provider can be asked.\n${lines.join('\n')}`, {
    retryable: telling?.retryable ?? false,
    ...(telling === undefined ? {} : { cause: telling }),
  });
}
