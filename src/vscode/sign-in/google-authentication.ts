/** Signing in with a Google account, as an authentication provider of VS Code: registered at once, loaded when an account is looked at. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { ReaperError } from '../../base/errors.ts';
import type { AccountKind } from '../../config/sign-in/account-sessions.ts';
import { googleAccount } from '../../config/sign-in/own-accounts.ts';
import type { GoogleSessions, GoogleSessionsOptions } from './google-sessions.ts';

export interface GoogleAuthenticationOptions extends Omit<GoogleSessionsOptions, 'account' | 'changed' | 'secretName'> {
  /** Another one for tests; there is no setting for it. */
  readonly account?: GoogleSessionsOptions['account'];
}

const SESSION_SECRET = 'reaper.google.session';

export interface GoogleAuthentication extends Disposable {
  readonly own: Required<AccountKind>['own'];
}

export function registerGoogleAuthentication(options: GoogleAuthenticationOptions): GoogleAuthentication {
  const { secrets, logger, account = googleAccount } = options;
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>());
  let loading: Promise<GoogleSessions> | undefined;
  let isLoaded = false;
  let isDisposed = false;
  const load = (): Promise<GoogleSessions> => {
    loading ??= import('./google-sessions.ts').then((module) => {
      isLoaded = true;
      return store.add(module.createGoogleSessions({ ...options, account, changed, secretName: SESSION_SECRET }));
    });
    return loading;
  };
  store.add(
    secrets.onDidChange((name) => {
      // Another window has signed in or out. Once loaded, the sessions hear of it themselves.
      if (name === SESSION_SECRET && !isLoaded) {
        load().then(
          ({ follow }) => follow(),
          (error: unknown) => logger.error('The Google session could not be read', error),
        );
      }
    }),
  );
  const provider: vscode.AuthenticationProvider = {
    onDidChangeSessions: changed.event,
    getSessions: async (scopes) => (await load()).get(scopes),
    createSession: async (scopes) => {
      const sessions = await load();
      if (isDisposed) {
        throw new ReaperError('cancelled', 'Cancelled');
      }
      return sessions.create(scopes);
    },
    removeSession: async () => (await load()).remove(),
  };
  store.add(vscode.authentication.registerAuthenticationProvider(account.provider, account.label, provider));
  return {
    own: {
      token: async (scopes) => (await load()).token(scopes),
      renew: async (rejected) => (await load()).renew(rejected),
      signOut: async () => (await load()).remove(),
    },
    dispose: () => {
      isDisposed = true;
      store.dispose();
    },
  };
}
