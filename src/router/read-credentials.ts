/** Reads a provider's keys and tokens at the last moment and makes sure that they can be sent in a header. */
import { ReaperError } from '../base/errors.ts';
import { type Credential, credentialOf } from './credential.ts';
import type { AuthKind, ProviderProfile } from './provider-definition.ts';

const MAY_DO_WITHOUT: ReadonlySet<AuthKind> = new Set(['none', 'optional-api-key', 'optional-sign-in']);

/** Whether there is nothing to be sent without one. */
export function needsCredential({ definition }: ProviderProfile): boolean {
  return !MAY_DO_WITHOUT.has(definition.auth);
}

/** The first one; `undefined`: there is none. */
export async function readCredential(profile: ProviderProfile): Promise<Credential | undefined> {
  return (await readCredentials(profile))[0];
}

/** In the order in which they are to be used. Throws `auth` if what is stored cannot be a key; the message never quotes it. */
export async function readCredentials(profile: ProviderProfile): Promise<readonly Credential[]> {
  const { definition } = profile;
  if (definition.auth === 'none') return [];
  let stored: readonly Credential[];
  try {
    stored = await profile.credentials();
  } catch (error) {
    if (error instanceof ReaperError) throw error;
    throw new ReaperError(
      'auth',
      `The API key of ${definition.label} could not be read. Set it again with “Reaper: Set API Key”.`,
      { cause: error },
    );
  }
  return stored.flatMap((credential) => {
    // Pasted keys bring line breaks along.
    const secret = credential.secret.trim();
    if (secret === '') return [];
    if (!/^[\x21-\x7e]+$/.test(secret)) {
      throw new ReaperError(
        'auth',
        `The API key of ${definition.label} has characters that no key has. Set it again with “Reaper: Set API Key”.`,
      );
    }
    return [secret === credential.secret ? credential : credentialOf(credential.type, secret)];
  });
}
