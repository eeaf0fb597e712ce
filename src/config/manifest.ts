/** What VS Code is told in `package.json`, and the texts of `package.nls.json`, made from the tables. */
import { type CommandEntry, listCommands } from './commands.ts';
import type { ProviderFacts } from './provider-settings.ts';
import { type Accepts, HIGHEST_PRICE_USD, PRICE_CLASSES, type Setting } from './setting.ts';
import { listSettings, type SettingEntry, settingsTable } from './settings.ts';
import { ownAccounts } from './sign-in/own-accounts.ts';
import { walkthrough } from './walkthrough.ts';

export interface GeneratedManifest {
  /** Top-level properties of `package.json`, each replaced as a whole. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** `package.nls.json`: translation key to English. */
  readonly texts: Readonly<Record<string, string>>;
}

type Texts = Record<string, string>;

const CATEGORY = 'Reaper';

const SECTION_TITLES: Readonly<Record<SettingEntry['section'], string>> = {
  completion: 'Ghost Text',
  chat: 'Chat',
  routing: 'Routing',
  budget: 'Budget',
  privacy: 'Privacy',
  keys: 'Keys',
  google: 'Google Account',
  prices: 'Prices',
  metrics: 'Metrics',
  providers: 'Providers',
};

export function generateManifest(providers: readonly ProviderFacts[]): GeneratedManifest {
  const texts: Texts = {};
  const settings = listSettings(settingsTable(providers));
  const properties = {
    activationEvents: ['onStartupFinished'],
    extensionKind: ['workspace'],
    l10n: './l10n',
    icon: 'media/icon.png',
    capabilities: {
      untrustedWorkspaces: {
        supported: 'limited',
        description: text(
          texts,
          'capabilities.untrustedWorkspaces',
          'Until the workspace is trusted, Reaper ignores its choice of providers and models.',
        ),
        restrictedConfigurations: settings.filter(({ setting }) => setting.restricted).map(({ key }) => key),
      },
      virtualWorkspaces: {
        supported: 'limited',
        description: text(
          texts,
          'capabilities.virtualWorkspaces',
          'In virtual workspaces, Reaper completes from open files only.',
        ),
      },
    },
    contributes: {
      commands: contributeCommands(texts),
      menus: { commandPalette: contributePalette() },
      keybindings: contributeKeybindings(),
      configuration: contributeSettings(settings, texts),
      authentication: contributeAuthentication(),
      walkthroughs: [contributeWalkthrough(texts)],
    },
  };
  texts['extension.description'] =
    'Ghost text from any model: a local server, your own account, or the embedded model that needs neither key nor network.';
  return { properties, texts };
}

/** Remembers the English text under its key and gives the reference to it. */
function text(texts: Texts, key: string, english: string): string {
  texts[key] = english;
  return `%${key}%`;
}

function contributeCommands(texts: Texts): object[] {
  return listCommands().map(([id, entry]) => ({
    command: id,
    title: text(texts, `command.${id}`, entry.title),
    category: CATEGORY,
    ...(entry.icon !== undefined && { icon: `$(${entry.icon})` }),
  }));
}

function contributePalette(): object[] {
  return listCommands().flatMap(([command, entry]) => {
    const when = paletteCondition(entry);
    return when === undefined ? [] : [{ command, when }];
  });
}

function paletteCondition(entry: CommandEntry): string | undefined {
  return entry.palette === 'never' ? 'false' : entry.palette;
}

function contributeKeybindings(): object[] {
  return listCommands().flatMap(([command, { keybinding }]) =>
    keybinding === undefined ? [] : [{ command, ...keybinding }],
  );
}

function contributeSettings(settings: readonly SettingEntry[], texts: Texts): object[] {
  return Object.entries(SECTION_TITLES).map(([section, title], order) => ({
    title: text(texts, `settings.${section}`, title),
    order,
    properties: Object.fromEntries(
      settings
        .filter((entry) => entry.section === section)
        .map(({ key, setting }, index) => [key, settingSchema(key, setting, index, texts)]),
    ),
  }));
}

function settingSchema(key: string, setting: Setting<unknown>, order: number, texts: Texts): object {
  const name = key.replace(/^reaper\./, 'setting.');
  return {
    ...valueSchema(name, setting.accepts, texts),
    default: setting.default,
    scope: setting.scope,
    order,
    markdownDescription: text(texts, name, setting.description),
  };
}

function valueSchema(name: string, accepts: Accepts, texts: Texts): object {
  switch (accepts.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: accepts.minimum, maximum: accepts.maximum };
    case 'number':
      return { type: 'number', minimum: accepts.minimum, maximum: accepts.maximum };
    case 'choice':
      return {
        type: 'string',
        enum: accepts.choices.map(({ value }) => value),
        markdownEnumDescriptions: accepts.choices.map(({ value, description }) =>
          text(texts, `${name}.${value}`, description),
        ),
      };
    case 'name':
      return { type: 'string', enum: ['', ...accepts.names] };
    case 'text':
      return { type: 'string' };
    case 'url':
      return { type: 'string', pattern: '^$|^https?://' };
    case 'text-list':
      return { type: 'array', items: { type: 'string' } };
    case 'choice-list':
      return {
        type: 'array',
        uniqueItems: true,
        // Labels are names of products: the same in every language.
        items: {
          type: 'string',
          enum: accepts.choices.map(({ value }) => value),
          enumDescriptions: accepts.choices.map(({ description }) => description),
        },
      };
    case 'boolean-map':
      return { type: 'object', additionalProperties: { type: 'boolean' } };
    case 'number-map':
      return numberMapSchema(accepts);
    case 'price-map':
      return { type: 'object', additionalProperties: PRICE_SCHEMA };
    case 'header-map':
      return { type: 'object', additionalProperties: { type: 'string' } };
  }
}

function numberMapSchema({ names, maximum }: Extract<Accepts, { type: 'number-map' }>): object {
  const item = { type: 'number', minimum: 0, maximum };
  return names.length === 0
    ? { type: 'object', additionalProperties: item }
    : {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, item])),
        additionalProperties: false,
      };
}

const PRICE_SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    PRICE_CLASSES.map((name) => [name, { type: 'number', minimum: 0, maximum: HIGHEST_PRICE_USD }]),
  ),
  required: ['input', 'output'],
  additionalProperties: false,
};

/** Sign-ins of our own; VS Code starts us when one is asked for. */
function contributeAuthentication(): object[] {
  return ownAccounts.map(({ provider, label }) => ({ id: provider, label }));
}

function contributeWalkthrough(texts: Texts): object {
  return {
    id: walkthrough.id,
    title: text(texts, `walkthrough.${walkthrough.id}`, walkthrough.title),
    description: text(texts, `walkthrough.${walkthrough.id}.description`, walkthrough.description),
    steps: walkthrough.steps.map((step) => ({
      id: step.id,
      title: text(texts, `walkthrough.${step.id}`, step.title),
      description: text(texts, `walkthrough.${step.id}.description`, step.description),
      media: { markdown: `media/walkthrough/${step.id}.md` },
      completionEvents: step.completionEvents,
    })),
  };
}
