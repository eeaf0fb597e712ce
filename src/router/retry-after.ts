/** How long a server asks to be left alone: every spelling of it that is in use, in milliseconds. */

/** `retry-after-ms`, Azure's `x-ms-retry-after-ms`, and `retry-after` in seconds or as a date. */
export function retryAfterFromHeaders(headers: Headers, wallTimeMs = Date.now()): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const value = headers.get(name);
    const parsed = value === null ? undefined : positive(Number.parseFloat(value));
    if (parsed !== undefined) return parsed;
  }
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^[+-]?\d*\.?\d+$/.test(value)) return positive(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : positive(date - wallTimeMs);
}

/** Gemini and Vertex send no header but `error.details[].retryDelay`, a duration such as "34s" or "0.5s". */
export function retryAfterFromBody(payload: unknown): number | undefined {
  const body: unknown = Array.isArray(payload) ? payload[0] : payload;
  const error = member(body, 'error');
  const details = member(error, 'details');
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const delay = member(detail, 'retryDelay');
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return positive(Number(seconds) * 1000);
  }
  return undefined;
}

/** A time in the past, a negative or an absurd number is no information. 2³¹ ms is the longest that a timer can wait. */
function positive(durationMs: number): number | undefined {
  return Number.isFinite(durationMs) && durationMs >= 0 && durationMs < 2 ** 31 ? Math.ceil(durationMs) : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
