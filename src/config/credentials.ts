/** What a provider's calls authenticate with, by what it accepts: the token of a signed-in account, API keys, or both. */
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import { type Credential, credentialOf } from '../router/credential.ts';
import type { ProviderDefinition, SignIn } from '../router/provider-definition.ts';
import type { Keys, KeySource } from './keys.ts';
import type { Accounts } from './sign-in/accounts.ts';

export interface CredentialsOptions {
  readonly definitions: readonly ProviderDefinition[];
  readonly keys: Pick<Keys, 'read' | 'source' | 'onDidChange'>;
  readonly accounts: Pick<Accounts, 'token' | 'renew' | 'accountName' | 'onDidChange'>;
}

export interface Credentials extends Disposable {
  /** In the order in which they are to be used; nobody is asked for anything. Throws `ReaperError` if none could be read. */
  read(definition: ProviderDefinition): Promise<readonly Credential[]>;
  /** After the server rejected it: a fresh token; `undefined` if only the user can help. */
  renew(definition: ProviderDefinition, rejected: Credential): Promise<Credential | undefined>;
  /** Where the first of them comes from. */
  source(definition: ProviderDefinition): Promise<KeySource>;
  /** The ids of the providers whose credentials changed. */
  readonly onDidChange: Event<readonly string[]>;
}

export function createCredentials({ definitions, keys, accounts }: CredentialsOptions): Credentials {
  const store = new DisposableStore();
  const changed = store.add(new Emitter<readonly string[]>());
  store.add(keys.onDidChange((providerId) => changed.fire([providerId])));
  store.add(
    accounts.onDidChange((accountProvider) => {
      const concerned = definitions.filter((definition) => signInOf(definition)?.provider === accountProvider);
      if (concerned.length > 0) {
        changed.fire(concerned.map(({ id }) => id));
      }
    }),
  );
  return {
    read: async (definition) => {
      const signIn = signInOf(definition);
      const [token, stored] = await Promise.allSettled([
        signIn === undefined ? undefined : accounts.token(signIn),
        takesKeys(definition) ? keys.read(definition.id) : [],
      ]);
      const credentials = [
        ...(token.status === 'fulfilled' && token.value !== undefined
          ? [credentialOf('access-token', token.value)]
          : []),
        ...(stored.status === 'fulfilled' ? stored.value.map((key) => credentialOf('api-key', key)) : []),
      ];
      const failure = [token, stored].find((result) => result.status === 'rejected');
      // What could be read is enough; only with nothing at all does it matter why.
      if (credentials.length === 0 && failure !== undefined) {
        throw failure.reason;
      }
      return credentials;
    },
    renew: async (definition, rejected) => {
      const signIn = signInOf(definition);
      if (signIn === undefined || rejected.type !== 'access-token') {
        return undefined;
      }
      const token = await accounts.renew(signIn, rejected.secret);
      return token === undefined || token === rejected.secret ? undefined : credentialOf('access-token', token);
    },
    source: async (definition) => {
      const signIn = signInOf(definition);
      const name = signIn === undefined ? undefined : await accounts.accountName(signIn);
      if (name !== undefined) {
        return { type: 'account', name };
      }
      return takesKeys(definition) ? keys.source(definition.id) : { type: 'none' };
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}

function takesKeys({ auth }: Pick<ProviderDefinition, 'auth'>): boolean {
  return auth === 'api-key' || auth === 'optional-api-key' || auth === 'api-key-or-sign-in';
}

function signInOf({ auth, signIn }: ProviderDefinition): SignIn | undefined {
  return auth === 'sign-in' || auth === 'api-key-or-sign-in' || auth === 'optional-sign-in' ? signIn : undefined;
}
