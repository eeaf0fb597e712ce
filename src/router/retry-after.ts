/** How long a server asks to be left alone: every spelling of it that is in use, in milliseconds. */

/** `retry-after-ms`, Azure's `x-ms-retry-after-ms`, and `retry-after` in seconds or as a date (by the server's clock, if it tells it). */
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
  const serverTimeMs = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : positive(date - (Number.isNaN(serverTimeMs) ? wallTimeMs : serverTimeMs));
}

/**
 * Gemini and Vertex send no header but `error.details[].retryDelay`, a duration such as "34s" or "0.5s". They send it for a daily
 * quota too, where it is of no use: that one is whole again at midnight.
 */
export function retryAfterFromBody(payload: unknown, wallTimeMs = Date.now()): number | undefined {
  const details = detailsOf(payload);
  if (isDailyQuota(details)) return untilPacificMidnight(wallTimeMs);
  for (const detail of details) {
    const delay = member(detail, 'retryDelay');
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return positive(Number(seconds) * 1000);
  }
  return undefined;
}

/** `google.rpc.QuotaFailure` with a violation such as `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
function isDailyQuota(details: readonly unknown[]): boolean {
  return details.some((detail) => {
    const violations = member(detail, 'violations');
    return (
      Array.isArray(violations) &&
      violations.some((violation: unknown) => /PerDay/i.test(String(member(violation, 'quotaId') ?? '')))
    );
  });
}

/** Google's day begins in California (ai.google.dev/gemini-api/docs/rate-limits). */
function untilPacificMidnight(wallTimeMs: number): number {
  // Made when it is needed: loading the time zones takes 10 ms, which the start of the editor should not pay.
  const pacificTime = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'America/Los_Angeles',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const [hours = 0, minutes = 0, seconds = 0] = pacificTime.format(wallTimeMs).split(':').map(Number);
  // On the two days a year that have another length it is an hour off.
  return DAY_MS - ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

const DAY_MS = 86_400_000;

function detailsOf(payload: unknown): readonly unknown[] {
  const body: unknown = Array.isArray(payload) ? payload[0] : payload;
  const details = member(member(body, 'error'), 'details');
  return Array.isArray(details) ? details : [];
}

/** A time in the past, a negative or an absurd number is no information. 2³¹ ms is the longest that a timer can wait. */
function positive(durationMs: number): number | undefined {
  return Number.isFinite(durationMs) && durationMs >= 0 && durationMs < 2 ** 31 ? Math.ceil(durationMs) : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
