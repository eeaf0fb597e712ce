/** Chat with every provider against a model server that we did not write (gaps: facts/dependencies, "aimock"). */
import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { isCancellation } from '../../src/base/errors.ts';
import type { ModelRequest } from '../../src/router/model-request.ts';
import { watchUnhandledRejections } from '../router/leak-detectors.ts';
import {
  collect,
  createFixture,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from '../router/router-fixture.ts';
import { KEY, providersUnderTest } from './dialects.ts';
import { credentialOf } from '../../src/router/credential.ts';

const ANSWER = 'Reapers reap what was sown: größe, 📐 and all.';

function chat(text: string): ModelRequest {
  return {
    purpose: 'chat',
    input: { type: 'chat', system: 'Be brief.', messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
    limits: { maxOutputTokens: 200, stop: [] },
  };
}

describe('a model server that we did not write', () => {
  const unhandled = watchUnhandledRejections();
  let mock: LLMock;

  before(async () => {
    mock = new LLMock({ port: 0, logLevel: 'silent' });
    mock.onMessage('hello', { content: ANSWER }, { chunkSize: 5 });
    // Responses say several things before their first text.
    mock.onMessage('cut', { content: ANSWER }, { chunkSize: 2, latency: 2, truncateAfterChunks: 12 });
    mock.onMessage('slow', { content: ANSWER }, { chunkSize: 5, latency: 500 });
    await mock.start();
  });

  after(() => mock.stop());

  for (const { definition, dialect } of providersUnderTest()) {
    describe(`spoken to as ${definition.id}`, () => {
      let fixture: RouterFixture;

      beforeEach(() => {
        fixture = createFixture([
          profileOf(definition, {
            baseUrl: `${mock.url}${dialect.basePath}`,
            completionModel: dialect.model,
            ...(dialect.options === undefined ? {} : { options: dialect.options }),
            credentials: () => Promise.resolve([credentialOf('api-key', KEY)]),
          }),
        ]);
      });

      afterEach(() => {
        fixture.router.dispose();
        unhandled.assertNone();
      });

      it('answers', async () => {
        const parts = await collect(fixture.router.stream(chat('hello'), never));
        assert.equal(textOf(parts), ANSWER);
        assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
        const [record] = fixture.records;
        assert.deepEqual(record?.outcome, { type: 'finished', reason: 'stop' });
        assert.notEqual(record?.firstUsefulTokenMs, undefined);
      });

      it('fails as servers fail', async () => {
        for (const [status, kind, message] of [
          [429, 'rate-limit', 'slow down'],
          [503, 'overloaded', 'busy'],
        ] as const) {
          const before = fixture.records.length;
          const abort = new AbortController();
          mock.nextRequestError(status, { message });
          const asked = collect(fixture.router.stream(chat('hello'), abort.signal)).catch(() => undefined);
          await until(() => fixture.records.length > before);
          // A limit is waited for as long as the server says, and an overload only for a moment.
          abort.abort();
          await asked;
          const outcome = fixture.records[before]?.outcome;
          assert.equal(outcome?.type === 'failed' && outcome.kind, kind, JSON.stringify(outcome));
        }
      });

      it('is cut off', async () => {
        const parts = await collect(fixture.router.stream(chat('cut'), never));
        assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
        assert.ok(ANSWER.startsWith(textOf(parts)));
      });

      it('is left', async () => {
        const abort = new AbortController();
        const reading = assert.rejects(collect(fixture.router.stream(chat('slow'), abort.signal)), isCancellation);
        await until(() => fixture.egress.checked.some(({ purpose, bytesSent }) => purpose === 'chat' && bytesSent > 0));
        abort.abort();
        await reading;
        assert.deepEqual(fixture.records[0]?.outcome, { type: 'cancelled' });
      });
    });
  }
});
