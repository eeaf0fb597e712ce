/** Reaper's settings as VS Code has them: one snapshot, read anew when one of them changes. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import {
  readSettings,
  type SettingProblem,
  type Settings,
  type SettingsReader,
  type SettingsReading,
} from '../config/read-settings.ts';
import { SETTINGS_ROOT, type SettingsTable } from '../config/settings.ts';

export interface SettingsSource extends Disposable {
  /** The same object until something changes, so it may be read at every keystroke. */
  readonly current: () => Settings;
  problems(): readonly SettingProblem[];
  readonly onDidChange: Event<void>;
}

export function createSettingsSource(table: SettingsTable): SettingsSource {
  const changed = new Emitter<void>();
  let reading: SettingsReading = readSettings(table, settingsReader());
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTINGS_ROOT)) {
      reading = readSettings(table, settingsReader());
      changed.fire();
    }
  });
  return {
    current: () => reading.settings,
    problems: () => reading.problems,
    onDidChange: changed.event,
    dispose: () => {
      subscription.dispose();
      changed.dispose();
    },
  };
}

function settingsReader(): SettingsReader {
  // Of our own section: what it gives are proxies, which copy the whole of their section once they are looked into.
  const configuration = vscode.workspace.getConfiguration(SETTINGS_ROOT);
  const nameOf = (key: string): string => key.slice(SETTINGS_ROOT.length + 1);
  return {
    value: (key) => configuration.get(nameOf(key)),
    levels: (key) => {
      const found = configuration.inspect(nameOf(key));
      return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].filter(
        (value) => value !== undefined,
      );
    },
  };
}
