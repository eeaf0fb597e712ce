/** What the doctor says of accounts: which are signed in, never as whom, because reports are shown to others. */
import * as vscode from 'vscode';
import type { SignInAccounts } from './build-sign-in.ts';

export async function accountsSection({ kinds, accounts }: Pick<SignInAccounts, 'kinds' | 'accounts'>): Promise<{
  readonly title: string;
  readonly lines: readonly string[];
}> {
  const signedIn = await accounts.list();
  return {
    title: vscode.l10n.t('Accounts'),
    lines: kinds.map(({ provider, label }) =>
      signedIn.some((account) => account.provider === provider)
        ? vscode.l10n.t('{0}: signed in', label)
        : vscode.l10n.t('{0}: not signed in; “Reaper: Sign In” does it', label),
    ),
  };
}
