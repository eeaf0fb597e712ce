/** Ghost text on and off: everywhere, for a language, for a file. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { Settings } from '../config/read-settings.ts';
import type { WorkspaceFiles } from '../editor/ports.ts';
import { globOfFile, withoutText, withText } from './file-globs.ts';
import { isLanguageOn, withLanguage } from './languages-on.ts';
import { registerCommand } from './register-command.ts';
import { writeSetting, writeWorkspaceSetting } from './write-setting.ts';

export interface TogglesOptions {
  readonly settings: () => Settings;
  readonly files: Pick<WorkspaceFiles, 'relativePath'>;
  readonly logger: Logger;
}

export function registerToggles({ settings, files, logger }: TogglesOptions): Disposable {
  const store = new DisposableStore();
  const say = (message: string): void => void vscode.window.setStatusBarMessage(message, SHOWN_MS);

  store.add(
    registerCommand('reaper.completion.toggle', logger, async () => {
      const on = !settings().completion.enabled;
      await writeSetting('reaper.completion.enabled', () => on);
      say(on ? vscode.l10n.t('Ghost text is on.') : vscode.l10n.t('Ghost text is off.'));
    }),
  );
  store.add(
    registerCommand('reaper.completion.toggleLanguage', logger, async (argument) => {
      const languageId = typeof argument === 'string' ? argument : activeDocument()?.languageId;
      if (languageId === undefined) {
        throw noEditor();
      }
      const on = !isLanguageOn(settings().completion.languages, languageId);
      await writeSetting('reaper.completion.languages', (level) => withLanguage(level, languageId, on));
      say(
        on
          ? vscode.l10n.t('Ghost text is on for {0}.', languageId)
          : vscode.l10n.t('Ghost text is off for {0}.', languageId),
      );
    }),
  );
  store.add(
    registerCommand('reaper.completion.toggleFile', logger, async () => {
      const document = activeDocument();
      if (document === undefined) {
        throw noEditor();
      }
      const glob = globOfFile(files.relativePath(document.uri.fsPath));
      const off = settings().completion.disabledFiles.includes(glob);
      await writeWorkspaceSetting('reaper.completion.disabledFiles', (level) =>
        off ? withoutText(level, glob) : withText(level, glob),
      );
      say(off ? vscode.l10n.t('Ghost text is on for this file.') : vscode.l10n.t('Ghost text is off for this file.'));
    }),
  );
  return store;
}

/** Long enough to read a short sentence. */
const SHOWN_MS = 4000;

function activeDocument(): vscode.TextDocument | undefined {
  return vscode.window.activeTextEditor?.document;
}

function noEditor(): Error {
  return new Error(vscode.l10n.t('Open a file first.'));
}
