/** A session as it rests in the secret storage: written as JSON, read with distrust. */
import type { Tokens } from './oauth-client.ts';

export interface StoredSession {
  /** The same for as long as the account stays signed in. */
  readonly id: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly scopes: readonly string[];
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Of the access token, in milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

const VERSION = 1;

export function writeSession(session: StoredSession): string {
  return JSON.stringify({ version: VERSION, ...session });
}

/** `undefined`: not a session, or one of a version that is not known. */
export function readSession(text: string): StoredSession | undefined {
  const { version, id, account, scopes, accessToken, refreshToken, expiresAt } = recordOf(parse(text));
  const { id: accountId, name } = recordOf(account);
  return version === VERSION &&
    typeof id === 'string' &&
    typeof accountId === 'string' &&
    typeof name === 'string' &&
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === 'string') &&
    isToken(accessToken) &&
    (refreshToken === undefined || isToken(refreshToken)) &&
    typeof expiresAt === 'number' &&
    Number.isFinite(expiresAt)
    ? { id, account: { id: accountId, name }, scopes, accessToken, refreshToken, expiresAt }
    : undefined;
}

/** After a refresh: servers leave out what stays as it was. */
export function refreshedSession(session: StoredSession, tokens: Tokens): StoredSession {
  return {
    ...session,
    scopes: tokens.scopes,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? session.refreshToken,
    expiresAt: tokens.expiresAt,
  };
}

/** Tokens go into headers, where only printable ASCII is safe. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
