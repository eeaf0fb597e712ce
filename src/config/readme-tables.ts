/** The README's tables of settings and commands, in Markdown. */
import { listCommands } from './commands.ts';
import type { ProviderFacts } from './provider-settings.ts';
import type { Accepts } from './setting.ts';
import { listSettings, type SettingEntry, settingsTable } from './settings.ts';

/** The settings that all have, then those that repeat for each provider, once. */
export function settingsTables(providers: readonly ProviderFacts[]): string {
  const entries = listSettings(settingsTable(providers));
  const general = entries.filter(({ section }) => section !== 'providers');
  const perProvider = new Map<string, { readonly entry: SettingEntry; readonly ids: string[] }>();
  for (const facts of providers) {
    const start = `reaper.providers.${facts.id}.`;
    for (const entry of entries.filter(({ key }) => key.startsWith(start))) {
      const name = entry.key.slice(start.length);
      const known = perProvider.get(name) ?? { entry, ids: [] };
      known.ids.push(facts.id);
      perProvider.set(name, known);
    }
  }
  return [
    table(
      ['Setting', 'Default', 'Meaning'],
      general.map(({ key, setting }) => [
        `\`${key}\``,
        `\`${JSON.stringify(setting.default)}\``,
        `${plainLinks(setting.description)}${valuesNote(setting.accepts)}`,
      ]),
    ),
    '',
    'For each provider, as `reaper.providers.<id>.<name>`:',
    '',
    table(
      ['Name', 'Accepts', 'Providers'],
      [...perProvider].map(([name, { entry, ids }]) => [
        `\`${name}\``,
        kindOf(entry.setting.accepts),
        ids.length === providers.length ? 'all' : ids.map((id) => `\`${id}\``).join(', '),
      ]),
    ),
  ].join('\n');
}

export function commandsTable(): string {
  return table(
    ['Command', 'Key'],
    listCommands()
      .filter(([, { palette }]) => palette !== 'never')
      .map(([, { title, keybinding }]) => [
        `Reaper: ${title}`,
        keybinding === undefined ? '' : `<kbd>${escapeCell(keybinding.key)}</kbd>`,
      ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The settings editor links `#key#`; Markdown elsewhere does not. */
function plainLinks(description: string): string {
  return description.replace(/`#([\w.]+)#`/g, '`$1`');
}

function valuesNote(accepts: Accepts): string {
  switch (accepts.type) {
    case 'integer':
    case 'number':
      return ` (${accepts.minimum} to ${accepts.maximum})`;
    case 'choice':
      return ` (${accepts.choices.map(({ value }) => `\`${value}\``).join(', ')})`;
    default:
      return '';
  }
}

function kindOf(accepts: Accepts): string {
  switch (accepts.type) {
    case 'boolean':
      return 'on or off';
    case 'integer':
      return `a whole number, ${accepts.minimum} to ${accepts.maximum}`;
    case 'number':
      return `a number, ${accepts.minimum} to ${accepts.maximum}`;
    case 'choice':
    case 'choice-list':
      return accepts.choices.map(({ value }) => `\`${value}\``).join(', ');
    case 'name':
      return accepts.names.map((name) => `\`${name}\``).join(', ');
    case 'text':
      return 'text';
    case 'url':
      return 'an address, `http://…` or `https://…`';
    case 'text-list':
      return 'a list of texts';
    case 'boolean-map':
      return 'names to on or off';
    case 'number-map':
      return 'names to numbers';
    case 'price-map':
      return 'models to prices';
    case 'header-map':
      return 'header names to values';
  }
}

function escapeCell(key: string): string {
  return key.replaceAll('\\', '&#92;');
}
