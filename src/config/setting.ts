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
  | { readonly type: 'number'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'choice'; readonly choices: readonly Choice[] }
  | { readonly type: 'name'; readonly names: readonly string[] }
  | { readonly type: 'text' }
  | { readonly type: 'url' }
  | { readonly type: 'text-list' }
  | { readonly type: 'choice-list'; readonly choices: readonly Choice[] }
  | { readonly type: 'boolean-map' }
  | { readonly type: 'number-map'; readonly names: readonly string[]; readonly maximum: number }
  | { readonly type: 'price-map' }
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

interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** US dollars per million tokens; what is left out is as the catalogue says, and `input` for the cache classes. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

export function booleanSetting(
  fallback: boolean,
  text: SettingText & { readonly combine?: (levels: readonly boolean[]) => boolean },
): Setting<boolean> {
  return define(fallback, text, { type: 'boolean' }, (value) => (typeof value === 'boolean' ? value : undefined));
}

export function integerSetting(fallback: number, range: NumberRange, text: SettingText): Setting<number> {
  return define(fallback, text, { type: 'integer', ...range }, (value) =>
    isWithin(value, range) && Number.isInteger(value) ? value : undefined,
  );
}

export function numberSetting(
  fallback: number,
  range: NumberRange,
  text: SettingText & { readonly combine?: (levels: readonly number[]) => number },
): Setting<number> {
  return define(fallback, text, { type: 'number', ...range }, (value) => (isWithin(value, range) ? value : undefined));
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

/** Of the listed names, if any are listed, to numbers from 0 to `maximum`. */
export function numberMapSetting(
  limits: { readonly names: readonly string[]; readonly maximum: number },
  text: SettingText & {
    readonly combine?: (levels: readonly Readonly<Record<string, number>>[]) => Readonly<Record<string, number>>;
  },
): Setting<Readonly<Record<string, number>>> {
  const { names, maximum } = limits;
  return define<Readonly<Record<string, number>>>({}, text, { type: 'number-map', names, maximum }, (value) =>
    isRecord(value) &&
    Object.keys(value).every((name) => names.length === 0 || names.includes(name)) &&
    Object.values(value).every((item) => isWithin(item, { minimum: 0, maximum }))
      ? { ...(value as Record<string, number>) }
      : undefined,
  );
}

/** Names of models to their prices. */
export function priceMapSetting(text: SettingText): Setting<Readonly<Record<string, ModelPrice>>> {
  return define<Readonly<Record<string, ModelPrice>>>({}, text, { type: 'price-map' }, (value) =>
    isRecord(value) && Object.values(value).every(isModelPrice)
      ? Object.fromEntries(Object.entries(value).map(([model, price]) => [model, { ...(price as ModelPrice) }]))
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

function isWithin(value: unknown, { minimum, maximum }: NumberRange): value is number {
  return typeof value === 'number' && value >= minimum && value <= maximum;
}

/** Names of a model's price, as the settings spell them. */
export const PRICE_CLASSES = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;

/** The dearest model of the catalogue costs 600 dollars per million tokens; a price in dollars per token is not it. */
export const HIGHEST_PRICE_USD = 100_000;

function isModelPrice(value: unknown): value is ModelPrice {
  return (
    isRecord(value) &&
    'input' in value &&
    'output' in value &&
    Object.keys(value).every((name) => (PRICE_CLASSES as readonly string[]).includes(name)) &&
    Object.values(value).every((item) => isWithin(item, { minimum: 0, maximum: HIGHEST_PRICE_USD }))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A header name is a token (RFC 9110 §5.6.2); a value is printable ASCII, blanks or tabs (§5.5, without obs-text). */
function isHeader([name, value]: readonly [string, unknown]): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value);
}
