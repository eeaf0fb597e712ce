/** Says which settings are wrong and were not before: loaded with the first wrong one. */
import * as vscode from 'vscode';
import type { Logger } from '../base/logger.ts';
import { SETTINGS_ROOT } from '../config/settings.ts';
import { openSetting } from './open-setting.ts';
import { settingProblemText } from './setting-problem-text.ts';
import type { SettingsSource } from './settings-source.ts';

/** A setting that is used in part or not at all. */
interface Problem {
  readonly key: string;
  readonly text: string;
}

export function createSettingProblemNews(
  settings: Pick<SettingsSource, 'problems'>,
  others: () => readonly string[],
  logger: Logger,
): () => void {
  /** Told already; forgotten when the setting is put right, so that the next mistake is told again. */
  let told = new Set<string>();

  return () => {
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
}

async function warn({ key, text }: Problem, more: number): Promise<void> {
  const open = vscode.l10n.t('Open Setting');
  const message = more > 0 ? `${text} ${vscode.l10n.t('({0} more in the log.)', more)}` : text;
  if ((await vscode.window.showWarningMessage(message, open)) === open) {
    // What is no setting is a variable, read because of this one.
    await openSetting(key.startsWith(`${SETTINGS_ROOT}.`) ? key : 'reaper.keys.useEnvironment');
  }
}
