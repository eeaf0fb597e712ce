/** What a gRPC status means, in the words and kinds of all other errors. */
import { Code, ConnectError } from '@connectrpc/connect';
import { ReaperError } from '../../../base/errors.ts';
import { errorInPayload, hostOf, reaperErrorWithin } from '../../http-errors.ts';
import { errorFromFetch } from '../../network-errors.ts';
import type { Target } from '../transport.ts';

/** In the words that HTTP's errors are told apart by. A gateway's INTERNAL says nothing: OMEN has no other. */
const WORDS: Readonly<Partial<Record<Code, string>>> = {
  [Code.Unauthenticated]: 'unauthenticated',
  [Code.PermissionDenied]: 'permission_denied',
  [Code.ResourceExhausted]: 'resource_exhausted',
  [Code.DeadlineExceeded]: 'deadline_exceeded',
  [Code.NotFound]: 'model_not_found',
  [Code.Unavailable]: 'unavailable',
  [Code.Aborted]: 'unavailable',
  [Code.Internal]: 'internal',
  [Code.Unknown]: 'server_error',
};

/** `target.baseUrl` is the address that was asked over gRPC. */
export function grpcError(error: unknown, target: Target): ReaperError {
  if (target.signal.aborted) {
    return reaperErrorWithin(target.signal.reason) ?? new ReaperError('cancelled', 'Cancelled');
  }
  const known = reaperErrorWithin(error);
  if (known !== undefined) return known;
  const failure = ConnectError.from(error);
  const host = hostOf(target.baseUrl);
  if (failure.code === Code.Canceled) {
    return new ReaperError('network', `${host} broke off in the middle of its answer.`, { cause: error });
  }
  // Said on this side: no answer of a model is as large.
  if (failure.rawMessage.includes('readMaxBytes') || codeOf(failure.cause) === 'ERR_BUFFER_TOO_LARGE') {
    return new ReaperError('bad-response', `${host} sent one piece of more than 4 MiB.`);
  }
  // The connection, not the server: its cause has the system's own word for it.
  if (/^E[A-Z]/.test(codeOf(failure.cause))) return errorFromFetch(failure.cause, target.baseUrl, 'connecting');
  if (failure.code === Code.Unimplemented) {
    return new ReaperError(
      'invalid-config',
      `${host} does not speak OMEN's gRPC. Check the provider's gRPC address in the settings.`,
    );
  }
  const type = WORDS[failure.code] ?? 'invalid_request';
  return (
    errorInPayload({ error: { type, message: failure.rawMessage } }, target) ??
    new ReaperError('bad-response', `${host} did not accept the request.`)
  );
}

export function isUnimplemented(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unimplemented;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
