/** What a strategy works with: candidates one by one, branches on them, and the parts it passes on. */
import type { Clock } from '../../base/clock.ts';
import { isCancellation, ReaperError } from '../../base/errors.ts';
import type { Branch } from '../branch.ts';
import type { Candidate } from '../candidates.ts';
import type { ResolvedRouting } from '../default-routing.ts';
import type { Hedges } from '../hedges.ts';
import type { ModelInput, ModelRequest, Strategy } from '../model-request.ts';
import type { AttemptRole } from '../request-record.ts';
import type { Route } from '../route.ts';
import type { AnswerSource, StreamPart } from '../stream-part.ts';

export interface StrategyRun {
  readonly request: ModelRequest;
  readonly routing: ResolvedRouting;
  readonly route: Route;
  readonly hedges: Hedges;
  readonly clock: Clock;
  readonly random: () => number;
  /** The strategy disposes the branch. */
  begin(candidate: Candidate, start: BranchStart): Branch;
  /** Remembers that this one answers, and says so to the caller. */
  answering(candidate: Candidate, reason: string): AnswerSource;
  /** Whether it may be asked beside others. */
  mayJoin(candidate: Candidate, others: readonly Candidate[]): boolean;
  /** The best first, by the same yardstick as `smartest`. */
  byStrength(candidates: readonly Candidate[]): readonly Candidate[];
}

export interface BranchStart {
  readonly strategy: Strategy;
  readonly role: AttemptRole;
  /** Asked when it comes to its end by itself: whether that makes it the winner. */
  readonly wins?: () => boolean;
  /** Nobody else is asked at the same time: otherwise a failure is not tried again. Always so if left out. */
  readonly isAlone?: () => boolean;
  /** Goes into the record. */
  readonly reason: string;
  /** A tighter limit for the first useful token. */
  readonly firstUsefulTokenMs?: number | undefined;
  /** In place of the request's own. */
  readonly input?: ModelInput;
}

/** Yields what the caller gets; throws `ReaperError` if there is no answer. */
export type StrategyFunction = (run: StrategyRun) => AsyncGenerator<StreamPart, void, undefined>;

export interface FailedAttempt {
  readonly candidate: Candidate;
  readonly error: ReaperError;
}

/** Any failure but the caller's wish to end, and what nobody expected. */
export function failureOf(thrown: unknown): ReaperError {
  if (isCancellation(thrown) || !(thrown instanceof ReaperError)) throw thrown;
  return thrown;
}

export function reasonAfter(failures: readonly FailedAttempt[], first = 'first choice'): string {
  const last = failures.at(-1);
  return last === undefined ? first : `fallback after ${last.error.kind} from ${last.candidate.providerId}`;
}
