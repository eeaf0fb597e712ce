/** Signing in: the accounts that VS Code keeps, our own for Google, and the commands for both. */
import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/logger.ts';
import type { Settings } from '../../config/read-settings.ts';
import type { Secrets } from '../../config/secrets.ts';
import { type AccountKind, createAccountSessions } from '../../config/sign-in/account-sessions.ts';
import type { Accounts } from '../../config/sign-in/accounts.ts';
import { googleAccount } from '../../config/sign-in/own-accounts.ts';
import type { Egress } from '../../router/egress.ts';
import type { ProviderDefinition } from '../../router/provider-definition.ts';
import { accountKinds, GITHUB_PROVIDER } from './account-kinds.ts';
import { createEditorSessions } from './editor-sessions.ts';
import { registerGoogleAuthentication } from './google-authentication.ts';
import { registerSignInCommands } from './sign-in-commands.ts';
import { createUriRedirects } from './uri-redirect.ts';

export interface SignInOptions {
  readonly context: Pick<vscode.ExtensionContext, 'extension'>;
  readonly definitions: readonly ProviderDefinition[];
  readonly secrets: Secrets;
  readonly settings: () => Settings;
  readonly egress: () => Egress;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SignInAccounts extends Disposable {
  /** Those that one can sign in with. */
  readonly kinds: readonly Pick<AccountKind, 'provider' | 'label'>[];
  readonly accounts: Accounts;
  /** Of the GitHub account that the user lets Reaper use, if it was granted these scopes; asks nobody. */
  readonly githubToken: (scopes: readonly string[]) => Promise<string | undefined>;
}

export function buildSignIn(options: SignInOptions): SignInAccounts {
  const { context, definitions, secrets, settings, egress, fetch, clock } = options;
  const logger = options.logger.child('sign-in');
  const store = new DisposableStore();
  const redirects = store.add(createUriRedirects(context.extension.id, logger));
  const google = store.add(
    registerGoogleAuthentication({
      redirects,
      secrets,
      clientId: () => settings().google.clientId,
      fetch,
      egress,
      clock,
      logger,
    }),
  );
  const kinds = accountKinds(definitions, { provider: googleAccount.provider, own: google.own });
  const sessions = createEditorSessions();
  const accounts = store.add(createAccountSessions({ kinds, sessions, secrets, logger }));
  store.add(registerSignInCommands({ kinds, accounts, logger }));
  return {
    kinds,
    accounts,
    githubToken: (scopes) => accounts.token({ provider: GITHUB_PROVIDER, scopes }),
    dispose: () => store.dispose(),
  };
}
