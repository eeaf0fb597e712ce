/** A pause from ghost text, for a time that the user chooses. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { CompletionEngine } from '../completion/engine.ts';
import { SNOOZED_CONTEXT } from '../config/context-keys.ts';
import { registerCommand } from './register-command.ts';

const MINUTE_MS = 60_000;
const CHOICES_MINUTES = [5, 15, 30, 60, 240] as const;

type Snoozable = Pick<CompletionEngine, 'snooze' | 'cancelSnooze' | 'status' | 'onStatusChanged'>;

/** The command's optional argument is a number of minutes. */
export function registerSnooze(engine: Snoozable, logger: Logger): Disposable {
  const store = new DisposableStore();
  let snoozed = false;
  store.add(
    engine.onStatusChanged(({ state }) => {
      if ((state === 'snoozed') !== snoozed) {
        snoozed = !snoozed;
        void vscode.commands.executeCommand('setContext', SNOOZED_CONTEXT, snoozed);
      }
    }),
  );
  store.add(
    registerCommand('reaper.completion.snooze', logger, async (argument) => {
      const minutes = typeof argument === 'number' && argument > 0 ? argument : await askForMinutes();
      if (minutes !== undefined) {
        engine.snooze(minutes * MINUTE_MS);
        // The ghost text that is on the screen goes as well.
        await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
      }
    }),
  );
  store.add(registerCommand('reaper.completion.cancelSnooze', logger, () => engine.cancelSnooze()));
  return store;
}

async function askForMinutes(): Promise<number | undefined> {
  const items = CHOICES_MINUTES.map((minutes) => ({ label: vscode.l10n.t('{0} minutes', minutes), minutes }));
  const placeHolder = vscode.l10n.t('No ghost text for how long?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.minutes;
}
