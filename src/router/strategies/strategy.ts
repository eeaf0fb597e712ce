/** What a strategy works with: candidates one by one, attempts on them, and the parts it passes on. */
import type { ReaperError } from '../../base/errors.ts';
import type { Attempt } from '../attempt.ts';
import type { Candidate, Exclusion } from '../candidates.ts';
import type { AttemptRole } from '../request-record.ts';
import type { StreamPart } from '../stream-part.ts';

export interface StrategyRun {
  /** In order. Whether one may be asked is decided when it is its turn, so a late change still counts. */
  readonly candidates: AsyncIterable<Candidate>;
  /** Role and reason go into the record. The strategy disposes the attempt. */
  begin(candidate: Candidate, role: AttemptRole, reason: string): Attempt;
  /** Those that were passed over so far, for the error if none is left. */
  excluded(): readonly Exclusion[];
}

/** Yields what the caller gets; throws `ReaperError` if there is no answer. */
export type StrategyFunction = (run: StrategyRun) => AsyncGenerator<StreamPart, void, undefined>;

export interface FailedAttempt {
  readonly candidate: Candidate;
  readonly error: ReaperError;
}
