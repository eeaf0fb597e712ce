/** Tells the user of wrong settings: one entry in the log for each, and one warning that leads to the setting. */
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { SettingsSource } from './settings-source.ts';

/** `others`: what those who use the settings found, each text beginning with the key and a colon. */
export function registerSettingProblems(
  settings: SettingsSource,
  others: () => readonly string[],
  logger: Logger,
): Disposable {
  let loading: Promise<() => void> | undefined;
  const check = (): void => {
    if (loading === undefined && settings.problems().length === 0 && others().length === 0) {
      return;
    }
    loading ??= import('./setting-problem-news.ts').then((module) =>
      module.createSettingProblemNews(settings, others, logger),
    );
    void loading.then((tell) => tell());
  };

  check();
  return settings.onDidChange(check);
}
