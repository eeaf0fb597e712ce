/** Configuration: the settings as they stand, the stored keys, and the provider profiles that follow from both. */
import type * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import { createCredentials } from '../config/credentials.ts';
import { createKeys, type Keys } from '../config/keys.ts';
import { createProfiles, type Profiles } from '../config/profiles.ts';
import type { Settings } from '../config/read-settings.ts';
import { settingsTable } from '../config/settings.ts';
import type { TomlCode } from '../config/toml/toml-code.ts';
import type { Egress } from '../router/egress.ts';
import type { ProviderDefinition } from '../router/provider-definition.ts';
import { createTomlFiles, type TomlFiles } from './reaper-toml.ts';
import { secretsOf } from './secret-storage.ts';
import { createSettingsSource, type SettingsSource } from './settings-source.ts';
import { buildSignIn, type SignInAccounts } from './sign-in/build-sign-in.ts';

export interface Configuration extends Disposable {
  readonly tomlFiles: TomlFiles;
  readonly source: SettingsSource;
  readonly settings: () => Settings;
  readonly onSettingsChanged: Event<void>;
  readonly keys: Keys;
  readonly profiles: Profiles;
  readonly signIn: SignInAccounts;
}

export interface ConfigurationOptions {
  readonly context: Pick<vscode.ExtensionContext, 'secrets' | 'extension'>;
  readonly definitions: readonly ProviderDefinition[];
  /** Loaded already if a file is there: it may forbid what is about to be sent. */
  readonly tomlCode: TomlCode;
  readonly clock: Clock;
  /** Built later: it follows from the settings. Asked before anything of a sign-in is sent. */
  readonly egress: () => Egress;
  readonly fetch: typeof globalThis.fetch;
  readonly logger: Logger;
}

export function buildConfiguration(options: ConfigurationOptions): Configuration {
  const { context, definitions, tomlCode, clock, logger } = options;
  const store = new DisposableStore();
  const table = settingsTable(definitions);
  const tomlFiles = store.add(createTomlFiles(tomlCode.readerFor(table, definitions), clock));
  const source = store.add(createSettingsSource(table, tomlFiles));
  const { current: settings, onDidChange: onSettingsChanged } = source;
  const useEnvironment = (): boolean => settings().keys.useEnvironment;
  const secrets = secretsOf(context.secrets);
  const keys = store.add(createKeys({ secrets, definitions, useEnvironment }));
  const signIn = store.add(buildSignIn({ ...options, secrets, settings }));
  const credentials = store.add(createCredentials({ definitions, keys, accounts: signIn.accounts }));
  const profiles = store.add(createProfiles({ definitions, settings, onSettingsChanged, credentials, logger }));
  return { tomlFiles, source, settings, onSettingsChanged, keys, profiles, signIn, dispose: () => store.dispose() };
}
