/** Reads a provider's key at the last moment and makes sure that it can be sent in a header. */
import { ReaperError } from '../base/errors.ts';
import type { ProviderProfile } from './provider-definition.ts';

/** `undefined`: there is none. Throws `auth` if what is stored cannot be a key; the message never quotes it. */
export async function readKey(profile: ProviderProfile): Promise<string | undefined> {
  const { definition } = profile;
  if (definition.auth === 'none') return undefined;
  let stored: string | undefined;
  try {
    stored = await profile.apiKey();
  } catch (error) {
    throw new ReaperError(
      'auth',
      `The API key of ${definition.label} could not be read. Set it again with “Reaper: Set API Key”.`,
      {
        cause: error,
      },
    );
  }
  // Pasted keys bring line breaks along.
  const key = stored?.trim();
  if (key === undefined || key === '') return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ReaperError(
      'auth',
      `The API key of ${definition.label} has characters that no key has. Set it again with “Reaper: Set API Key”.`,
    );
  }
  return key;
}
