/** The accounts that the user lets Reaper use, as a port: VS Code's authentication in the product. Nothing here asks the user. */
import type { Event } from '../../base/event.ts';
import type { SignIn } from '../../router/provider-definition.ts';

export interface Account {
  /** Id of the authentication provider. */
  readonly provider: string;
  /** `GitHub` */
  readonly label: string;
  /** What the provider calls the account, for display: a user name or an address. */
  readonly name: string;
}

export interface Accounts {
  /** `undefined`: not signed in, or not with these scopes. Throws `ReaperError` if a token should be there and could not be had. */
  token(signIn: Pick<SignIn, 'provider' | 'scopes'>): Promise<string | undefined>;
  /** After the server rejected the token: another one, `undefined` if only the user can help. */
  renew(signIn: Pick<SignIn, 'provider' | 'scopes'>, rejected: string): Promise<string | undefined>;
  /** `undefined`: not signed in. Never throws. */
  accountName(signIn: Pick<SignIn, 'provider' | 'scopes'>): Promise<string | undefined>;
  /** Those that are signed in, for menus and reports. */
  list(): Promise<readonly Account[]>;
  /** The id of the authentication provider where an account came, went or changed. */
  readonly onDidChange: Event<string>;
}
