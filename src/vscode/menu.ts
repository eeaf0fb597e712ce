/** The menu behind the status bar item: what is going on, and what one may want to do about it. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { Settings } from '../config/read-settings.ts';
import type { Accounts } from '../config/sign-in/accounts.ts';
import { registerCommand } from './register-command.ts';
import type { StatusSource } from './status-source.ts';
import { statusText } from './status-text.ts';

export interface MenuOptions {
  readonly status: StatusSource;
  readonly settings: () => Settings;
  readonly accounts: Pick<Accounts, 'list'>;
  readonly logger: Logger;
}

export function registerMenu({ status, settings, accounts, logger }: MenuOptions): Disposable {
  return registerCommand('reaper.showMenu', logger, async () => {
    const [signedIn, { menuItems }] = await Promise.all([accounts.list(), import('./menu-items.ts')]);
    const { headline } = statusText(status.facts());
    const chosen = await vscode.window.showQuickPick(menuItems(status, settings(), signedIn), {
      title: headline,
      placeHolder: vscode.l10n.t('What would you like to do?'),
    });
    if (chosen?.command !== undefined) {
      await vscode.commands.executeCommand(chosen.command, chosen.argument);
    }
  });
}
