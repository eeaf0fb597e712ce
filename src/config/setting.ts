/** One setting as data: its default, who may set it, what it accepts and how a value is read. */

/**
 * `application`: user settings only, also for windows on remote machines. `machine`: where the extension runs, so in a
 * remote window the remote settings and not the user's. A workspace can set neither. `window`: a workspace may.
 */
export type SettingScope = 'application' | 'machine' | 'window';

/** What a setting accepts, as data, so that the manifest and the message about a wrong value say the same. */
export type Accepts =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'choice'; readonly choices: readonly Choice[] }
  | { readonly type: 'name'; readonly names: readonly string[] }
  | { readonly type: 'text' }
  | { readonly type: 'url' }
  | { readonly type: 'text-list' }
  | { readonly type: 'choice-list'; readonly choices: readonly Choice[] }
  | { readonly type: 'boolean-map' }
  | { readonly type: 'header-map' };

export interface Choice {
  readonly value: string;
  readonly description: string;
}

export interface Setting<T> {
  readonly default: T;
  readonly scope: SettingScope;
  /** Ignored from the workspace until it is trusted. */
  readonly restricted: boolean;
  /** English Markdown; its translation key is derived from the setting's key. */
  readonly description: string;
  readonly accepts: Accepts;
  /** A copy of the value, or `undefined` if it is not accepted. */
  readonly parse: (value: unknown) => T | undefined;
  /**
   * For settings that protect: the values of all levels count together, so that a workspace can tighten what the user
   * set and never loosen it.
   */
  combine?(levels: readonly T[]): T;
}

interface SettingText {
  readonly description: string;
  readonly scope?: SettingScope;
  readonly restricted?: boolean;
}

export function booleanSetting(
  fallback: boolean,
  text: SettingText & { readonly combine?: (levels: readonly boolean[]) => boolean },
): Setting<boolean> {
  return define(fallback, text, { type: 'boolean' }, (value) => (typeof value === 'boolean' ? value : undefined));
}

export function integerSetting(
  fallback: number,
  range: { readonly minimum: number; readonly maximum: number },
  text: SettingText,
): Setting<number> {
  return define(fallback, text, { type: 'integer', ...range }, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= range.minimum && value <= range.maximum
      ? value
      : undefined,
  );
}

export function choiceSetting<const V extends string>(
  fallback: NoInfer<V>,
  descriptions: Readonly<Record<V, string>>,
  text: SettingText,
): Setting<V> {
  const choices = Object.entries<string>(descriptions).map(([value, description]) => ({ value, description }));
  const isChoice = (value: unknown): value is V => typeof value === 'string' && Object.hasOwn(descriptions, value);
  return define(fallback, text, { type: 'choice', choices }, (value) => (isChoice(value) ? value : undefined));
}

/** One of names that need no description, or `''` for none of them, which is the default. */
export function nameSetting(names: readonly string[], text: SettingText): Setting<string> {
  return define('', text, { type: 'name', names }, (value) =>
    typeof value === 'string' && (value === '' || names.includes(value)) ? value : undefined,
  );
}

export function textSetting(fallback: string, text: SettingText): Setting<string> {
  return define(fallback, text, { type: 'text' }, (value) => (typeof value === 'string' ? value.trim() : undefined));
}

/** An http or https address without user name and password; `''`, the default, stands for none. */
export function urlSetting(text: SettingText): Setting<string> {
  return define('', text, { type: 'url' }, parseBaseUrl);
}

export function textListSetting(
  fallback: readonly string[],
  text: SettingText & { readonly combine?: (levels: readonly (readonly string[])[]) => readonly string[] },
): Setting<readonly string[]> {
  return define(fallback, text, { type: 'text-list' }, parseTextList);
}

export function choiceListSetting(
  fallback: readonly string[],
  choices: readonly Choice[],
  text: SettingText,
): Setting<readonly string[]> {
  return define(fallback, text, { type: 'choice-list', choices }, (value) => {
    const list = parseTextList(value);
    return list?.every((item) => choices.some((choice) => choice.value === item)) === true
      ? [...new Set(list)]
      : undefined;
  });
}

export function booleanMapSetting(
  fallback: Readonly<Record<string, boolean>>,
  text: SettingText,
): Setting<Readonly<Record<string, boolean>>> {
  return define(fallback, text, { type: 'boolean-map' }, (value) =>
    isRecord(value) && Object.values(value).every((item) => typeof item === 'boolean')
      ? { ...(value as Record<string, boolean>) }
      : undefined,
  );
}

export function headerMapSetting(text: SettingText): Setting<Readonly<Record<string, string>>> {
  return define<Readonly<Record<string, string>>>({}, text, { type: 'header-map' }, (value) =>
    isRecord(value) && Object.entries(value).every(isHeader) ? { ...(value as Record<string, string>) } : undefined,
  );
}

function define<T>(
  fallback: T,
  text: SettingText & { readonly combine?: (levels: readonly T[]) => T },
  accepts: Accepts,
  parse: (value: unknown) => T | undefined,
): Setting<T> {
  return {
    default: fallback,
    scope: text.scope ?? 'window',
    restricted: text.restricted ?? false,
    description: text.description,
    accepts,
    parse,
    ...(text.combine !== undefined && { combine: text.combine }),
  };
}

function parseBaseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  const text = value.trim();
  if (text === '') {
    return '';
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  // A password in an address would end up in settings sync, logs and screenshots: keys have their own command.
  return url !== undefined && isWeb && url.username === '' && url.password === ''
    ? text.replace(/\/+$/, '')
    : undefined;
}

function parseTextList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== '')
    ? value.map((item: string) => item.trim())
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A header name is a token (RFC 9110 §5.6.2); a value is printable ASCII, blanks or tabs (§5.5, without obs-text). */
function isHeader([name, value]: readonly [string, unknown]): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value);
}
