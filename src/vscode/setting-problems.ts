/** Tells the user of wrong settings: one entry in the log for each, and one warning that leads to the setting. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { SettingProblem } from '../config/read-settings.ts';
import { settingProblemText } from './setting-problem-text.ts';
import type { SettingsSource } from './settings-source.ts';

export function registerSettingProblems(settings: SettingsSource, logger: Logger): Disposable {
  /** Told already; forgotten when the setting is put right, so that the next mistake is told again. */
  let told = new Set<string>();

  const check = (): void => {
    const texts = new Map(settings.problems().map((problem) => [settingProblemText(problem), problem]));
    const news = [...texts].filter(([text]) => !told.has(text));
    told = new Set(texts.keys());
    for (const [text] of news) {
      logger.warn(text);
    }
    const [first] = news;
    if (first !== undefined) {
      void warn(first[0], first[1], news.length - 1);
    }
  };

  check();
  return settings.onDidChange(check);
}

async function warn(text: string, problem: SettingProblem, more: number): Promise<void> {
  const open = vscode.l10n.t('Open Setting');
  const message = more > 0 ? `${text} ${vscode.l10n.t('({0} more in the log.)', more)}` : text;
  if ((await vscode.window.showWarningMessage(message, open)) === open) {
    await openSetting(problem.key);
  }
}

export async function openSetting(key: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${key}`);
}
