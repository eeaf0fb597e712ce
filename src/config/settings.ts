/** The table of all settings; types, validation, the manifest and its texts come from here. */
import { type ProviderFacts, type ProviderSettingName, providerSettingsOf } from './provider-settings.ts';
import {
  booleanMapSetting,
  booleanSetting,
  choiceListSetting,
  choiceSetting,
  integerSetting,
  type Setting,
  textListSetting,
} from './setting.ts';

/** Every setting of Reaper begins with it. */
export const SETTINGS_ROOT = 'reaper';

/** What the settings are, for the providers that exist. */
export function settingsTable(providers: readonly ProviderFacts[]) {
  return {
    completion: completionSettings(providers),
    privacy: privacySettings,
    keys: keySettings,
    providers: Object.fromEntries(providers.map((facts) => [facts.id, providerSettingsOf(facts)])),
  };
}

export type SettingsTable = ReturnType<typeof settingsTable>;

export interface SettingEntry {
  readonly key: string;
  readonly section: keyof SettingsTable;
  readonly setting: Setting<unknown>;
}

/** The table as a list, keys written in full. */
export function listSettings(table: SettingsTable): readonly SettingEntry[] {
  const entries: SettingEntry[] = [];
  for (const section of ['completion', 'privacy', 'keys'] as const) {
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

export function providerSettingKey(providerId: string, name: ProviderSettingName): string {
  return `${SETTINGS_ROOT}.providers.${providerId}.${name}`;
}

function completionSettings(providers: readonly ProviderFacts[]) {
  return {
    enabled: booleanSetting(true, { description: 'Show ghost text while you type.' }),
    languages: booleanMapSetting(
      { '*': true, markdown: false, plaintext: false },
      {
        description:
          'Ghost text by language: [language identifier](https://code.visualstudio.com/docs/languages/identifiers) to on or off; `*` stands for all others.',
      },
    ),
    disabledFiles: textListSetting([], {
      description:
        'Files without ghost text: glob patterns of workspace-relative paths, for example `**/*.sql` or `vendor/**`.',
    }),
    inComments: booleanSetting(true, { description: 'Show ghost text inside comments.' }),
    inStrings: booleanSetting(true, { description: 'Show ghost text inside string literals.' }),
    multiLine: choiceSetting(
      'auto',
      {
        auto: 'Several lines where a block belongs, one line elsewhere.',
        never: 'One line only.',
        always: 'Several lines everywhere.',
      },
      { description: 'When ghost text may have several lines.' },
    ),
    // Twelve lines fit into the editor below the cursor and are read before they are accepted (facts/completions §13).
    maxLines: integerSetting(
      12,
      { minimum: 1, maximum: 100 },
      { description: 'The most lines a suggestion may have.' },
    ),
    maxOutputTokens: integerSetting(
      128,
      { minimum: 8, maximum: 4096 },
      { description: 'The most tokens a model may write for one suggestion.' },
    ),
    promptTokens: integerSetting(
      2500,
      { minimum: 256, maximum: 32_000 },
      {
        description:
          'The prompt budget in tokens: text around the cursor and context from other files together. A smaller budget is faster on local models.',
      },
    ),
    providers: choiceListSetting(
      [],
      providers.map((facts) => ({ value: facts.id, description: facts.label })),
      {
        restricted: true,
        description:
          'The providers that may complete code, in order of preference; the others are not asked. Left empty, the order is automatic: the providers you set up, then local servers that are found. The embedded `workspace` model always comes last; list it alone to use no other.',
      },
    ),
  };
}

const privacySettings = {
  localOnly: booleanSetting(false, {
    combine: (levels) => levels.includes(true),
    description:
      'Send nothing beyond this machine and the hosts in `#reaper.privacy.localHosts#`. A workspace can turn this on, but not off.',
  }),
  localHosts: textListSetting([], {
    scope: 'machine',
    description:
      'Hosts that count as local when `#reaper.privacy.localOnly#` is on, besides this machine: host names or addresses, for example `gpu.lan` or `192.168.1.20`.',
  }),
  excludedFiles: textListSetting([], {
    combine: (levels) => [...new Set(levels.flat())],
    description:
      'Files that are never read for suggestions nor sent to a model: glob patterns of workspace-relative paths. They are added to `.gitignore`, `.reaperignore` and the built-in patterns for secrets; the patterns of user and workspace settings count together.',
  }),
};

const keySettings = {
  useEnvironment: booleanSetting(false, {
    scope: 'machine',
    description:
      'Use API keys from environment variables, for example `OPENAI_API_KEY`, for providers without a stored key.',
  }),
};
