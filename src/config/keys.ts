/** API keys: kept in the secret storage, read from the environment only if the user turned that on. */
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { ProviderDefinition } from '../router/provider-definition.ts';
import type { Secrets } from './secrets.ts';

export type KeySource =
  { readonly type: 'stored' } | { readonly type: 'environment'; readonly variable: string } | { readonly type: 'none' };

export interface KeysOptions {
  readonly secrets: Secrets;
  readonly definitions: readonly Pick<ProviderDefinition, 'id' | 'label' | 'keyVariables'>[];
  readonly useEnvironment: () => boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface Keys extends Disposable {
  /** Throws `ReaperError('auth')` if the secret storage cannot be read. */
  read(providerId: string): Promise<string | undefined>;
  source(providerId: string): Promise<KeySource>;
  /** Throws `ReaperError('invalid-config')` for text that cannot be a key. */
  store(providerId: string, key: string): Promise<void>;
  remove(providerId: string): Promise<void>;
  /** The provider whose stored key changed. */
  readonly onDidChange: Event<string>;
}

export type KeyProblem = 'empty' | 'several-lines' | 'unprintable';

const SECRET_PREFIX = 'reaper.key.';

export function createKeys(options: KeysOptions): Keys {
  const { secrets, definitions, useEnvironment, environment = process.env } = options;
  const changed = new Emitter<string>();
  const subscription = secrets.onDidChange((name) => {
    if (name.startsWith(SECRET_PREFIX)) {
      changed.fire(name.slice(SECRET_PREFIX.length));
    }
  });

  const find = async (providerId: string): Promise<{ readonly key?: string; readonly source: KeySource }> => {
    const stored = await readStored(secrets, providerId);
    if (stored !== undefined) {
      return { key: stored, source: { type: 'stored' } };
    }
    if (useEnvironment()) {
      const definition = definitions.find(({ id }) => id === providerId);
      for (const variable of definition?.keyVariables ?? []) {
        const key = environment[variable]?.trim();
        if (key !== undefined && keyProblem(key) === undefined) {
          return { key, source: { type: 'environment', variable } };
        }
      }
    }
    return { source: { type: 'none' } };
  };

  return {
    read: async (providerId) => (await find(providerId)).key,
    source: async (providerId) => (await find(providerId)).source,
    store: async (providerId, key) => {
      const problem = keyProblem(key.trim());
      if (problem !== undefined) {
        throw new ReaperError('invalid-config', `This cannot be an API key (${problem}). Copy it again, in one piece.`);
      }
      await secrets.store(SECRET_PREFIX + providerId, key.trim());
    },
    remove: (providerId) => secrets.delete(SECRET_PREFIX + providerId),
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

async function readStored(secrets: Secrets, providerId: string): Promise<string | undefined> {
  let stored: string | undefined;
  try {
    stored = await secrets.get(SECRET_PREFIX + providerId);
  } catch (cause) {
    throw new ReaperError(
      'auth',
      `The secret storage could not be read for the key of ${providerId}. Check the system's keyring, then set the key again.`,
      { cause },
    );
  }
  return stored === undefined || stored === '' ? undefined : stored;
}
