/** What can go wrong with an attempt on this side of the wire, in the user's words. */
import { errorMessage, ReaperError } from '../base/errors.ts';
import type { Candidate } from './candidates.ts';
import type { Deadline } from './deadlines.ts';
import { hostOf } from './http-errors.ts';

export function deadlineError(candidate: Candidate, deadline: Deadline, limitMs: number): ReaperError {
  const name = nameOf(candidate);
  const limit = spanOf(limitMs);
  switch (deadline) {
    case 'firstUsefulTokenMs':
      return new ReaperError('timeout', `${name} gave no text within ${limit}.`);
    case 'betweenTokensMs':
      return new ReaperError('timeout', `${name} fell silent for ${limit} in the middle of its answer.`);
    case 'totalMs':
      return new ReaperError('timeout', `${name} did not come to an end within ${limit}.`);
  }
}

export function loadingError(candidate: Candidate): ReaperError {
  return new ReaperError('timeout', `${nameOf(candidate)} is still loading ${candidate.model}.`);
}

export function noTurnError(candidate: Candidate, limitMs: number): ReaperError {
  return new ReaperError(
    'timeout',
    `${nameOf(candidate)} is busy with other requests; this one's turn did not come within ${spanOf(limitMs)}.`,
  );
}

export function cutOffError(candidate: Candidate): ReaperError {
  return new ReaperError('network', `The answer from ${nameOf(candidate)} was cut off before its end.`);
}

export function onlyWhiteSpaceError(candidate: Candidate): ReaperError {
  return new ReaperError('bad-response', `${nameOf(candidate)} sent nothing but white space.`);
}

export function tooDearError(candidate: Candidate): ReaperError {
  return new ReaperError(
    'budget',
    `The answer from ${nameOf(candidate)} was stopped because it would have cost more than the limits in reaper.budget allow. “Reaper: Show Usage” shows what is left.`,
  );
}

export function missingKeyError(candidate: Candidate): ReaperError {
  const { label, auth, signIn } = candidate.profile.definition;
  const account = `Sign in with your ${signIn?.label ?? 'account'} through “Reaper: Sign In”`;
  switch (auth) {
    case 'sign-in':
      return new ReaperError('auth', `${label} needs a sign-in. ${account}.`);
    case 'api-key-or-sign-in':
      return new ReaperError('auth', `${label} has no API key. ${account}, or set a key with “Reaper: Set API Key”.`);
    default:
      return new ReaperError('auth', `${label} has no API key. Set it with “Reaper: Set API Key”.`);
  }
}

/** For what a wire, an SDK or a store threw that is no `ReaperError`. */
export function unexpectedError(candidate: Candidate, thrown: unknown): ReaperError {
  const message = `${nameOf(candidate)} sent something unexpected: ${errorMessage(thrown)}`;
  return new ReaperError('bad-response', message, { cause: thrown });
}

function spanOf(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${Math.round(durationMs / 100) / 10} s`;
}

function nameOf(candidate: Candidate): string {
  const { label } = candidate.profile.definition;
  return candidate.location === 'embedded' ? label : `${label} at ${hostOf(candidate.baseUrl)}`;
}
