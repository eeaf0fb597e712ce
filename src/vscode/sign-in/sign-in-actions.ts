/** What `Reaper: Sign In` and `Sign Out` do: choose the account, let VS Code ask, say what came of it. */
import * as vscode from 'vscode';
import type { Logger } from '../../base/logger.ts';
import type { AccountKind, AccountSessions } from '../../config/sign-in/account-sessions.ts';
import type { Account } from '../../config/sign-in/accounts.ts';

export interface SignInActionsOptions {
  readonly kinds: readonly AccountKind[];
  readonly accounts: Pick<AccountSessions, 'list' | 'signIn' | 'signOut'>;
  readonly logger: Logger;
}

/** Resolves with the account's name; `undefined` if the user gave up. */
export async function signIn(
  { kinds, accounts, logger }: SignInActionsOptions,
  argument: unknown,
): Promise<string | undefined> {
  const placeHolder = vscode.l10n.t('Sign in with which account?');
  const kind = await choose(kinds, await accounts.list(), argument, placeHolder);
  if (kind === undefined) {
    return undefined;
  }
  const { name } = await accounts.signIn(kind);
  logger.info(`Signed in with a ${kind.label}`);
  void vscode.window.showInformationMessage(vscode.l10n.t('Reaper uses the {0} {1} now.', kind.label, name));
  return name;
}

export async function signOut({ kinds, accounts, logger }: SignInActionsOptions, argument: unknown): Promise<void> {
  const signedIn = await accounts.list();
  if (signedIn.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Reaper uses no account.'));
    return;
  }
  const offered = kinds.filter(({ provider }) => signedIn.some((account) => account.provider === provider));
  const kind = await choose(offered, signedIn, argument, vscode.l10n.t('Sign out of which account?'));
  if (kind !== undefined) {
    await accounts.signOut(kind);
    logger.info(`Signed out of a ${kind.label}`);
    void vscode.window.showInformationMessage(signedOutText(kind));
  }
}

function signedOutText(kind: AccountKind): string {
  return kind.own === undefined
    ? vscode.l10n.t(
        'Reaper no longer uses your {0}. VS Code keeps it for others: the Accounts menu at the bottom left signs out of it entirely.',
        kind.label,
      )
    : vscode.l10n.t('Reaper is signed out of your {0}, and its access is revoked.', kind.label);
}

async function choose(
  offered: readonly AccountKind[],
  signedIn: readonly Account[],
  argument: unknown,
  placeHolder: string,
): Promise<AccountKind | undefined> {
  const named = offered.find(({ provider }) => provider === argument);
  if (named !== undefined) {
    return named;
  }
  const items = offered.map((kind) => {
    const account = signedIn.find(({ provider }) => provider === kind.provider);
    return {
      label: `$(account) ${kind.label}`,
      description: account?.name ?? vscode.l10n.t('not signed in'),
      chosen: kind,
    };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.chosen;
}
