/** Everything on hand that is secret whatever it looks like, so that no report can repeat it. */
import type { Keys } from '../../config/keys.ts';
import type { Settings } from '../../config/read-settings.ts';
import type { ProviderProfile } from '../../router/provider-definition.ts';

/** Never rejects: what cannot be read cannot be repeated either. */
export async function knownSecrets(
  keys: Pick<Keys, 'read'>,
  profiles: readonly ProviderProfile[],
  settings: Settings,
): Promise<readonly string[]> {
  const ofProfiles = await Promise.all(
    profiles.map(async (profile) => [
      ...(await settled(keys.read(profile.definition.id))),
      ...(await settled(profile.credentials())).map(({ secret }) => secret),
      ...Object.values(profile.headers),
      ...partsOfAddress(profile.baseUrl ?? ''),
    ]),
  );
  const values = [...ofProfiles.flat(), ...Object.values(settings.metrics.headers)].flatMap((value) => [
    value,
    // Without the scheme in front, `Bearer …`, and as it stands in an address.
    value.replace(/^\w+\s+/, ''),
    encodeURIComponent(value),
    decoded(value),
  ]);
  // The longest first, so that no part of one is left over when a shorter one was cut out of it.
  const found = new Set(values.map((value) => value.trim()).filter((value) => value !== ''));
  return [...found].toSorted((a, b) => b.length - a.length);
}

async function settled<T>(reading: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await reading;
  } catch {
    return [];
  }
}

/** `URL` gives user name and password as they stand in the address. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function partsOfAddress(address: string): readonly string[] {
  if (!URL.canParse(address)) {
    return [];
  }
  const { username, password, searchParams } = new URL(address);
  return [username, password, ...searchParams.values()];
}
