/** Says that a limit is nearly used up or that usage cannot be kept; loaded when that is so. */
import * as vscode from 'vscode';
import type { CommandId } from '../../config/commands.ts';
import { settingOf } from '../../ledger/budget-errors.ts';
import type { BudgetState } from '../../ledger/budget-limits.ts';
import { openSetting } from '../open-setting.ts';
import { budgetText } from './money-text.ts';

export async function tellNearlySpent(state: BudgetState): Promise<void> {
  const show = vscode.l10n.t('Show Usage');
  const setting = vscode.l10n.t('Open Setting');
  const chosen = await vscode.window.showWarningMessage(budgetText(state), show, setting);
  if (chosen === show) await vscode.commands.executeCommand('reaper.showUsage' satisfies CommandId);
  else if (chosen === setting) await openSetting(settingOf(state.scope));
}

export async function tellTrouble(message: string): Promise<void> {
  const log = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showWarningMessage(message, log);
  if (chosen === log) await vscode.commands.executeCommand('reaper.showLog' satisfies CommandId);
}
