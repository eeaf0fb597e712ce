/** Shows a notice and does what its button says; loaded with the first of them. */
import * as vscode from 'vscode';
import type { CommandId } from '../config/commands.ts';
import type { Notice, NoticeAction } from './notice-policy.ts';
import { openSetting } from './open-setting.ts';

export async function tellNotice({ providerId, message, action }: Notice, label: string): Promise<void> {
  const title = TITLES[action]();
  const showLog = vscode.l10n.t('Show Log');
  // Some messages begin with the provider's name already.
  const text = message.startsWith(label) ? message : `${label}: ${message}`;
  const chosen = await vscode.window.showWarningMessage(text, title, showLog);
  if (chosen === title) {
    await act(action, providerId);
  } else if (chosen === showLog) {
    await run('reaper.showLog');
  }
}

const TITLES: Readonly<Record<NoticeAction, () => string>> = {
  'set-key': () => vscode.l10n.t('Set API Key'),
  'open-provider-settings': () => vscode.l10n.t('Open Settings'),
  'open-privacy': () => vscode.l10n.t('Open Setting'),
  test: () => vscode.l10n.t('Test Connection'),
  'show-usage': () => vscode.l10n.t('Show Usage'),
  'select-provider': () => vscode.l10n.t('Select Model'),
};

async function act(action: NoticeAction, providerId: string): Promise<void> {
  switch (action) {
    case 'set-key':
      return run('reaper.setApiKey', providerId);
    case 'open-provider-settings':
      await vscode.commands.executeCommand('workbench.action.openSettings', `reaper.providers.${providerId}`);
      return;
    case 'open-privacy':
      return openSetting('reaper.privacy.localOnly');
    case 'test':
      return run('reaper.testConnection', providerId);
    case 'show-usage':
      return run('reaper.showUsage');
    case 'select-provider':
      return run('reaper.selectModel');
  }
}

async function run(command: CommandId, ...args: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}
