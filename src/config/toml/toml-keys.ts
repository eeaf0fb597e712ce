/** Which keys a `reaper.toml` may have: those of the settings in snake case, and older names of them. */
import type { ProviderFacts } from '../provider-settings.ts';
import { listSettings, SETTINGS_ROOT, type SettingsTable } from '../settings.ts';
import { PRICE_CLASSES, type Setting } from '../setting.ts';
import {
  EDITOR_DECIDES,
  normalName,
  PROVIDER_KEYS_WITHOUT_EFFECT,
  SECRET_NAMES,
  EARLIER_KEYS,
  EARLIER_PROVIDER_KEYS,
  WITHOUT_EFFECT,
} from './earlier-keys.ts';

export interface NamedSetting {
  readonly key: string;
  readonly setting: Setting<unknown>;
}

export type KnownKey =
  | {
      readonly type: 'setting';
      readonly settings: readonly NamedSetting[];
      readonly convert?: (value: unknown) => unknown;
    }
  | { readonly type: 'table' }
  | { readonly type: 'secret' | 'editor-decides' | 'without-effect' }
  | { readonly type: 'unknown' };

export interface TomlKeys {
  find(path: readonly string[]): KnownKey;
  /** What may stand in a table, as it is to be spelt. */
  namesIn(table: readonly string[]): readonly string[];
}

/** Looked up in an index of all keys, which is made for the first file that is there: most users have none. */
export function tomlKeys(table: SettingsTable, providers: readonly Pick<ProviderFacts, 'id' | 'aliases'>[]): TomlKeys {
  let made: KeyIndex | undefined;
  const index = (): KeyIndex => {
    made ??= indexOf(table, providers);
    return made;
  };
  return {
    find: (path) =>
      index().known.get(normalPath(path)) ?? {
        type: SECRET_NAMES.has(normalName(path.at(-1) ?? '')) ? 'secret' : 'unknown',
      },
    namesIn: (path) => [...(index().names.get(normalPath(path)) ?? [])],
  };
}

interface KeyIndex {
  /** By the normal spelling of the path. */
  readonly known: ReadonlyMap<string, KnownKey>;
  /** Of each table, as they are to be spelt. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

function indexOf(table: SettingsTable, providers: readonly Pick<ProviderFacts, 'id' | 'aliases'>[]): KeyIndex {
  const known = new Map<string, KnownKey>();
  const names = new Map<string, Set<string>>();
  const add = (path: readonly string[], entry: KnownKey): void => {
    path.forEach((name, index) => {
      const above = path.slice(0, index);
      const siblings = names.get(normalPath(above)) ?? new Set();
      names.set(normalPath(above), siblings.add(name));
      const at = normalPath(path.slice(0, index + 1));
      if (index < path.length - 1 && !known.has(at)) {
        known.set(at, { type: 'table' });
      }
    });
    known.set(normalPath(path), entry);
  };

  const settings = new Map(listSettings(table).map(({ key, setting }) => [key, setting]));
  const named = (keys: readonly string[]): readonly NamedSetting[] =>
    keys.flatMap((key) => {
      const setting = settings.get(key);
      return setting === undefined ? [] : [{ key, setting }];
    });
  for (const path of WITHOUT_EFFECT) {
    add(path.split('.'), { type: 'without-effect' });
  }
  for (const path of EDITOR_DECIDES) {
    add([path], { type: 'editor-decides' });
  }
  for (const { path, settings: targets, convert } of EARLIER_KEYS) {
    const found = named(targets.map((target) => `${SETTINGS_ROOT}.${target}`));
    add(path.split('.'), { type: 'setting', settings: found, ...(convert !== undefined && { convert }) });
  }
  for (const { id, aliases = [] } of providers) {
    const start = `${SETTINGS_ROOT}.providers.${id}.`;
    // Without quotes, TOML takes a dot in a name for a table within a table.
    for (const name of [[id], ...(id.includes('.') ? [id.split('.')] : []), ...aliases.map((alias) => [alias])]) {
      for (const unused of PROVIDER_KEYS_WITHOUT_EFFECT) {
        add(['providers', ...name, unused], { type: 'without-effect' });
      }
      for (const earlier of EARLIER_PROVIDER_KEYS) {
        const found = named(earlier.settings.map((setting) => start + setting));
        add(
          ['providers', ...name, earlier.name],
          found.length === 0 ? { type: 'without-effect' } : { type: 'setting', settings: found },
        );
      }
      for (const [setting, of] of Object.entries(table.providers[id] ?? {})) {
        add(['providers', ...name, snakeCase(setting)], {
          type: 'setting',
          settings: [{ key: start + setting, setting: of }],
        });
      }
    }
  }
  for (const [key, setting] of settings) {
    const path = key.split('.').slice(1);
    if (path[0] !== 'providers') {
      const convert = setting.accepts.type === 'price-map' ? pricesOf : undefined;
      add(path.map(snakeCase), {
        type: 'setting',
        settings: [{ key, setting }],
        ...(convert !== undefined && { convert }),
      });
    }
  }
  return { known, names };
}

/** `maxLines` → `max_lines`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`);
}

/** `cache_read` → `cacheRead`, in the price of each model. */
function pricesOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const classes = new Map(PRICE_CLASSES.map((name) => [normalName(name), name as string]));
  return Object.fromEntries(
    Object.entries(value).map(([model, price]: [string, unknown]) => [
      model,
      typeof price === 'object' && price !== null
        ? Object.fromEntries(Object.entries(price).map(([name, usd]) => [classes.get(normalName(name)) ?? name, usd]))
        : price,
    ]),
  );
}

function normalPath(path: readonly string[]): string {
  return JSON.stringify(path.map(normalName));
}
