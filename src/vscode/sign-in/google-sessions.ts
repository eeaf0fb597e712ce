/** What the Google account does once it is looked at: VS Code asks for it and shows it, we sign in and keep the session. */
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { ReaperError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { CommandId } from '../../config/commands.ts';
import type { Secrets } from '../../config/secrets.ts';
import { createCheckedFetch } from '../../config/sign-in/checked-fetch.ts';
import { createOAuthClient, type Registration } from '../../config/sign-in/oauth-client.ts';
import { createOAuthSessions } from '../../config/sign-in/oauth-sessions.ts';
import type { StoredSession } from '../../config/sign-in/stored-session.ts';
import type { Egress } from '../../router/egress.ts';
import { askForClient } from './google-client.ts';
import { createSignInWays } from './sign-in-ways.ts';
import type { UriRedirects } from './uri-redirect.ts';

export interface GoogleSessionsOptions {
  readonly redirects: Pick<UriRedirects, 'open'>;
  readonly secrets: Secrets;
  /** `reaper.google.clientId` */
  readonly clientId: () => string;
  readonly fetch: typeof globalThis.fetch;
  /** Asked at each request: the egress policy is built after the configuration that this belongs to. */
  readonly egress: () => Egress;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly account: { readonly provider: string; readonly label: string };
  /** Where the session rests. */
  readonly secretName: string;
  /** What VS Code listens to. */
  readonly changed: Pick<vscode.EventEmitter<SessionsChange>, 'fire'>;
  /** Another one for tests; there is no setting for it. */
  readonly issuer?: string;
}

export interface GoogleSessions extends Disposable {
  get(scopes: readonly string[] | undefined): Promise<vscode.AuthenticationSession[]>;
  create(scopes: readonly string[]): Promise<vscode.AuthenticationSession>;
  remove(): Promise<void>;
  token(scopes: readonly string[]): Promise<string | undefined>;
  renew(rejected: string): Promise<string | undefined>;
  /** Looks what another window has changed, and tells VS Code. */
  follow(): void;
}

type SessionsChange = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

const ISSUER = 'https://accounts.google.com';
const CLIENT_SECRET = 'reaper.google.clientSecret';
/** Who signed in is shown in the Accounts menu. */
const IDENTITY_SCOPES = ['openid', 'email'];

export function createGoogleSessions(options: GoogleSessionsOptions): GoogleSessions {
  const { secrets, clientId, clock, logger, account, changed } = options;
  const { label } = account;
  const store = new DisposableStore();
  const registration = async (): Promise<Registration> => {
    const id = clientId();
    if (id === '') {
      throw new ReaperError('invalid-config', 'Set reaper.google.clientId to the client id of your Google project.');
    }
    return { clientId: id, clientSecret: await secrets.get(CLIENT_SECRET) };
  };
  const client = createOAuthClient({
    issuer: options.issuer ?? ISSUER,
    names: { label, clientSetting: 'the setting reaper.google.clientId' },
    registration,
    // Google gives a refresh token only for these (developers.google.com/identity/protocols/oauth2/native-app).
    authorizationParameters: { access_type: 'offline', prompt: 'consent' },
    fetch: createCheckedFetch({ fetch: options.fetch, egress: options.egress, name: account.provider }),
    clock,
  });
  const sessions = store.add(
    createOAuthSessions({
      label,
      client,
      secrets,
      secretName: options.secretName,
      onExpired: () => void offerSignIn(account),
      clock,
      logger,
    }),
  );
  const signIn = createSignInWays({ client, label, redirects: options.redirects, clock });
  /** VS Code wants to know what came and what went, and events from other windows say only that something did. */
  let known: vscode.AuthenticationSession | undefined;
  const tell = (current: vscode.AuthenticationSession | undefined): void => {
    const before = known;
    known = current;
    if (before?.id === current?.id && before?.accessToken === current?.accessToken) {
      return;
    }
    const same = before !== undefined && before.id === current?.id;
    changed.fire({
      added: current === undefined || same ? [] : [current],
      removed: before === undefined || same ? [] : [before],
      changed: current !== undefined && same ? [current] : [],
    });
  };
  const look = async (scopes: readonly string[] | undefined): Promise<vscode.AuthenticationSession | undefined> => {
    const session = await sessions.current(scopes);
    return session && toEditorSession(session);
  };
  const follow = (): void => {
    void look(undefined).then(tell, (error: unknown) => logger.error('The Google session could not be read', error));
  };
  store.add(sessions.onDidChange(follow));

  return {
    get: async (scopes) => {
      const session = await look(scopes);
      if (scopes === undefined || session !== undefined) {
        known = session;
      }
      return session === undefined ? [] : [session];
    },
    create: async (scopes) => {
      await askForClient(clientId, secrets, CLIENT_SECRET);
      const tokens = await signIn([...new Set([...IDENTITY_SCOPES, ...scopes])]);
      const missing = scopes.filter((scope) => !IDENTITY_SCOPES.includes(scope) && !tokens.scopes.includes(scope));
      if (missing.length > 0) {
        throw new ReaperError(
          'auth',
          `Google did not grant ${missing.join(', ')}. Sign in again and tick what it asks for.`,
        );
      }
      const session = toEditorSession(
        await sessions.add({ ...tokens, scopes: [...new Set([...tokens.scopes, ...scopes])] }),
      );
      logger.info('Signed in with a Google account');
      tell(session);
      return session;
    },
    remove: async () => {
      await sessions.remove();
      tell(undefined);
    },
    token: async (scopes) => (await sessions.current(scopes))?.accessToken,
    renew: (rejected) => sessions.renew(rejected),
    follow,
    dispose: () => store.dispose(),
  };
}

async function offerSignIn({ provider, label }: { readonly provider: string; readonly label: string }): Promise<void> {
  const again = vscode.l10n.t('Sign In');
  const text = vscode.l10n.t('The sign-in with your {0} account has expired or was taken back.', label);
  if ((await vscode.window.showWarningMessage(text, again)) === again) {
    await vscode.commands.executeCommand('reaper.signIn' satisfies CommandId, provider);
  }
}

function toEditorSession({ id, accessToken, account, scopes }: StoredSession): vscode.AuthenticationSession {
  return { id, accessToken, account: { id: account.id, label: account.name }, scopes };
}
