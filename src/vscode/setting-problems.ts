/** Tells the user of wrong settings: one entry in the log for each, and one warning that leads to the setting. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import { SETTINGS_ROOT } from '../config/settings.ts';
import { settingProblemText } from './setting-problem-text.ts';
import type { SettingsSource } from './settings-source.ts';

/** A setting that is used in part or not at all. */
interface Problem {
  readonly key: string;
  readonly text: string;
}

/** `others`: what those who use the settings found, each text beginning with the key and a colon. */
export function registerSettingProblems(
  settings: SettingsSource,
  others: () => readonly string[],
  logger: Logger,
): Disposable {
  /** Told already; forgotten when the setting is put right, so that the next mistake is told again. */
  let told = new Set<string>();

  const check = (): void => {
    const problems: readonly Problem[] = [
      ...settings.problems().map((problem) => ({ key: problem.key, text: settingProblemText(problem) })),
      ...others().map((text) => ({ key: text.slice(0, text.indexOf(':')), text })),
    ];
    const news = problems.filter(({ text }) => !told.has(text));
    told = new Set(problems.map(({ text }) => text));
    for (const { text } of news) {
      logger.warn(text);
    }
    const [first] = news;
    if (first !== undefined) {
      void warn(first, news.length - 1);
    }
  };

  check();
  return settings.onDidChange(check);
}

async function warn({ key, text }: Problem, more: number): Promise<void> {
  const open = vscode.l10n.t('Open Setting');
  const message = more > 0 ? `${text} ${vscode.l10n.t('({0} more in the log.)', more)}` : text;
  if ((await vscode.window.showWarningMessage(message, open)) === open) {
    // What is no setting is a variable, read because of this one.
    await openSetting(key.startsWith(`${SETTINGS_ROOT}.`) ? key : 'reaper.keys.useEnvironment');
  }
}

export async function openSetting(key: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${key}`);
}
