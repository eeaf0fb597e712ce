/** The router with its cache: what is answered from it, what it costs, and what runs only once. */
import assert from 'node:assert/strict';
import { credentialOf } from '../../../src/router/credential.ts';
import type { ModelRequest } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { type ModelServer, startModelServer } from '../../fakes/model-server.ts';
import { finish, text } from '../part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  type FixtureOverrides,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from '../router-fixture.ts';

const usage = { inputUncached: 7, inputCacheRead: 0, inputCacheWrite: 0, output: 2, reasoning: 0, estimated: false };
const told = `${JSON.stringify({ type: 'usage', usage })}\n`;
const certain = fimRequest({ purpose: 'chat', limits: { temperature: 0 } });
const withoutSource = (parts: readonly StreamPart[]): readonly StreamPart[] =>
  parts.filter(({ type }) => type !== 'source');

describe('an answer that was given before', () => {
  let server: ModelServer;
  let fixture: RouterFixture;
  let key: string;

  const answer: ModelServer['script'] = ({ begin, write, end }) => {
    begin();
    write(text('one ') + text('two') + told + finish);
    end();
  };

  const profiles = () => [
    profileOf(defineTestProvider('first', { baseUrl: server.url, auth: 'api-key' }), {
      credentials: () => Promise.resolve([credentialOf('api-key', key)]),
    }),
  ];

  function start(overrides: FixtureOverrides = {}): void {
    fixture = createFixture(profiles(), { routing: { responseCache: true }, ...overrides });
  }

  beforeEach(async () => {
    key = 'sk-0123456789';
    server = await startModelServer(answer);
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await server.close();
    }
  });

  const ask = (request: ModelRequest = certain, signal = never): Promise<StreamPart[]> =>
    collect(fixture.router.stream(request, signal));

  it('comes again in the same parts without a request, and the record says so', async () => {
    start();
    const first = withoutSource(await ask());
    const again = withoutSource(await ask());
    assert.equal(server.requests.length, 1);
    assert.equal(textOf(again), textOf(first));
    assert.equal(again.length, first.length);
    const [bought, kept] = fixture.records;
    assert.equal(bought?.reason, 'first choice');
    assert.deepEqual(bought.usage, usage);
    assert.equal(kept?.reason, 'cache');
    assert.deepEqual(kept.cost, { usd: 0, certainty: 'exact' });
    assert.deepEqual(kept.usage, { ...usage, inputUncached: 0, output: 0 });
    assert.deepEqual([kept.bytesSent, kept.bytesReceived], [0, 0]);
    assert.deepEqual(kept.outcome, { type: 'finished', reason: 'stop' });
    assert.equal(fixture.egress.checked.filter(({ bytesSent }) => bytesSent > 0).length, 1);
  });

  it('says nothing of the speed of the one who gave it', async () => {
    start();
    const fim = fimRequest({ limits: { temperature: 0 } });
    server.script = async (exchange) => {
      await fixture.clock.advance(400);
      await answer(exchange);
    };
    await ask(fim);
    for (let i = 0; i < 5; i++) await ask(fim);
    assert.equal(server.requests.length, 1);
    assert.equal(fixture.router.completionRoute()[0]?.firstTokenMs, 400);
  });

  it('is nobody else’s: another key asks anew', async () => {
    start();
    await ask();
    key = 'sk-9876543210';
    await ask();
    assert.equal(server.requests.length, 2);
    key = 'sk-0123456789';
    await ask();
    assert.equal(server.requests.length, 2);
  });

  for (const [what, request, overrides] of [
    ['the user switched it off', certain, { routing: { responseCache: false } }],
    ['something is left to chance', fimRequest({ purpose: 'chat' }), {}],
  ] as const) {
    it(`is asked for anew when ${what}`, async () => {
      start(overrides);
      for (let i = 0; i < 3; i++) assert.equal(textOf(await ask(request)), 'one two');
      assert.equal(server.requests.length, 3);
    });
  }

  it('is asked for anew when several answers are wanted', async () => {
    const far = ['http://one.example', 'http://two.example'].map((baseUrl, i) =>
      profileOf(defineTestProvider(`far-${i}`, { baseUrl })),
    );
    const racing = { ...certain, routing: { strategy: 'race' } } as const;
    fixture = createFixture(far, {
      routing: { responseCache: true },
      fetch: (input, init) => globalThis.fetch(`${server.url}${new URL(String(input)).pathname}`, init),
    });
    for (let i = 0; i < 3; i++) assert.equal(textOf(await ask(racing)), 'one two');
    assert.equal(fixture.records.length, 6);
    assert.ok(fixture.records.every(({ reason }) => reason !== 'cache'));
  });

  it('is forgotten when the user switches the cache off, and not there when it is on again', async () => {
    const settings = { responseCache: true };
    start({ routing: settings });
    await ask();
    settings.responseCache = false;
    fixture.setProfiles(profiles());
    settings.responseCache = true;
    await ask();
    assert.equal(server.requests.length, 2);
    await ask();
    assert.equal(server.requests.length, 2);
  });

  it('is not kept when it broke off', async () => {
    start();
    server.script = ({ begin, write, end }) => {
      begin();
      write(text('one '));
      end();
    };
    await ask();
    await ask();
    assert.equal(server.requests.length, 2);
  });

  it('is one for all who ask for it at the same time: one request, one record, one bill', async () => {
    start();
    let release: (() => void) | undefined;
    server.script = (exchange) => {
      release = () => void answer(exchange);
    };
    const asked = [ask(), ask(), ask()];
    await server.received(1);
    await fixture.clock.settle();
    release?.();
    for (const parts of await Promise.all(asked)) assert.equal(textOf(parts), 'one two');
    assert.equal(server.requests.length, 1);
    assert.equal(fixture.records.length, 1);
    assert.deepEqual(fixture.records[0]?.usage, usage);
  });

  it('goes on for the others when one leaves, and its socket is closed when the last one does', async () => {
    start();
    server.script = ({ begin, write }) => {
      begin();
      write(text('one '));
    };
    const aborts = [new AbortController(), new AbortController()];
    const streams = aborts.map(({ signal }) => fixture.router.stream(certain, signal)[Symbol.asyncIterator]());
    for (const stream of streams) await stream.next();
    const waiting = streams.map((stream) => stream.next().then(() => stream.next()));
    await until(() => server.requests.length === 1);
    aborts[0]?.abort();
    await assert.rejects(waiting[0] ?? Promise.resolve(), { kind: 'cancelled' });
    assert.equal(fixture.records.length, 0);
    aborts[1]?.abort();
    await assert.rejects(waiting[1] ?? Promise.resolve(), { kind: 'cancelled' });
    await server.idle();
    assert.equal(server.requests.length, 1);
    assert.deepEqual(
      fixture.records.map(({ outcome }) => outcome.type),
      ['cancelled'],
    );
  });
});
