/** API keys: any number for a provider, kept in the secret storage; read from the environment only if the user turned that on. */
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import { credentialOf } from '../router/credential.ts';
import type { ProviderDefinition } from '../router/provider-definition.ts';
import type { Secrets } from './secrets.ts';

export type KeySource =
  | { readonly type: 'stored' }
  | { readonly type: 'environment'; readonly variable: string }
  /** A signed-in account; its name is what the account's provider calls it. */
  | { readonly type: 'account'; readonly name: string }
  | { readonly type: 'none' };

/** A key as it may be shown. */
export interface StoredKey {
  /** The same as that of its credential: tells keys apart and gives nothing away. */
  readonly id: string;
  /** Its last characters, if it is so long that they give nothing away. */
  readonly ending: string | undefined;
}

export interface KeysOptions {
  readonly secrets: Secrets;
  readonly definitions: readonly Pick<ProviderDefinition, 'id' | 'label' | 'keyVariables'>[];
  readonly useEnvironment: () => boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the Unix epoch: keys are used in the order in which they were added. */
  readonly wallTime?: () => number;
}

/** Whatever reads throws `ReaperError('auth')` if the secret storage cannot be read. */
export interface Keys extends Disposable {
  /** The stored keys in the order in which they were added, then those of the environment, if the user lets them be used. */
  read(providerId: string): Promise<readonly string[]>;
  /** The stored ones, in the same order. */
  list(providerId: string): Promise<readonly StoredKey[]>;
  source(providerId: string): Promise<KeySource>;
  /**
   * Adds a key, or puts it in the place of the one with the id `replaced`. Throws `ReaperError('invalid-config')` for text
   * that cannot be a key.
   */
  store(providerId: string, key: string, replaced?: string): Promise<void>;
  /** One of them, or all. */
  remove(providerId: string, keyId?: string): Promise<void>;
  /** The provider whose stored keys changed. */
  readonly onDidChange: Event<string>;
}

export type KeyProblem = 'empty' | 'several-lines' | 'unprintable';

/** Followed by the id of the provider: the form of versions that kept one key for each. */
const SECRET_PREFIX = 'reaper.key.';
/** Between the id of the provider and that of the key; no id has it. */
const SEPARATOR = '#';
const ENDING_LENGTH = 4;
/** A fifth of the key at most; the shortest keys of known providers have 32 characters. */
const SHORTEST_WITH_ENDING = 20;

/** A key of its own for each secret: two windows that add keys at once overwrite nothing. */
interface Entry {
  readonly secretName: string;
  readonly key: string;
  readonly addedAt: number;
}

export function createKeys(options: KeysOptions): Keys {
  const { secrets, definitions, useEnvironment, environment = process.env, wallTime = Date.now } = options;
  const changed = new Emitter<string>();
  /** Names are no secrets, and to ask for them at each request would be a way to the editor and back. */
  let names: Promise<readonly string[]> | undefined;
  const subscription = secrets.onDidChange((name) => {
    if (name.startsWith(SECRET_PREFIX)) {
      names = undefined;
      changed.fire(name.slice(SECRET_PREFIX.length).split(SEPARATOR)[0] ?? '');
    }
  });

  const entriesOf = async (providerId: string, wanted?: 'every'): Promise<readonly Entry[]> => {
    const asked = (names ??= secrets.names());
    try {
      return await readEntries(secrets, await asked, providerId, wanted);
    } catch (cause) {
      names = undefined;
      throw new ReaperError(
        'auth',
        `The secret storage could not be read for the key of ${providerId}. Check the system's keyring, then set the key again.`,
        { cause },
      );
    }
  };
  const fromEnvironment = (providerId: string): readonly { readonly key: string; readonly variable: string }[] => {
    if (!useEnvironment()) {
      return [];
    }
    const variables = definitions.find(({ id }) => id === providerId)?.keyVariables ?? [];
    return variables.flatMap((variable) => {
      const key = environment[variable]?.trim();
      return key === undefined || keyProblem(key) !== undefined ? [] : [{ key, variable }];
    });
  };

  return {
    read: async (providerId) => {
      const stored = await entriesOf(providerId);
      // Several variables are several names for one key, in the order in which they count.
      const fallback = fromEnvironment(providerId).slice(0, 1);
      return [...new Set([...stored, ...fallback].map(({ key }) => key))];
    },
    list: async (providerId) => (await entriesOf(providerId)).map(describeKey),
    source: async (providerId) => {
      if ((await entriesOf(providerId)).length > 0) {
        return { type: 'stored' };
      }
      const [found] = fromEnvironment(providerId);
      return found === undefined ? { type: 'none' } : { type: 'environment', variable: found.variable };
    },
    store: async (providerId, text, replaced) => {
      const key = text.trim();
      const problem = keyProblem(key);
      if (problem !== undefined) {
        throw new ReaperError('invalid-config', `This cannot be an API key (${problem}). Copy it again, in one piece.`);
      }
      const entries = await entriesOf(providerId);
      const old = entries.filter((entry) => idOf(entry.key) === replaced);
      const known = entries.find((entry) => entry.key === key);
      const addedAt = old[0]?.addedAt ?? known?.addedAt ?? wallTime();
      const secretName = `${SECRET_PREFIX}${providerId}${SEPARATOR}${idOf(key)}`;
      // First the new one: if the storage fails between the two, there is one key too many and not one too few.
      await secrets.store(secretName, `${addedAt} ${key}`);
      names = undefined;
      for (const entry of [...old, ...(known === undefined ? [] : [known])]) {
        if (entry.secretName !== secretName) {
          await secrets.delete(entry.secretName);
        }
      }
      names = undefined;
    },
    remove: async (providerId, keyId) => {
      for (const entry of await entriesOf(providerId, 'every')) {
        if (keyId === undefined || idOf(entry.key) === keyId) {
          await secrets.delete(entry.secretName);
        }
      }
      names = undefined;
    },
    onDidChange: changed.event,
    dispose: () => {
      subscription.dispose();
      changed.dispose();
    },
  };
}

/** What keeps a text (trimmed) from being a key: it goes into an HTTP header, where only printable ASCII is safe. */
export function keyProblem(text: string): KeyProblem | undefined {
  if (text === '') {
    return 'empty';
  }
  if (/[\r\n]/.test(text)) {
    return 'several-lines';
  }
  return /^[\x21-\x7e]+$/.test(text) ? undefined : 'unprintable';
}

function idOf(key: string): string {
  return credentialOf('api-key', key).id;
}

function describeKey({ key }: Entry): StoredKey {
  return { id: idOf(key), ending: key.length < SHORTEST_WITH_ENDING ? undefined : key.slice(-ENDING_LENGTH) };
}

/** In the order in which they were added; each key once, unless `every` secret that holds it is wanted. */
async function readEntries(
  secrets: Secrets,
  names: readonly string[],
  providerId: string,
  wanted: 'every' | undefined,
): Promise<readonly Entry[]> {
  const single = SECRET_PREFIX + providerId;
  const own = names.filter((name) => name === single || name.startsWith(single + SEPARATOR));
  const values = await Promise.all(own.map((name) => secrets.get(name)));
  const entries = own.flatMap((name, index) => readEntry(name, values[index], name === single));
  // By name where the time is the same, so that all windows see the same order.
  entries.sort((one, other) => one.addedAt - other.addedAt || (one.secretName < other.secretName ? -1 : 1));
  return wanted === 'every'
    ? entries
    : entries.filter((entry, index) => entries.findIndex(({ key }) => key === entry.key) === index);
}

function readEntry(secretName: string, value: string | undefined, isSingle: boolean): readonly Entry[] {
  if (value === undefined || value === '') {
    return [];
  }
  if (isSingle) {
    return [{ secretName, key: value, addedAt: 0 }];
  }
  const [, time, key] = /^(\d+) (\S+)$/.exec(value) ?? [];
  return key === undefined ? [] : [{ secretName, key, addedAt: Number(time) }];
}
