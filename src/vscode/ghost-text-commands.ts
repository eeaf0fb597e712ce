/** Asking for ghost text, and taking or dismissing what is shown. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { CommandId } from '../config/commands.ts';
import { registerCommand } from './register-command.ts';

export interface ShownSuggestion {
  /** Tells the engine that the user did not want it, then hides it. */
  dismiss(): Promise<void>;
}

/** Ours have names that can be found and bound; the editor does the work, so that both kinds of accepting are one. */
const EDITOR_COMMANDS: readonly (readonly [CommandId, string])[] = [
  ['reaper.completion.trigger', 'editor.action.inlineSuggest.trigger'],
  ['reaper.completion.acceptWord', 'editor.action.inlineSuggest.acceptNextWord'],
  ['reaper.completion.acceptLine', 'editor.action.inlineSuggest.acceptNextLine'],
];

export function registerGhostTextCommands(shown: ShownSuggestion, logger: Logger): Disposable {
  const store = new DisposableStore();
  for (const [id, editorCommand] of EDITOR_COMMANDS) {
    store.add(registerCommand(id, logger, async () => vscode.commands.executeCommand(editorCommand)));
  }
  store.add(registerCommand('reaper.completion.dismiss', logger, () => shown.dismiss()));
  return store;
}
