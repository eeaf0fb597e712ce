/** The router within its limits: who is passed over, who waits, and what is told of it. */
import assert from 'node:assert/strict';
import { credentialOf } from '../../../src/router/credential.ts';
import type { Purpose } from '../../../src/router/model-request.ts';
import type { ProviderProfile } from '../../../src/router/provider-definition.ts';
import { type ModelServer, startModelServer } from '../../fakes/model-server.ts';
import { finish, text } from '../part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
} from '../router-fixture.ts';

describe('within limits', () => {
  let first: ModelServer;
  let second: ModelServer;
  let fixture: RouterFixture;

  const answerWith =
    (value: string, headers: Readonly<Record<string, string>> = {}): ModelServer['script'] =>
    ({ answer }) =>
      answer(200, headers, text(value) + finish);

  function start(overrides: Partial<ProviderProfile> = {}): void {
    fixture = createFixture([
      profileOf(defineTestProvider('first', { baseUrl: first.url }), overrides),
      profileOf(defineTestProvider('second', { baseUrl: second.url })),
    ]);
  }

  beforeEach(async () => {
    first = await startModelServer(answerWith('one'));
    second = await startModelServer(answerWith('two'));
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  async function ask(purpose: Purpose = 'chat', maxOutputTokens = 100, signal = never): Promise<string> {
    const request = fimRequest({ purpose, limits: { maxOutputTokens } });
    return textOf(await collect(fixture.router.stream(request, signal)));
  }

  it('asks a model that has no tokens left only when they are back, and whoever needs fewer at once', async () => {
    start();
    const limits = {
      'x-ratelimit-limit-tokens': '10000',
      'x-ratelimit-remaining-tokens': '500',
      'x-ratelimit-reset-tokens': '30s',
    };
    first.script = answerWith('one', limits);
    assert.equal(await ask(), 'one');
    assert.equal(await ask('chat', 600), 'two');
    assert.equal(await ask('chat', 400), 'one');
    await fixture.clock.advance(29_999);
    assert.equal(await ask('chat', 600), 'two');
    await fixture.clock.advance(1);
    assert.equal(await ask('chat', 600), 'one');
    assert.equal(first.requests.length, 3);
  });

  it('says why it passed somebody over, and asks the last one all the same', async () => {
    start();
    first.script = answerWith('one', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' });
    await ask();
    second.script = ({ answer }) => answer(413, {});
    await assert.rejects(ask(), {
      message: /first: The limit of first for requests leaves no room for this request for another 90 s\./,
    });
    fixture.setProfiles([profileOf(defineTestProvider('first', { baseUrl: first.url }))]);
    await ask();
    assert.equal(await ask(), 'one', 'there is nobody else');
    assert.equal(first.requests.length, 3);
  });

  it('reads the limits of a refusal too', async () => {
    start();
    first.script = ({ answer }) =>
      answer(429, { 'retry-after': '1', 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '60' });
    assert.equal(await ask(), 'two');
    first.script = answerWith('one');
    await fixture.clock.advance(10_000);
    assert.equal(await ask(), 'two');
    await fixture.clock.advance(50_000);
    assert.equal(await ask(), 'one');
  });

  it('asks for less at once where it was too much', async () => {
    start();
    first.script = ({ answer }) => answer(429, {});
    await ask();
    assert.equal(fixture.router.limits()[0]?.occupancy?.allowed, 2);
    first.script = answerWith('one');
    await fixture.clock.advance(10_000);
    for (let i = 0; i < 10; i++) await ask();
    assert.equal(fixture.router.limits()[0]?.occupancy?.allowed, 4);
  });

  it('takes the key that has room', async () => {
    const keys = ['sk-first-0123456789', 'sk-second-0123456789'].map((secret) => credentialOf('api-key', secret));
    start({
      definition: defineTestProvider('first', { baseUrl: first.url, auth: 'api-key' }),
      credentials: () => Promise.resolve(keys),
    });
    first.script = (exchange) => {
      const isFirst = exchange.request.headers.authorization?.includes('sk-first') === true;
      const headers = isFirst ? { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '60s' } : {};
      void answerWith(isFirst ? 'by the first key' : 'by the second key', headers)(exchange);
    };
    assert.equal(await ask(), 'by the first key');
    assert.equal(await ask(), 'by the second key');
    await fixture.clock.advance(60_000);
    assert.equal(await ask(), 'by the first key');
  });

  it('gives a server that takes one request at a time one at a time, ghost text first', async () => {
    start({ parallelRequests: 1 });
    const arrived: string[] = [];
    const open: (() => void)[] = [];
    first.script = (exchange) => {
      arrived.push(exchange.request.path);
      open.push(() => void answerWith('one')(exchange));
    };
    const running = ask('agent');
    await first.received(1);
    const review = ask('review');
    const chat = ask('chat');
    await first.received(2);
    assert.deepEqual(fixture.router.limits()[0]?.occupancy, { running: 2, waiting: 1, allowed: 1, most: 1 });
    open[0]?.();
    assert.equal(await running, 'one');
    await fixture.clock.settle();
    assert.equal(arrived.length, 2, 'the review waits for the chat');
    open[1]?.();
    assert.equal(await chat, 'one');
    await first.received(3);
    open[2]?.();
    assert.equal(await review, 'one');
    assert.equal(second.requests.length, 0);
  });

  it('does not hold it against a server that it had no turn', async () => {
    start({ parallelRequests: 1 });
    first.script = ({ begin, write }) => {
      begin();
      write(text('one'));
    };
    const abort = new AbortController();
    const running = fixture.router.stream(fimRequest({ purpose: 'chat' }), abort.signal)[Symbol.asyncIterator]();
    await running.next();
    for (let i = 0; i < 4; i++) {
      const waiting = ask('chat');
      await fixture.clock.advance(30_000);
      assert.equal(await waiting, 'two');
    }
    const [late] = fixture.records;
    assert.ok(late?.outcome.type === 'failed' && late.outcome.kind === 'timeout');
    assert.match(late.outcome.message, /first at 127\.0\.0\.1:\d+ is busy with other requests/);
    assert.equal(late.bytesSent, 0);
    assert.equal(late.cost.usd, 0);
    assert.equal(first.requests.length, 1);
    assert.equal(fixture.router.limits()[0]?.standing.type, 'good');
    abort.abort();
    await assert.rejects(
      async () => {
        while ((await running.next()).done !== true);
      },
      { kind: 'cancelled' },
    );
  });

  it('lets go of a turn that nobody wants any more', async () => {
    start({ parallelRequests: 1 });
    first.script = ({ begin, write }) => {
      begin();
      write(text('one'));
    };
    const aborts = [1, 2, 3].map(() => new AbortController());
    const asked = aborts.map(({ signal }) => ask('chat', 100, signal));
    await first.received(1);
    for (const abort of aborts) abort.abort();
    for (const one of asked) await assert.rejects(one, { kind: 'cancelled' });
    assert.deepEqual(fixture.router.limits()[0]?.occupancy, { running: 0, waiting: 0, allowed: 1, most: 1 });
    assert.equal(first.requests.length, 1);
  });

  it('tells of every model that was asked how it stands', async () => {
    start();
    first.script = ({ answer }) => answer(503, { 'retry-after': '7' });
    assert.equal(await ask(), 'two');
    const [one, two] = fixture.router.limits();
    assert.equal(one?.standing.type, 'resting');
    assert.equal(one.restMs, 7000);
    assert.equal(two?.standing.type, 'good');
    assert.equal(two.restMs, undefined);
    assert.deepEqual(two.occupancy, { running: 0, waiting: 0, allowed: 4, most: 4 });
    const hosts = fixture.router.connections().map(({ host }) => host);
    assert.deepEqual(hosts, [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`]);
  });
});
