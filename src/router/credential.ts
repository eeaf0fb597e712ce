/** What a call authenticates with: read at the last moment, sent once, told apart by a name that gives nothing away. */
import { createHash } from 'node:crypto';

export interface Credential {
  /** An API key of the provider, or the short-lived access token of a sign-in: some providers take them in different headers. */
  readonly type: 'api-key' | 'access-token';
  readonly secret: string;
  /** The same for the same secret, in records, limits and cache keys; never the secret or a part of it. */
  readonly id: string;
}

export function credentialOf(type: Credential['type'], secret: string): Credential {
  return { type, secret, id: createHash('sha256').update(`reaper ${type} ${secret}`).digest('hex').slice(0, 12) };
}
