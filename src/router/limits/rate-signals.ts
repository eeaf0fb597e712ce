/** What a response says of the limits of its account: every provider's headers, read into one shape. Garbage is no information. */

export type RateUnit = 'requests' | 'tokens' | 'input-tokens' | 'output-tokens';

export interface RateSignal {
  readonly unit: RateUnit;
  /** `minute`, `day`, …: some servers tell several windows of one unit apart; empty where they do not. */
  readonly window: string;
  readonly limit: number | undefined;
  readonly remaining: number;
  /** How long until it is whole again. */
  readonly resetMs: number;
}

/**
 * Anthropic: `anthropic-ratelimit-<unit>-<field>`, resets as RFC 3339. OpenAI, xAI, Groq and most compatible servers:
 * `x-ratelimit-<field>-<unit>`, resets as Go durations; Azure: the same names, resets in whole seconds, and -1 for what it does
 * not know. Others have a window behind the unit, or leave out the unit and mean requests (facts/router §3.6). Absolute resets
 * are read against the response's own `date`, so that a clock that is wrong here does no harm.
 */
export function readRateSignals(headers: Headers, wallTimeMs: number): readonly RateSignal[] {
  const found = new Map<
    string,
    Partial<Record<Field, string>> & { readonly unit: RateUnit; readonly window: string }
  >();
  for (const [name, value] of headers) {
    const told = parseName(name);
    if (told === undefined) continue;
    const key = `${told.unit} ${told.window}`;
    const fields = found.get(key) ?? { unit: told.unit, window: told.window };
    found.set(key, { ...fields, [told.field]: value.trim() });
  }
  if (found.size === 0) return [];
  const nowMs = serverTime(headers) ?? wallTimeMs;
  const signals = [...found.values()].flatMap(({ unit, window, limit, remaining, reset }): readonly RateSignal[] => {
    const left = count(remaining);
    const resetMs = reset === undefined ? WINDOW_MS.get(window) : durationUntil(reset, nowMs);
    if (left === undefined || resetMs === undefined) return [];
    return [{ unit, window, limit: count(limit), remaining: left, resetMs }];
  });
  // Anthropic sums both up, and counts what may come into it; where it tells them apart, the sum says nothing new.
  const isApart = signals.some(({ unit }) => unit === 'input-tokens');
  return isApart ? signals.filter(({ unit }) => unit !== 'tokens') : signals;
}

type Field = 'limit' | 'remaining' | 'reset';

const WINDOW_MS: ReadonlyMap<string, number> = new Map([
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);
// As `Retry-After`: longer than any timer can wait is no information.
const LONGEST_MS = 2 ** 31 - 1;

function parseName(
  name: string,
): { readonly field: Field; readonly unit: RateUnit; readonly window: string } | undefined {
  const rest = /^(?:anthropic-|x-)?ratelimit-(.+)$/.exec(name)?.[1];
  if (rest === undefined) return undefined;
  let field: Field | undefined;
  let window = '';
  const unit: string[] = [];
  for (const word of rest.split('-')) {
    if (word === 'limit' || word === 'remaining' || word === 'reset') field = word;
    else if (WINDOW_MS.has(word)) window = word;
    else unit.push(word);
  }
  const named = unit.join('-');
  if (field === undefined || !isUnit(named === '' ? 'requests' : named)) return undefined;
  return { field, unit: named === '' ? 'requests' : (named as RateUnit), window };
}

function isUnit(text: string): text is RateUnit {
  return text === 'requests' || text === 'tokens' || text === 'input-tokens' || text === 'output-tokens';
}

/** Azure says -1 for what it does not know. */
function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function serverTime(headers: Headers): number | undefined {
  const parsed = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}

function durationUntil(text: string, nowMs: number): number | undefined {
  if (/^\d{1,16}(?:\.\d+)?$/.test(text)) return bounded(numberUntil(Number(text), nowMs));
  const duration = goDuration(text);
  if (duration !== undefined) return bounded(duration);
  // RFC 3339, as Anthropic writes it; `Date.parse` alone takes almost anything for a date.
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? bounded(Date.parse(text) - nowMs) : undefined;
}

/** Seconds; or a point in time, in seconds or milliseconds since 1970: nobody's limit lasts for 30 years. */
function numberUntil(value: number, nowMs: number): number {
  if (value < 1e9) return value * 1000;
  return value < 1e11 ? value * 1000 - nowMs : value - nowMs;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ns', 1e-6],
]);

/** `6m0s`, `1h2m3.5s`, `20ms`. */
function goDuration(text: string): number | undefined {
  if (text.length > 40 || !/^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  let durationMs = 0;
  for (const [, value = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)) {
    durationMs += Number(value) * (UNIT_MS.get(unit) ?? 0);
  }
  return durationMs;
}

function bounded(durationMs: number): number | undefined {
  return durationMs >= 0 && durationMs <= LONGEST_MS ? durationMs : undefined;
}
