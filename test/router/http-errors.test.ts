/** What a server answers instead of text becomes one error: kind, retry, wait, and a message with a way out. */
import assert from 'node:assert/strict';
import type { ErrorKind, ReaperError } from '../../src/base/errors.ts';
import { cleanServerText, errorFromResponse, errorInPayload, reaperErrorWithin } from '../../src/router/http-errors.ts';
import { retryAfterFromBody, retryAfterFromHeaders } from '../../src/router/retry-after.ts';
import { credentialOf } from '../../src/router/credential.ts';

const context = {
  baseUrl: 'https://models.example:8443/v1',
  model: 'coder-7b',
  credential: credentialOf('api-key', 'sk-0123456789'),
};

function error(status: number, body = '', headers: Record<string, string> = {}): ReaperError {
  return errorFromResponse(status, new Headers(headers), body, context);
}

describe('an error response', () => {
  const table: readonly (readonly [string, number, string, ErrorKind, boolean])[] = [
    ['401', 401, '', 'auth', false],
    ['403', 403, '{"error":{"message":"no access"}}', 'auth', false],
    ['402', 402, '{"error":{"message":"Insufficient Balance"}}', 'quota', false],
    ['429', 429, '{"error":{"type":"rate_limit_error"}}', 'rate-limit', true],
    ['429 about money', 429, '{"error":{"code":"insufficient_quota","message":"quota"}}', 'quota', false],
    [
      '429 about money, Anthropic',
      429,
      '{"error":{"details":{},"type":"enforced_spend_limit_reached"}}',
      'quota',
      false,
    ],
    ['400 about money', 400, '{"error":{"message":"Your credit balance is too low"}}', 'quota', false],
    ['400', 400, '{"error":{"message":"bad field"}}', 'bad-response', false],
    ['422 with a list', 422, '{"detail":[{"msg":"field required"}]}', 'bad-response', false],
    ['400 too long', 400, '{"error":{"code":"context_length_exceeded","message":"x"}}', 'too-long', false],
    [
      '400 too long in words',
      400,
      '{"error":{"message":"This model\'s maximum context length is 8192 tokens"}}',
      'too-long',
      false,
    ],
    [
      '500 too long (llama.cpp)',
      500,
      '{"error":{"message":"the request exceeds the available context size"}}',
      'too-long',
      false,
    ],
    ['413', 413, '', 'too-long', false],
    ['content filter', 400, '{"error":{"code":"content_filter","message":"filtered"}}', 'refused', false],
    ['safety rules', 400, '{"error":{"code":"invalid_prompt","message":"flagged"}}', 'refused', false],
    ['404', 404, '{"error":"model \\"x\\" not found, try pulling it first"}', 'invalid-config', false],
    ['407', 407, '<html>Proxy', 'network', false],
    ['408', 408, '', 'timeout', true],
    ['504', 504, '', 'timeout', true],
    ['409', 409, '', 'overloaded', true],
    ['500', 500, 'oops', 'overloaded', true],
    ['502', 502, '<html>Bad gateway', 'overloaded', true],
    ['503', 503, '', 'overloaded', true],
    ['529', 529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'overloaded', true],
    ['302', 302, '', 'invalid-config', false],
  ];
  for (const [name, status, body, kind, retryable] of table) {
    it(`${name} is ${kind}`, () => {
      const found = error(status, body);
      assert.equal(found.kind, kind, found.message);
      assert.equal(found.retryable, retryable);
      assert.equal(found.status, status);
      assert.match(found.message, /models\.example:8443/);
      assert.ok(!found.message.includes('\n'));
    });
  }

  it('obeys x-should-retry before any rule of its own', () => {
    assert.equal(error(500, '', { 'x-should-retry': 'false' }).retryable, false);
    assert.equal(error(400, '', { 'x-should-retry': 'true' }).retryable, true);
  });

  it('tells a missing key from a wrong one', () => {
    const missing = errorFromResponse(401, new Headers(), '', { ...context, credential: undefined });
    assert.match(missing.message, /asks for an API key/);
    assert.match(error(401).message, /did not accept the API key/);
  });

  it('quotes what the server says, in one short line and without the key', () => {
    const found = error(
      401,
      JSON.stringify({ error: { message: `Incorrect key sk-0123456789.\n${'x'.repeat(5000)}` } }),
    );
    assert.ok(found.message.length < 500);
    assert.ok(!found.message.includes('sk-0123456789'));
    assert.equal(cleanServerText('key sk-abcd****wxyz is wrong', undefined), 'key … is wrong');
  });

  it('does not quote a page', () => {
    assert.ok(!error(502, '\n<!doctype html><p>secret').message.includes('html'));
  });

  it('survives any body', () => {
    for (const body of [
      '',
      'null',
      '[]',
      '[null]',
      '{}',
      '{"error":null}',
      '{"error":[]}',
      '{"error":{}}',
      '"x"',
      '\u0000',
    ]) {
      assert.equal(error(500, body).kind, 'overloaded', body);
    }
  });
});

describe('an error inside a 200', () => {
  const table: readonly (readonly [string, unknown, ErrorKind])[] = [
    ['OpenAI', { error: { message: 'The server had an error', type: 'server_error' } }, 'overloaded'],
    ['OpenRouter with a status', { error: { code: 502, message: 'Provider returned error' } }, 'overloaded'],
    [
      'Anthropic overloaded',
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'overloaded',
    ],
    ['Anthropic limit', { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }, 'rate-limit'],
    ['Anthropic key', { type: 'error', error: { type: 'authentication_error', message: 'no' } }, 'auth'],
    ['Ollama', { error: 'an error was encountered while running the model' }, 'bad-response'],
    ['vLLM', { object: 'error', message: 'too slow', type: 'TimeoutError', code: 504 }, 'timeout'],
    ['Gemini', [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'quota' } }], 'rate-limit'],
    ['context', { error: { message: 'prompt is too long: 300000 tokens' } }, 'too-long'],
  ];
  for (const [name, payload, kind] of table) {
    it(`of ${name} is ${kind}`, () => assert.equal(errorInPayload(payload, context)?.kind, kind));
  }

  it('is not seen in ordinary chunks', () => {
    for (const payload of [
      null,
      'text',
      1,
      [],
      {},
      { error: null, choices: [] },
      { message: { role: 'assistant', content: 'x' }, done: false },
      { response: 'message', done: true, message: 'detail' },
      { type: 'message_start', message: {} },
      { status: 'completed', error: null },
    ]) {
      assert.equal(errorInPayload(payload, context), undefined, JSON.stringify(payload));
    }
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const of = (headers: Record<string, string>): number | undefined =>
    retryAfterFromHeaders(new Headers(headers), nowMs);

  it('is read in every spelling', () => {
    assert.equal(of({ 'retry-after': '7' }), 7000);
    assert.equal(of({ 'retry-after': '0.5' }), 500);
    assert.equal(of({ 'retry-after-ms': '1500', 'retry-after': '2' }), 1500);
    assert.equal(of({ 'x-ms-retry-after-ms': '250' }), 250);
    assert.equal(of({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }), 30_000);
    assert.equal(retryAfterFromBody({ error: { details: [{}, { retryDelay: '34s' }] } }), 34_000);
  });

  it('is read against the clock of the server', () => {
    const headers = { 'retry-after': 'Thu, 01 Jan 2026 03:00:30 GMT', date: 'Thu, 01 Jan 2026 03:00:00 GMT' };
    assert.equal(of(headers), 30_000);
    assert.equal(of({ ...headers, date: 'today' }), 3 * 3_600_000 + 30_000);
  });

  it('lasts to midnight in California for a daily quota, whatever the delay that is told with it', () => {
    const quota = (quotaId: string): unknown => [
      { error: { details: [{ violations: [{ quotaId }] }, { retryDelay: '34s' }] } },
    ];
    const daily = quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier');
    assert.equal(retryAfterFromBody(daily, Date.UTC(2026, 10, 21, 6, 30)), 1.5 * 3_600_000);
    assert.equal(retryAfterFromBody(daily, Date.UTC(2026, 6, 1, 7, 0)), 24 * 3_600_000);
    const minutely = quota('GenerateRequestsPerMinutePerProjectPerModel');
    assert.equal(retryAfterFromBody(minutely, Date.UTC(2026, 10, 21, 6, 30)), 34_000);
    for (const violations of [null, 'x', [null], [{ quotaId: 7 }]]) {
      assert.equal(retryAfterFromBody({ error: { details: [{ violations }] } }), undefined);
    }
  });

  it('is no information when it is nonsense', () => {
    for (const value of ['', 'soon', '-1', 'NaN', '1e99', '99999999999', 'Wed, 31 Dec 2025 00:00:00 GMT']) {
      assert.equal(of({ 'retry-after': value }), undefined, value);
    }
    assert.equal(retryAfterFromBody({ error: { details: [{ retryDelay: 'x' }] } }), undefined);
    assert.equal(retryAfterFromBody(null), undefined);
  });

  it('of a daily quota is no reason to call the account empty: it is there again tomorrow', () => {
    const body = {
      error: {
        code: 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0s' },
        ],
      },
    };
    const { kind, retryAfterMs } = error(429, JSON.stringify(body));
    assert.equal(kind, 'rate-limit');
    assert.ok(retryAfterMs !== undefined && retryAfterMs >= 0 && retryAfterMs <= 86_400_000);
    const daily = retryAfterFromBody(body, Date.UTC(2026, 10, 21, 12));
    assert.equal(daily, 20 * 3_600_000);
  });

  it('is a part of the error', () => {
    assert.equal(error(429, '', { 'retry-after': '3' }).retryAfterMs, 3000);
    assert.equal(error(503).retryAfterMs, undefined);
  });
});

describe('the ReaperError within', () => {
  it('is found under what SDKs wrap around it, and a cycle does no harm', () => {
    const inner = error(500);
    assert.equal(reaperErrorWithin(new Error('a', { cause: new TypeError('b', { cause: inner }) })), inner);
    const cycle = new Error('c');
    cycle.cause = cycle;
    assert.equal(reaperErrorWithin(cycle), undefined);
    assert.equal(reaperErrorWithin('text'), undefined);
  });
});
