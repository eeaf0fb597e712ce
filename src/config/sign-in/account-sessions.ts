/** Which of the editor's accounts Reaper uses: those that the user chose, until the user or the editor takes them back. */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { errorMessage, ReaperError } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Logger } from '../../base/logger.ts';
import type { SignIn } from '../../router/provider-definition.ts';
import type { Secrets } from '../secrets.ts';
import type { Account, Accounts } from './accounts.ts';

/** `silent` asks nobody and leaves no mark; `forget` is silent and drops the choice of account. */
export type SessionRequest = 'silent' | 'ask' | 'ask-anew' | 'forget';

export interface EditorSession {
  readonly token: string;
  readonly accountName: string;
}

/** The editor's own authentication, as a port. */
export interface EditorSessions {
  /** Rejects with `cancelled` when the user gave up. */
  get(provider: string, scopes: readonly string[], request: SessionRequest): Promise<EditorSession | undefined>;
  /** The id of an authentication provider whose sessions changed. */
  readonly onDidChange: Event<string>;
}

/** A kind of account that one can sign in with. */
export interface AccountKind extends SignIn {
  /** Only for kinds whose sessions are ours: the editor keeps, renews and ends its own. */
  readonly own?: {
    token(scopes: readonly string[]): Promise<string | undefined>;
    renew(rejected: string): Promise<string | undefined>;
    signOut(): Promise<void>;
  };
}

export interface AccountSessions extends Accounts, Disposable {
  /** Asks the user; once more if there is an account already. */
  signIn(kind: AccountKind): Promise<Account>;
  /** Ends the use, and the session itself if it is ours. */
  signOut(kind: AccountKind): Promise<void>;
}

export interface AccountSessionsOptions {
  readonly kinds: readonly AccountKind[];
  readonly sessions: EditorSessions;
  /** Names of accounts are no secrets; but this is the storage that tells all windows of a change. */
  readonly secrets: Secrets;
  readonly logger: Logger;
}

type Wanted = Pick<SignIn, 'provider' | 'scopes'>;

const NAME_PREFIX = 'reaper.account.';

export function createAccountSessions({ kinds, sessions, secrets, logger }: AccountSessionsOptions): AccountSessions {
  const store = new DisposableStore();
  const changed = store.add(new Emitter<string>());
  store.add(
    secrets.onDidChange((name) => {
      if (name.startsWith(NAME_PREFIX)) {
        changed.fire(name.slice(NAME_PREFIX.length));
      }
    }),
  );
  const nameOf = async (provider: string): Promise<string | undefined> => {
    try {
      return await secrets.get(NAME_PREFIX + provider);
    } catch (error) {
      logger.warn(`Whether an account is in use could not be read from the secret storage: ${errorMessage(error)}`);
      return undefined;
    }
  };
  const kindOf = (provider: string): AccountKind | undefined => kinds.find((kind) => kind.provider === provider);
  const ownOf = (provider: string): AccountKind['own'] => kindOf(provider)?.own;
  const ask = async ({ provider, scopes }: Wanted, request: SessionRequest): Promise<EditorSession | undefined> => {
    try {
      return await sessions.get(provider, scopes, request);
    } catch (error) {
      if (error instanceof ReaperError) {
        throw error;
      }
      // Of a sign-in that the user is in the middle of, the editor and our own provider say enough themselves.
      const isAsked = request === 'ask' || request === 'ask-anew';
      throw new ReaperError('auth', isAsked ? errorMessage(error) : unreadableText(provider, kinds, error));
    }
  };
  /** What the editor says now is what holds: the user may have signed out there, or changed the account. */
  const follow = async (provider: string, name: string): Promise<EditorSession | undefined> => {
    const session = await ask({ provider, scopes: kindOf(provider)?.scopes ?? [] }, 'silent');
    if (session === undefined) {
      await secrets.delete(NAME_PREFIX + provider);
    } else if (session.accountName !== name) {
      await secrets.store(NAME_PREFIX + provider, session.accountName);
    }
    return session;
  };
  store.add(
    sessions.onDidChange((provider) => {
      void (async () => {
        const name = await nameOf(provider);
        if (name !== undefined) {
          // Another token alone is no news: tokens are read right before they are sent.
          await follow(provider, name).catch((error: unknown) => logger.warn(errorMessage(error)));
        }
      })();
    }),
  );

  const token = async (wanted: Wanted): Promise<string | undefined> => {
    const name = await nameOf(wanted.provider);
    if (name === undefined) {
      return undefined;
    }
    const own = ownOf(wanted.provider);
    const found = own === undefined ? (await ask(wanted, 'silent'))?.token : await own.token(wanted.scopes);
    if (found === undefined) {
      // Either these scopes were not granted, or the whole account is gone.
      await follow(wanted.provider, name);
    }
    return found;
  };

  return {
    token,
    renew: async (wanted, rejected) => {
      const own = ownOf(wanted.provider);
      if (own !== undefined && (await nameOf(wanted.provider)) !== undefined) {
        return own.renew(rejected);
      }
      // The editor renews its own; nobody is asked for a password because a request in the background failed.
      const current = await token(wanted);
      return current === rejected ? undefined : current;
    },
    accountName: ({ provider }) => nameOf(provider),
    list: async () => {
      const accounts = await Promise.all(
        kinds.map(async ({ provider, label }) => {
          const name = await nameOf(provider);
          return name === undefined ? [] : [{ provider, label, name }];
        }),
      );
      return accounts.flat();
    },
    signIn: async (kind) => {
      const request = (await nameOf(kind.provider)) === undefined ? 'ask' : 'ask-anew';
      const session = await ask(kind, request);
      if (session === undefined) {
        throw new ReaperError('cancelled', 'Cancelled');
      }
      await secrets.store(NAME_PREFIX + kind.provider, session.accountName);
      return { provider: kind.provider, label: kind.label, name: session.accountName };
    },
    signOut: async (kind) => {
      // First of all our own use ends, whatever the rest may say.
      await secrets.delete(NAME_PREFIX + kind.provider);
      await kind.own?.signOut();
      await ask(kind, 'forget');
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}

function unreadableText(provider: string, kinds: readonly AccountKind[], error: unknown): string {
  const label = kinds.find((kind) => kind.provider === provider)?.label ?? provider;
  return `The ${label} could not be used: ${errorMessage(error)} Sign in again with “Reaper: Sign In”.`;
}
