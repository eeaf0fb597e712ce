/** The table of all settings; types, validation, the manifest and its texts come from here. */
import { completionSettings } from './completion-settings.ts';
import { budgetSettings, metricsSettings, priceSettings } from './money-settings.ts';
import { keySettings, privacySettings } from './privacy-settings.ts';
import { type ProviderFacts, type ProviderSettingName, providerSettingsOf } from './provider-settings.ts';
import { chatSettings, routingSettings } from './routing-settings.ts';
import type { Setting } from './setting.ts';
import { googleSettings } from './sign-in-settings.ts';

/** Every setting of Reaper begins with it. */
export const SETTINGS_ROOT = 'reaper';

/** What the settings are, for the providers that exist. */
export function settingsTable(providers: readonly ProviderFacts[]) {
  return {
    completion: completionSettings(providers),
    chat: chatSettings(providers),
    routing: routingSettings,
    budget: budgetSettings(providers),
    privacy: privacySettings,
    keys: keySettings,
    google: googleSettings,
    prices: priceSettings,
    metrics: metricsSettings,
    providers: Object.fromEntries(providers.map((facts) => [facts.id, providerSettingsOf(facts)])),
  };
}

export type SettingsTable = ReturnType<typeof settingsTable>;

/** All but those that repeat for each provider. */
export type GeneralSection = Exclude<keyof SettingsTable, 'providers'>;

export interface SettingEntry {
  readonly key: string;
  readonly section: keyof SettingsTable;
  readonly setting: Setting<unknown>;
}

/** The table as a list, keys written in full. */
export function listSettings(table: SettingsTable): readonly SettingEntry[] {
  const entries: SettingEntry[] = [];
  for (const section of generalSections(table)) {
    for (const [name, setting] of Object.entries<Setting<unknown>>(table[section])) {
      entries.push({ key: `${SETTINGS_ROOT}.${section}.${name}`, section, setting });
    }
  }
  for (const [id, settings] of Object.entries(table.providers)) {
    for (const [name, setting] of Object.entries(settings)) {
      entries.push({ key: providerSettingKey(id, name), section: 'providers', setting });
    }
  }
  return entries;
}

/** In the order in which the settings editor shows them. */
export function generalSections(table: SettingsTable): readonly GeneralSection[] {
  const { providers: _, ...general } = table;
  return Object.keys(general) as GeneralSection[];
}

export function providerSettingKey(providerId: string, name: ProviderSettingName): string {
  return `${SETTINGS_ROOT}.providers.${providerId}.${name}`;
}
