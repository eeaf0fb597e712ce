/** From what stands in the editor's settings to typed values; each wrong value is named and its default used. */
import type { ProviderSettings } from './provider-settings.ts';
import type { Accepts, Setting } from './setting.ts';
import { type GeneralSection, generalSections, SETTINGS_ROOT, type SettingsTable } from './settings.ts';

type ValuesOf<Section> = { readonly [Name in keyof Section]: Section[Name] extends Setting<infer T> ? T : never };

/** One consistent reading of all settings. */
export type Settings = {
  readonly [Section in GeneralSection]: ValuesOf<SettingsTable[Section]>;
} & { readonly providers: Readonly<Record<string, ProviderSettings>> };

export interface SettingsReader {
  /** The value in force. */
  value(key: string, setting: Setting<unknown>): unknown;
  /** What files, environment, user, workspace and folder say, weakest first, unset levels left out. */
  levels(key: string): readonly unknown[];
}

export interface SettingProblem {
  readonly key: string;
  /** The wrong value for display, shortened; the type alone where a value may be secret. */
  readonly found: string;
  readonly accepts: Accepts;
  /** What is used instead, for display; left out where the next source decides it. */
  readonly used?: string;
}

export interface SettingsReading {
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
}

export function readSettings(table: SettingsTable, reader: SettingsReader): SettingsReading {
  const problems: SettingProblem[] = [];
  // The casts hold because each value comes out of its own setting's `parse` or default.
  const readSection = (start: string, section: object): object =>
    Object.fromEntries(
      Object.entries(section).map(([name, setting]) => [
        name,
        readOne(`${start}.${name}`, setting as Setting<unknown>, reader, problems),
      ]),
    );
  const general = Object.fromEntries(
    generalSections(table).map((section) => [section, readSection(`${SETTINGS_ROOT}.${section}`, table[section])]),
  );
  const providers = Object.fromEntries(
    Object.entries(table.providers).map(([id, section]) => [
      id,
      readSection(`${SETTINGS_ROOT}.providers.${id}`, section),
    ]),
  );
  const settings = { ...general, providers } as Settings;
  return { settings, problems };
}

function readOne(key: string, setting: Setting<unknown>, reader: SettingsReader, problems: SettingProblem[]): unknown {
  const candidates = setting.combine === undefined ? [reader.value(key, setting)] : reader.levels(key);
  const accepted: unknown[] = [];
  for (const value of candidates) {
    // `undefined` is an unset level or a setting that the editor does not know (yet): no mistake of the user's.
    if (value === undefined) {
      continue;
    }
    const parsed = setting.parse(value);
    if (parsed === undefined) {
      problems.push({
        key,
        found: describeWrongValue(value, setting.accepts),
        accepts: setting.accepts,
        used: shortJson(setting.default),
      });
    } else {
      accepted.push(parsed);
    }
  }
  if (accepted.length === 0) {
    return setting.default;
  }
  return setting.combine === undefined ? accepted[0] : setting.combine(accepted);
}

/** Long enough to recognise the value in the settings file, short enough for one line of a notification. */
const DISPLAY_LENGTH = 60;

export function describeWrongValue(value: unknown, accepts: Accepts): string {
  // Headers and addresses are where people put keys; their values are never repeated.
  const mayBeSecret = accepts.type === 'header-map' || accepts.type === 'url';
  return mayBeSecret ? (Array.isArray(value) ? 'array' : typeof value) : shortJson(value);
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > DISPLAY_LENGTH ? `${text.slice(0, DISPLAY_LENGTH)}…` : text;
}
