/** Configuration: the settings as they stand, the stored keys, and the provider profiles that follow from both. */
import type * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import { createKeys, type Keys } from '../config/keys.ts';
import { createProfiles, type Profiles } from '../config/profiles.ts';
import type { Settings } from '../config/read-settings.ts';
import { settingsTable } from '../config/settings.ts';
import type { ProviderDefinition } from '../router/provider-definition.ts';
import { secretsOf } from './secret-storage.ts';
import { createSettingsSource, type SettingsSource } from './settings-source.ts';

export interface Configuration extends Disposable {
  readonly source: SettingsSource;
  readonly settings: () => Settings;
  readonly onSettingsChanged: Event<void>;
  readonly keys: Keys;
  readonly profiles: Profiles;
}

export interface ConfigurationOptions {
  readonly context: Pick<vscode.ExtensionContext, 'secrets'>;
  readonly definitions: readonly ProviderDefinition[];
  readonly logger: Logger;
}

export function buildConfiguration({ context, definitions, logger }: ConfigurationOptions): Configuration {
  const store = new DisposableStore();
  const source = store.add(createSettingsSource(settingsTable(definitions)));
  const { current: settings, onDidChange: onSettingsChanged } = source;
  const useEnvironment = (): boolean => settings().keys.useEnvironment;
  const keys = store.add(createKeys({ secrets: secretsOf(context.secrets), definitions, useEnvironment }));
  const profiles = store.add(createProfiles({ definitions, settings, onSettingsChanged, keys, logger }));
  return { source, settings, onSettingsChanged, keys, profiles, dispose: () => store.dispose() };
}
