/** What providers write into their headers about limits, as they write it, and everything that they might. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readRateSignals } from '../../../src/router/limits/rate-signals.ts';

const NOW = Date.UTC(2026, 10, 21, 6, 0, 0);
const read = (headers: Record<string, string>): ReturnType<typeof readRateSignals> =>
  readRateSignals(new Headers(headers), NOW);

describe('the limits that a response tells of', () => {
  it('are read as Anthropic writes them, input and output apart', () => {
    assert.deepEqual(
      read({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-21T06:00:01Z',
        'anthropic-ratelimit-tokens-limit': '38000',
        'anthropic-ratelimit-tokens-remaining': '1000',
        'anthropic-ratelimit-tokens-reset': '2026-11-21T06:01:00Z',
        'anthropic-ratelimit-input-tokens-limit': '30000',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-21T06:00:30Z',
        'anthropic-ratelimit-output-tokens-limit': '8000',
        'anthropic-ratelimit-output-tokens-remaining': '8000',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-21T06:00:00Z',
      }),
      [
        { unit: 'input-tokens', window: '', limit: 30_000, remaining: 0, resetMs: 30_000 },
        { unit: 'output-tokens', window: '', limit: 8000, remaining: 8000, resetMs: 0 },
        { unit: 'requests', window: '', limit: 50, remaining: 49, resetMs: 1000 },
      ],
    );
  });

  it('are read as OpenAI writes them, with Go durations', () => {
    assert.deepEqual(
      read({
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-remaining-requests': '9999',
        'x-ratelimit-reset-requests': '8.64s',
        'x-ratelimit-limit-tokens': '200000',
        'x-ratelimit-remaining-tokens': '150',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
      [
        { unit: 'requests', window: '', limit: 10_000, remaining: 9999, resetMs: 8640 },
        { unit: 'tokens', window: '', limit: 200_000, remaining: 150, resetMs: 360_000 },
      ],
    );
  });

  for (const [text, durationMs] of [
    ['20ms', 20],
    ['1s', 1000],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['2m59.56s', 179_560],
    ['500us', 0.5],
    ['0s', 0],
    ['7', 7000],
    ['0.5', 500],
    ['1795240860', 60_000],
    ['1795240860000', 60_000],
    ['2026-11-21T06:01:00.000Z', 60_000],
    ['2026-11-21T07:01:00+01:00', 60_000],
  ] as const) {
    it(`reset in ${text}: ${durationMs} ms`, () => {
      const [signal] = read({ 'x-ratelimit-remaining-tokens': '1', 'x-ratelimit-reset-tokens': text });
      assert.equal(signal?.resetMs, durationMs);
    });
  }

  it('that Azure does not know, -1 of -1, are none', () => {
    const unknown = {
      'x-ratelimit-limit-tokens': '-1',
      'x-ratelimit-remaining-tokens': '-1',
      'x-ratelimit-reset-tokens': '0',
    };
    assert.deepEqual(read(unknown), []);
    assert.deepEqual(read({ ...unknown, 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '30' }), [
      { unit: 'tokens', window: '', limit: undefined, remaining: 5, resetMs: 30_000 },
    ]);
  });

  it('are told apart by window, and last for it if no reset is told', () => {
    assert.deepEqual(
      read({
        'x-ratelimit-limit-requests-day': '1000',
        'x-ratelimit-remaining-requests-day': '0',
        'x-ratelimit-remaining-tokens-minute': '12',
      }),
      [
        { unit: 'requests', window: 'day', limit: 1000, remaining: 0, resetMs: 86_400_000 },
        { unit: 'tokens', window: 'minute', limit: undefined, remaining: 12, resetMs: 60_000 },
      ],
    );
  });

  it('without a unit are of requests', () => {
    assert.deepEqual(read({ 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '10' }), [
      { unit: 'requests', window: '', limit: 20, remaining: 3, resetMs: 10_000 },
    ]);
  });

  it('are read against the clock of the server', () => {
    const skewed = { 'anthropic-ratelimit-requests-remaining': '0', date: 'Sat, 21 Nov 2026 03:00:00 GMT' };
    const reset = 'anthropic-ratelimit-requests-reset';
    assert.equal(read({ ...skewed, [reset]: '2026-11-21T03:00:45Z' })[0]?.resetMs, 45_000);
    assert.deepEqual(read({ ...skewed, [reset]: '2026-11-21T02:59:59Z' }), [], 'past');
    const undated = { ...skewed, date: 'yesterday' };
    assert.equal(read({ ...undated, [reset]: '2026-11-21T06:00:45Z' })[0]?.resetMs, 45_000, 'or our own');
  });

  it('are none where there is no sense in them', () => {
    const names = ['limit', 'remaining', 'reset'].flatMap((field) =>
      ['requests', 'tokens', 'input-tokens', 'unified', 'tokens-minute', ''].flatMap((unit) => [
        `x-ratelimit-${field}-${unit}`.replace(/-$/, ''),
        `anthropic-ratelimit-${unit}-${field}`.replace('--', '-'),
      ]),
    );
    // Printable ASCII is what a header can hold.
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.constantFrom(
        '-1',
        'NaN',
        'Infinity',
        '1e999',
        '0x10',
        '9'.repeat(40),
        '2026',
        '1s1',
        '-5s',
        '--',
        '99999999h',
      ),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names, 'date'), value), (headers) => {
        for (const { limit, remaining, resetMs } of read(headers)) {
          assert.ok(limit === undefined || (Number.isFinite(limit) && limit >= 0));
          assert.ok(Number.isFinite(remaining) && remaining >= 0);
          assert.ok(resetMs >= 0 && resetMs < 2 ** 31);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
