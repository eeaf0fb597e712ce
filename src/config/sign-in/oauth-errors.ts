/** What can go wrong while signing in, in plain words. Nothing of the library's errors is kept: they hold tokens and codes. */
import { ReaperError } from '../../base/errors.ts';

export interface OAuthNames {
  /** `Google` */
  readonly label: string;
  /** What the user sets, in the user's words: `the setting reaper.google.clientId`. */
  readonly clientSetting: string;
}

/** The error codes of RFC 6749 (§4.1.2.1, §5.2) and RFC 8628 (§3.5) with what a user can do about each. */
export function oauthError(error: unknown, { label, clientSetting }: OAuthNames): ReaperError {
  const known = reaperErrorOf(error);
  if (known !== undefined) {
    return known;
  }
  const refusal = textOf(error, 'error');
  switch (refusal) {
    case 'access_denied':
      return new ReaperError(
        'auth',
        `You did not allow the access at ${label}. Sign in again if you change your mind.`,
      );
    case 'invalid_client':
    case 'unauthorized_client':
      return new ReaperError(
        'auth',
        `${label} does not know this client, or wants its secret. Check ${clientSetting}, and give the secret at the next sign-in.`,
      );
    case 'invalid_grant':
      return new ReaperError('auth', `The sign-in at ${label} has expired or was taken back. Sign in again.`);
    case 'expired_token':
      return new ReaperError(
        'auth',
        `The code for ${label} has expired. Sign in again, and enter the new code at once.`,
      );
    case 'invalid_scope':
      return new ReaperError(
        'auth',
        `${label} does not give this access in this way. Choose another way to sign in, or check the client of ${clientSetting}.`,
      );
    case undefined:
      return withoutRefusal(error, label);
    default:
      // A code of the standard is a word; anything else may be text that somebody else wrote.
      return new ReaperError(
        'auth',
        `${label} refused the sign-in${/^[a-z_]{1,40}$/.test(refusal) ? ` (${refusal})` : ''}. Sign in again.`,
      );
  }
}

/** The refusal as a code, for those who must tell them apart. */
export function refusalOf(error: unknown): string | undefined {
  return textOf(error, 'error');
}

function withoutRefusal(error: unknown, label: string): ReaperError {
  switch (textOf(error, 'code')) {
    case 'OAUTH_TIMEOUT':
      return new ReaperError('timeout', `${label} did not answer in time. Check the connection and try again.`);
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return new ReaperError(
        'auth',
        `By this machine's clock the answer of ${label} is not valid now. Set the clock right and sign in again.`,
      );
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return new ReaperError(
        'auth',
        `The answer of ${label} is not meant for this sign-in. It was refused; sign in again.`,
      );
    case 'OAUTH_INVALID_RESPONSE':
      return new ReaperError(
        'auth',
        `The answer does not belong to this sign-in at ${label}. It was refused; sign in again.`,
      );
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return new ReaperError('bad-response', `Something answered in the place of ${label}. Is a proxy in between?`);
    default:
      return new ReaperError('network', `${label} could not be reached. Check the connection and the proxy settings.`);
  }
}

/** Errors of ours on the way through the library: a forbidden host, a cancel. */
function reaperErrorOf(error: unknown): ReaperError | undefined {
  let current = error;
  // Chains are short; the bound is against a cycle.
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof ReaperError) {
      return current;
    }
    current = current.cause;
  }
  return undefined;
}

function textOf(error: unknown, property: string): string | undefined {
  const value: unknown = error instanceof Error ? Reflect.get(error, property) : undefined;
  return typeof value === 'string' ? value : undefined;
}
