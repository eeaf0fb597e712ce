/** Every provider × every fault, with exact numbers: how often it is asked, what the failure is called, who answers, how long it rests. */
import assert from 'node:assert/strict';
import { type ErrorKind, ReaperError } from '../../src/base/errors.ts';
import { needsProbe } from '../../src/router/candidates.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { type Exchange, type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts';
import { watchUnhandledRejections } from '../router/leak-detectors.ts';
import { finish, text } from '../router/part-wire.ts';
import {
  collect,
  defineTestProvider,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from '../router/router-fixture.ts';
import {
  beginning,
  contentTypeOf,
  type Dialect,
  holeRequest,
  KEY,
  holesIn,
  pieceBegin,
  piecesOf,
  profileAt,
  type ProviderUnderTest,
  providersUnderTest,
  readyFixture,
  startDialectServer,
  streamText,
} from './dialects.ts';

interface Fault {
  readonly name: string;
  readonly script: (dialect: Dialect) => Script;
  readonly kinds: readonly ErrorKind[];
  /** It meets whoever asks for text: some protocols try another endpoint when one is not there. */
  readonly isEverywhere?: boolean;
  /** What the user reads of it. */
  readonly message?: RegExp;
  /** Of `REQUESTS` requests, all at the same time of the clock, so many get as far as this provider. */
  readonly attempts: number;
  /** HTTP requests of one request when there is nobody else to ask; by what it was called, where that may differ. */
  readonly alone: number | Readonly<Partial<Record<ErrorKind, number>>>;
  /** Until it is asked again; `Infinity`: until somebody changes something. */
  readonly restMs: number;
}

const REQUESTS = 4;
// Shorter than the time after which a local server is probed anew, and longer than any first rest but the one that is asked for.
const LONG_MS = 120_000;

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}) =>
  (): Script =>
  (exchange) =>
    exchange.answer(code, headers, '{"error":{"message":"no"}}');

// Alone, what may pass is tried once more, if the server does not ask for a longer wait than anybody has.
// A key and an account are nobody's fault but the user's: one try. A limit is certain: one try. All else may pass: three.
const faults: readonly Fault[] = [
  { name: '401', script: status(401), kinds: ['auth'], attempts: 1, alone: 1, restMs: Infinity },
  { name: '402', script: status(402), kinds: ['quota'], attempts: 1, alone: 1, restMs: Infinity },
  {
    name: '429 without Retry-After',
    script: status(429),
    kinds: ['rate-limit'],
    attempts: 1,
    alone: 2,
    restMs: 10_000,
  },
  {
    name: '429 with Retry-After',
    script: status(429, { 'retry-after': '45' }),
    kinds: ['rate-limit'],
    attempts: 1,
    alone: 1,
    restMs: 45_000,
  },
  {
    name: '429 with Retry-After as a date, by a clock that is three hours behind',
    script: status(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:45 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }),
    kinds: ['rate-limit'],
    attempts: 1,
    alone: 1,
    restMs: 45_000,
  },
  {
    name: 'an unknown model',
    script: () => (exchange) =>
      exchange.answer(404, {}, '{"error":{"code":"model_not_found","message":"The model does not exist"}}'),
    kinds: ['invalid-config'],
    message: /does not know .*Check the provider's base URL and model in the settings/,
    isEverywhere: true,
    attempts: 1,
    alone: 1,
    restMs: 10_000,
  },
  {
    name: 'a wrong address: a page that is not found',
    script: () => (exchange) => exchange.answer(404, { 'content-type': 'text/html' }, '<html>Not found'),
    kinds: ['invalid-config'],
    message: /Check the provider's base URL/,
    isEverywhere: true,
    attempts: 1,
    alone: 1,
    restMs: 10_000,
  },
  { name: '500', script: status(500), kinds: ['overloaded'], attempts: 3, alone: 2, restMs: 10_000 },
  { name: '529', script: status(529), kinds: ['overloaded'], attempts: 3, alone: 2, restMs: 10_000 },
  {
    name: '529 with Retry-After',
    script: status(529, { 'retry-after': '45' }),
    kinds: ['overloaded'],
    attempts: 1,
    alone: 1,
    restMs: 45_000,
  },
  {
    name: 'an error inside a 200',
    script: (dialect) => (exchange) => {
      exchange.begin(contentTypeOf(dialect));
      exchange.write(dialect.errorInStream);
      exchange.end();
    },
    kinds: ['overloaded', 'bad-response'],
    attempts: 3,
    alone: { overloaded: 2, 'bad-response': 1 },
    restMs: 10_000,
  },
  {
    name: 'a stream that is cut before it says anything',
    script: (dialect) => (exchange) => {
      exchange.begin(contentTypeOf(dialect));
      exchange.write(streamText(dialect).slice(0, 20));
      setImmediate(exchange.cut);
    },
    kinds: ['network', 'bad-response'],
    attempts: 3,
    alone: { network: 2, 'bad-response': 1 },
    restMs: 10_000,
  },
  {
    name: 'a web page in place of a stream',
    script: () => (exchange) => exchange.answer(200, { 'content-type': 'text/html' }, '<html>Sign in'),
    kinds: ['bad-response'],
    attempts: 3,
    alone: 1,
    restMs: 10_000,
  },
];

for (const provider of providersUnderTest()) {
  describe(`the faults of ${provider.definition.id}`, () => matrixOf(provider));
}

function matrixOf(provider: ProviderUnderTest): void {
  const { definition, dialect } = provider;
  const unhandled = watchUnhandledRejections();
  let broken: ModelServer;
  let working: ModelServer;
  let fixture: RouterFixture;

  async function start(script: Script): Promise<void> {
    broken = await startDialectServer(dialect, script);
    working = await startModelServer(({ begin, write, end }) => {
      begin();
      write(text('fallback') + finish);
      end();
    });
    const fallback = profileOf(defineTestProvider('fallback', { baseUrl: working.url }));
    fixture = await readyFixture([profileAt(provider, broken), fallback]);
  }

  async function startWith(fault: Fault): Promise<void> {
    const script = fault.script(dialect);
    await start(script);
    if (fault.isEverywhere !== true) return;
    const about = broken.script;
    broken.script = (exchange) => (asksForText(exchange.request.body) ? script(exchange) : about(exchange));
  }

  afterEach(async () => {
    try {
      fixture.router.dispose();
      await fixture.clock.settle();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all([broken.close(), working.close()]);
    }
    unhandled.assertNone();
  });

  const attempts = () => fixture.records.filter(({ providerId }) => providerId === definition.id);
  const ask = async (): Promise<string> => textOf(await collect(fixture.router.stream(holeRequest(), never)));

  async function askAll(): Promise<void> {
    for (let i = 0; i < REQUESTS; i++) {
      assert.equal(await ask(), 'fallback');
      await quiet();
    }
  }

  /** After a broken connection the server is probed; that has to be over before time moves on. */
  async function quiet(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await fixture.clock.settle();
    await Promise.all([broken.idle(), working.idle()]);
    for (let turn = 0; turn < 5; turn++) await fixture.clock.settle();
  }

  for (const fault of faults) {
    it(`${fault.name}: ${fault.attempts} of ${REQUESTS} requests, ${fault.kinds.join(' or ')}`, async () => {
      await startWith(fault);
      await askAll();
      assert.equal(attempts().length, fault.attempts);
      assert.equal(working.requests.length, REQUESTS);
      for (const { outcome, cost } of attempts()) {
        assert.ok(outcome.type === 'failed' && fault.kinds.includes(outcome.kind), JSON.stringify(outcome));
        assert.match(outcome.message, fault.message ?? /127\.0\.0\.1:\d+/);
        assert.ok(!outcome.message.includes(KEY));
        assert.equal(cost.usd, 0);
      }
      assert.equal(holesIn(broken, dialect), fault.attempts);
      await fixture.clock.advance(Math.min(fault.restMs, LONG_MS) - 1);
      await ask();
      assert.equal(attempts().length, fault.attempts, 'it rests');
      await fixture.clock.advance(1);
      await ask();
      assert.equal(attempts().length, fault.attempts + (fault.restMs === Infinity ? 0 : 1), 'it is asked again, once');
    });
  }

  for (const fault of faults) {
    it(`${fault.name}, with nobody else to ask: tried as often as it may help, and told`, async () => {
      await startWith(fault);
      fixture.setProfiles([profileAt(provider, broken)]);
      await until(() => fixture.router.completionRoute().length === 1);
      await assert.rejects(ask(), (error) => {
        assert.ok(error instanceof ReaperError && fault.kinds.includes(error.kind), String(error));
        const { alone } = fault;
        assert.equal(holesIn(broken, dialect), typeof alone === 'number' ? alone : alone[error.kind]);
        return true;
      });
      assert.equal(attempts().length, holesIn(broken, dialect));
      assert.equal(working.requests.length, 0);
      await quiet();
    });
  }

  it('an answer that was the last for now: not asked again before the time that its headers name', async () => {
    const limits = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30s' };
    await start((exchange) =>
      exchange.answer(200, { 'content-type': contentTypeOf(dialect), ...limits }, streamText(dialect)),
    );
    assert.equal(await ask(), dialect.text);
    await quiet();
    assert.equal(await ask(), 'fallback');
    await fixture.clock.advance(29_999);
    assert.equal(await ask(), 'fallback');
    assert.equal(attempts().length, 1);
    await fixture.clock.advance(1);
    assert.equal(await ask(), dialect.text);
    assert.equal(holesIn(broken, dialect), 2);
  });

  it('https to a server that speaks http: one try, and told what to change', async () => {
    await start(() => undefined);
    const fallback = profileOf(defineTestProvider('fallback', { baseUrl: working.url }));
    const baseUrl = `${broken.url.replace('http:', 'https:')}${dialect.basePath}`;
    fixture.setProfiles([profileAt(provider, broken, { baseUrl }), fallback]);
    for (let i = 0; i < REQUESTS; i++) assert.equal(await ask(), 'fallback');
    // What is probed first is not even asked.
    assert.equal(attempts().length, isProbed ? 0 : 1);
    for (const { outcome } of attempts()) {
      assert.ok(outcome.type === 'failed' && outcome.kind === 'network', JSON.stringify(outcome));
      assert.match(outcome.message, /does not speak HTTPS\. Use http:\/\//);
    }
  });

  it('is asked what it can do without a word to answer', async () => {
    await start(() => undefined);
    await fixture.router.test(profileAt(provider, broken), never);
    await fixture.router.test(profileAt(provider, broken, { completionModel: undefined }), never);
    assert.ok(broken.requests.length > 0);
    for (const { method, path, body } of broken.requests) {
      assert.ok(method === 'GET' || !asksForText(body), `${method} ${path} ${body}`);
    }
  });

  const isProbed = needsProbe(profileOf(definition));
  it(`refused: ${isProbed ? 1 : 3} of ${REQUESTS} requests, network`, async () => {
    await start(() => undefined);
    await broken.close();
    assert.equal(await ask(), 'fallback');
    // What can be probed is found to be absent, and is asked no more until it is there again.
    if (isProbed) await until(() => fixture.router.completionRoute()[0]?.providerId === 'fallback');
    for (let i = 1; i < REQUESTS; i++) assert.equal(await ask(), 'fallback');
    assert.equal(attempts().length, isProbed ? 1 : 3);
    assert.equal(working.requests.length, REQUESTS);
    for (const { outcome, bytesReceived } of attempts()) {
      assert.ok(outcome.type === 'failed' && outcome.kind === 'network', JSON.stringify(outcome));
      assert.equal(bytesReceived, 0);
    }
  });

  it('cut after its first words: not continued by anybody, and asked again', async () => {
    await start((exchange) => {
      exchange.begin(contentTypeOf(dialect));
      exchange.write(beginning(dialect));
      setImmediate(exchange.cut);
    });
    const parts = await collect(fixture.router.stream(holeRequest(), never));
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
    assert.ok(textOf(parts) !== '' && dialect.text.startsWith(textOf(parts)));
    assert.equal(holesIn(broken, dialect), 1);
    assert.ok(
      broken.requests.some(({ body }) => asksForText(body)),
      'a request for text is recognised as one',
    );
    assert.equal(working.requests.length, 0);
  });

  /** Writes piece after piece, each when the last one was read, and moves time on by a step for each. */
  async function trickle(exchange: Exchange, pieces: Iterable<string>, stepMs: number): Promise<void> {
    let isClosed = false;
    void exchange.closedByClient.then(() => (isClosed = true));
    for (const piece of pieces) {
      if (isClosed || fixture.records.length > 0) return;
      exchange.write(piece);
      for (let turn = 0; turn < 5; turn++) await fixture.clock.settle();
      await fixture.clock.advance(stepMs);
    }
  }

  it('bytes that trickle past the deadline: timeout after 1.5 s, and the next one answers', async () => {
    await start(async (exchange) => {
      exchange.begin(contentTypeOf(dialect));
      await trickle(
        exchange,
        Array.from({ length: 100 }, (_, i) => (i === 0 ? pieceBegin(dialect) : ' ')),
        100,
      );
    });
    assert.equal(await ask(), 'fallback');
    const [first] = attempts();
    assert.ok(first?.outcome.type === 'failed' && first.outcome.kind === 'timeout', JSON.stringify(first?.outcome));
    assert.equal(first.totalMs, 1500);
    assert.equal(holesIn(broken, dialect), 1);
    await broken.idle();
  });

  it('an answer that never ends: stopped after 30 s, and kept as far as it came', async () => {
    const word = piecesOf(dialect).find((chunk) => chunk.includes('th *')) ?? '';
    let received = 0;
    await start(async (exchange) => {
      exchange.begin(contentTypeOf(dialect));
      exchange.write(beginning(dialect));
      for (let second = 0; second < 60 && fixture.records.length === 0; second++) {
        const before = received;
        exchange.write(word);
        await until(() => received > before || fixture.records.length > 0);
        await fixture.clock.advance(1000);
      }
    });
    const parts: StreamPart[] = [];
    for await (const part of fixture.router.stream(holeRequest(), never)) {
      parts.push(part);
      if (part.type === 'text-delta') received++;
    }
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
    const [record] = fixture.records;
    assert.ok(record?.outcome.type === 'failed' && record.outcome.kind === 'timeout', JSON.stringify(record?.outcome));
    assert.equal(record.totalMs, 30_000);
    assert.equal(fixture.records.length, 1);
    assert.equal(working.requests.length, 0);
    await broken.idle();
  });

  for (const [name, headers] of [
    ['without a content type', {}],
    ['with another content type', { 'content-type': 'application/octet-stream' }],
  ] as const) {
    it(`a stream ${name}: read all the same`, async () => {
      await start((exchange) => exchange.answer(200, headers, streamText(dialect)));
      assert.equal(await ask(), dialect.text);
      assert.equal(holesIn(broken, dialect), 1);
      assert.equal(working.requests.length, 0);
    });
  }
}

/** Whether a body holds anything that a model would write on, in whatever protocol. */
function asksForText(body: string): boolean {
  return /"(?:prompt|messages|input|contents|input_prefix|inputText|system|systemInstruction)":\s*(?:"[^"]|\[[^\]]|\{)/.test(
    body,
  );
}
