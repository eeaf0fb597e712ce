/** Reaper's settings, from wherever they come: one snapshot, read anew when one of them changes. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import { readEnvironment } from '../config/environment-settings.ts';
import { type EditorSettings, layeredReader, type SettingsLayer } from '../config/layered-settings.ts';
import { readSettings, type SettingProblem, type Settings, type SettingsReading } from '../config/read-settings.ts';
import { SETTINGS_ROOT, type SettingsTable } from '../config/settings.ts';
import type { TomlFiles } from './reaper-toml.ts';

export interface SettingsSource extends Disposable {
  /** The same object until something changes, so it may be read at every keystroke. */
  readonly current: () => Settings;
  problems(): readonly SettingProblem[];
  readonly onDidChange: Event<void>;
}

export function createSettingsSource(
  table: SettingsTable,
  files: Pick<TomlFiles, 'layers' | 'onDidChange'>,
): SettingsSource {
  const changed = new Emitter<void>();
  let reading = readAll(table, files.layers());
  const readAnew = (): void => {
    reading = readAll(table, files.layers());
    changed.fire();
  };
  const subscriptions = [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTINGS_ROOT)) {
        readAnew();
      }
    }),
    files.onDidChange(readAnew),
  ];
  return {
    current: () => reading.settings,
    problems: () => reading.problems,
    onDidChange: changed.event,
    dispose: () => {
      for (const subscription of subscriptions) {
        subscription.dispose();
      }
      changed.dispose();
    },
  };
}

function readAll(table: SettingsTable, files: readonly SettingsLayer[]): SettingsReading {
  const editor = editorSettings();
  const reading = readSettings(table, layeredReader(editor, files));
  if (!reading.settings.keys.useEnvironment) {
    return reading;
  }
  const environment = readEnvironment(table);
  const { settings, problems } = readSettings(table, layeredReader(editor, [...files, environment.values]));
  return { settings, problems: [...problems, ...environment.problems] };
}

function editorSettings(): EditorSettings {
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
