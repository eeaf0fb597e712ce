import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { serverUrl, versionedUrl } from '../../../src/router/wire/base-url.ts';

describe('base URLs', () => {
  for (const [base, expected] of [
    ['http://127.0.0.1:1234', 'http://127.0.0.1:1234/v1/completions'],
    ['http://127.0.0.1:1234/', 'http://127.0.0.1:1234/v1/completions'],
    ['http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234/v1/completions'],
    [' http://127.0.0.1:1234/v1// ', 'http://127.0.0.1:1234/v1/completions'],
    ['http://127.0.0.1:1234/v1/chat/completions', 'http://127.0.0.1:1234/v1/completions'],
    ['http://127.0.0.1:1234/v1/models/', 'http://127.0.0.1:1234/v1/completions'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1/completions'],
    ['https://host/v1beta/openai/', 'https://host/v1beta/openai/completions'],
    ['https://host/gateway', 'https://host/gateway/v1/completions'],
    ['https://host/openai/v1?api-version=2#x', 'https://host/openai/v1/completions?api-version=2'],
  ] as const) {
    it(`completes ${base.trim()} for OpenAI's protocol`, () => {
      assert.equal(versionedUrl(base, 'completions').href, expected);
    });
  }

  it('puts another version in the place of the last one', () => {
    for (const base of ['https://api.deepseek.com', 'https://api.deepseek.com/v1/', 'https://api.deepseek.com/beta']) {
      assert.equal(versionedUrl(base, 'completions', 'beta').href, 'https://api.deepseek.com/beta/completions');
    }
  });

  it('takes /v1 and /api off where a protocol names its whole path', () => {
    for (const base of [
      'http://h:1',
      'http://h:1/',
      'http://h:1/v1',
      'http://h:1/v1/',
      'http://h:1/api',
      'http://h:1/api/generate',
    ]) {
      assert.equal(serverUrl(base, 'api/generate').href, 'http://h:1/api/generate');
    }
    assert.equal(serverUrl('http://h:1/ollama/', 'api/tags').href, 'http://h:1/ollama/api/tags');
  });

  it('names what is wrong with a URL, never the password in it', () => {
    for (const base of ['', 'localhost:1234', 'ftp://host', 'not a url', 'http://me:hunter2@host/v1']) {
      assert.throws(
        () => versionedUrl(base, 'models'),
        (error: unknown) =>
          error instanceof ReaperError &&
          error.kind === 'invalid-config' &&
          error.message.startsWith('The base URL') &&
          !error.message.includes('hunter2'),
        base,
      );
    }
  });
});
