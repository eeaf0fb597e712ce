/** Copilot, through the router: consent, privacy, what is counted, and every way in which the editor can say no. */
import assert from 'node:assert/strict';
import { isCancellation, ReaperError } from '../../src/base/errors.ts';
import { createEgress } from '../../src/privacy/egress-policy.ts';
import { createCopilotProvider } from '../../src/router/providers/copilot.ts';
import { createTransport } from '../../src/router/transport.ts';
import type { ChatInput, ModelRequest } from '../../src/router/model-request.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { createFakeLanguageModels, type FakeLanguageModels, texts } from '../fakes/language-models.ts';
import { wireCall, collect as collectWire } from './wire/loopback.ts';
import {
  collect,
  createFixture,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from './router-fixture.ts';

const HOST = 'api.githubcopilot.com';

const question: ChatInput = {
  type: 'chat',
  system: 'Be brief.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
};

function chat(over: Partial<ModelRequest> = {}): ModelRequest {
  return {
    purpose: 'chat',
    input: question,
    limits: { maxOutputTokens: 200, stop: [] },
    ...over,
  };
}

describe('copilot', () => {
  let models: FakeLanguageModels;
  let fixture: RouterFixture;

  const start = async (fake: FakeLanguageModels, completionModel?: string): Promise<void> => {
    models = fake;
    const definition = createCopilotProvider(models);
    const noFetch = (): Promise<Response> => Promise.reject(new Error('nothing is fetched'));
    fixture = createFixture([profileOf(definition, { baseUrl: definition.baseUrl, completionModel })], {
      fetch: noFetch,
    });
    await fixture.clock.settle();
  };

  afterEach(() => fixture.router.dispose());

  it('answers a question, and says that its tokens are estimated', async () => {
    await start(createFakeLanguageModels());
    models.answer = () => texts('Hello ', 'there.');
    const parts = await collect(fixture.router.stream(chat(), never));
    assert.equal(textOf(parts), 'Hello there.');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    const [record] = fixture.records;
    assert.equal(record?.model, 'gpt-6-mini');
    assert.equal(record?.usage.estimated, true);
    // As the fake counts: characters.
    assert.equal(record?.usage.inputUncached, 'Be brief.\nhello'.length);
    assert.deepEqual(models.sent[0]?.options, { max_tokens: 200 });
  });

  it('is in the egress log though nothing was fetched', async () => {
    await start(createFakeLanguageModels());
    await collect(fixture.router.stream(chat(), never));
    const [entry] = fixture.egress.recorded.filter(({ purpose }) => purpose === 'chat');
    assert.equal(new URL(entry?.url ?? '').host, HOST);
    assert.equal(entry?.status, 200);
    assert.ok((entry?.bytesSent ?? 0) > 20 && (entry?.bytesReceived ?? 0) > 10);
    assert.equal(fixture.records[0]?.bytesSent, entry?.bytesSent);
  });

  it('is not asked anything where nothing may leave the machine, whatever address the settings name', async () => {
    models = createFakeLanguageModels();
    const definition = createCopilotProvider(models);
    const egress = createEgress({ settings: () => ({ localOnly: true, localHosts: [] }), clock: createFakeClock() });
    const transport = createTransport({ egress, fetch: globalThis.fetch });
    const { exchange } = transport({ providerId: 'copilot', purpose: 'chat', signal: never });
    const wire = await definition.wire();
    const call = wireCall('http://127.0.0.1:1234', {
      exchange,
      purpose: 'chat',
      model: 'gpt-6-mini',
      fim: { type: 'hole-filler' },
    });
    await assert.rejects(collectWire(wire.stream(call)), { kind: 'privacy' });
    assert.equal(models.sent.length, 0);

    await start(models);
    fixture.egress.forbidden.add(HOST);
    await assert.rejects(collect(fixture.router.stream(chat(), never)));
    assert.equal(models.sent.length, 0);
  });

  it('calls tools, and hands over what they answered', async () => {
    await start(createFakeLanguageModels());
    models.answer = async function* () {
      yield { type: 'text', text: 'I look.' };
      yield { type: 'tool-call', id: 'c1', name: 'read_file', input: { path: 'a' } };
    };
    const tools = [{ name: 'read_file', description: 'Reads.', inputSchema: { type: 'object' } }];
    const input: ModelRequest['input'] = { ...question, tools };
    const parts = await collect(fixture.router.stream(chat({ purpose: 'agent', input }), never));
    assert.deepEqual(
      parts.filter(({ type }) => type.startsWith('tool') || type === 'finish'),
      [
        { type: 'tool-call-start', id: 'c1', name: 'read_file' },
        { type: 'tool-call-delta', id: 'c1', json: '{"path":"a"}' },
        { type: 'tool-call-end', id: 'c1' },
        { type: 'finish', reason: 'tool-calls' },
      ],
    );
    assert.deepEqual(models.sent[0]?.input, input);
  });

  describe('for ghost text', () => {
    it('is left out until the user chose a model for it', async () => {
      await start(createFakeLanguageModels());
      await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), /allowance/);
      assert.equal(models.sent.length, 0);
    });

    it('fills holes by chat with the chosen model, also one that is named by its family', async () => {
      await start(createFakeLanguageModels(), 'claude-haiku');
      const parts = await collect(fixture.router.stream(fimRequest(), never));
      assert.equal(textOf(parts), 'th * height');
      assert.equal(models.sent[0]?.model, 'claude-haiku-5.5');
      assert.deepEqual(models.sent[0]?.options, { max_tokens: 116, stop: ['</completion>'] });
    });

    it('is never the reason for a question to the user: it is left out, and testing the connection asks', async () => {
      await start(createFakeLanguageModels('not-asked'), 'gpt-6-mini');
      await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), /not yet allowed.*Test Connection/);
      assert.equal(models.sent.length, 0);
      const definition = createCopilotProvider(models);
      const profile = profileOf(definition, { baseUrl: definition.baseUrl, completionModel: 'gpt-6-mini' });
      const tested = await fixture.router.test(profile, never);
      assert.deepEqual(
        [tested.problem, tested.keyAccepted, tested.fim],
        [undefined, undefined, { type: 'hole-filler' }],
      );
      assert.equal(models.sent.length, 1);
      const hosts = fixture.egress.recorded.map(({ url, purpose }) => [new URL(url).host, purpose]);
      assert.deepEqual(hosts, [[HOST, 'probe']]);
      assert.equal(textOf(await collect(fixture.router.stream(fimRequest(), never))), 'th * height');
    });

    it('says where to allow it when the user has refused', async () => {
      await start(createFakeLanguageModels('not-asked'), 'gpt-6-mini');
      models.consent = 'refused';
      const definition = createCopilotProvider(models);
      const profile = profileOf(definition, { baseUrl: definition.baseUrl, completionModel: 'gpt-6-mini' });
      const tested = await fixture.router.test(profile, never);
      assert.deepEqual([tested.keyAccepted, tested.fim], [false, { type: 'none' }]);
      assert.match(tested.problem ?? '', /Manage Language Model Access/);
    });

    it('does not ask the user either when consent was withdrawn since', async () => {
      await start(createFakeLanguageModels(), 'gpt-6-mini');
      models.models = models.models.map((model) => ({ ...model, access: 'not-asked' }));
      await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), { kind: 'auth' });
      assert.equal(models.sent.length, 0);
    });
  });

  it('is asked by a chat though consent was not asked for: VS Code then asks, for the user did something', async () => {
    await start(createFakeLanguageModels('not-asked'));
    await collect(fixture.router.stream(chat(), never));
    assert.equal(models.sent.length, 1);
  });

  const failures: readonly (readonly [object, string])[] = [
    [{ code: 'NoPermissions', message: 'no' }, 'auth'],
    [{ code: 'NotFound', message: 'gone' }, 'invalid-config'],
    [{ code: 'Blocked', message: 'Blocked' }, 'quota'],
    [{ code: 'Blocked', message: 'You are sending requests too fast: rate limit' }, 'rate-limit'],
    [{ code: '', message: 'Response was filtered (content_filter)' }, 'refused'],
    [{ code: '', message: 'prompt is too long: 200000 tokens' }, 'too-long'],
    [{ code: '', message: 'Request Failed: 503 service unavailable' }, 'overloaded'],
  ];
  for (const [failure, kind] of failures) {
    it(`fails with ${kind} on ${JSON.stringify(failure)}`, async () => {
      await start(createFakeLanguageModels());
      // oxlint-disable-next-line require-yield
      models.answer = async function* () {
        throw Object.assign(new Error('failed'), failure);
      };
      await assert.rejects(collect(fixture.router.stream(chat(), never)), (error: unknown) => {
        assert.ok(error instanceof ReaperError);
        assert.equal(fixture.records[0]?.outcome.type === 'failed' && fixture.records[0].outcome.kind, kind);
        return true;
      });
    });
  }

  it('ends the request of the editor when it is left or cancelled', async () => {
    await start(createFakeLanguageModels());
    const hanging = async function* (
      _request: unknown,
      signal: AbortSignal,
    ): AsyncGenerator<{ type: 'text'; text: string }> {
      yield { type: 'text', text: 'Hello' };
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      // As VS Code does: the stream just ends.
    };
    let aborted = 0;
    models.answer = (request, signal) => {
      signal.addEventListener('abort', () => aborted++);
      return hanging(request, signal);
    };
    for await (const part of fixture.router.stream(chat(), never)) if (part.type === 'text-delta') break;
    await until(() => aborted === 1);
    const abort = new AbortController();
    await assert.rejects(async () => {
      for await (const part of fixture.router.stream(chat(), abort.signal))
        if (part.type === 'text-delta') abort.abort();
    }, isCancellation);
    await until(() => aborted === 2);
    assert.deepEqual(
      fixture.records.map(({ outcome }) => outcome.type),
      ['cancelled', 'cancelled'],
    );
  });

  it('says what to do where VS Code offers no model of it, and finds them later', async () => {
    const fake = createFakeLanguageModels();
    const { models: listed } = fake;
    fake.models = [];
    await start(fake);
    await assert.rejects(collect(fixture.router.stream(chat(), never)), /sign in/i);
    fake.models = listed;
    const definition = createCopilotProvider(fake);
    fixture.setProfiles([profileOf(definition, { baseUrl: definition.baseUrl })]);
    await fixture.clock.settle();
    assert.equal(textOf(await collect(fixture.router.stream(chat(), never))), '<completion>th * height</completion>');
  });
});
