/** Who is asked: order, what keeps a provider away, and what brings it back. */
import assert from 'node:assert/strict';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { finish, text } from './part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
} from './router-fixture.ts';

describe('routing', () => {
  let first: ModelServer;
  let second: ModelServer;
  let fixture: RouterFixture;

  const answerWith =
    (value: string): ModelServer['script'] =>
    ({ begin, write, end }) => {
      begin();
      write(text(value) + finish);
      end();
    };

  beforeEach(async () => {
    first = await startModelServer(answerWith('one'));
    second = await startModelServer(answerWith('two'));
    fixture = createFixture([
      profileOf(defineTestProvider('first', { baseUrl: first.url })),
      profileOf(defineTestProvider('second', { baseUrl: second.url })),
    ]);
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  async function ask(request = fimRequest()): Promise<string> {
    return textOf(await collect(fixture.router.stream(request, never)));
  }

  const routeIds = (): readonly string[] => fixture.router.completionRoute().map(({ providerId }) => providerId);

  it('leaves a server alone for 10 s after three failures in a row, then for 20 s', async () => {
    first.script = ({ answer }) => answer(503, {});
    for (let i = 0; i < 5; i++) assert.equal(await ask(), 'two');
    assert.equal(first.requests.length, 3);
    assert.deepEqual(routeIds(), ['second']);
    await fixture.clock.advance(9999);
    await ask();
    assert.equal(first.requests.length, 3);
    await fixture.clock.advance(1);
    assert.deepEqual(routeIds(), ['first', 'second']);
    await ask();
    await ask();
    assert.equal(first.requests.length, 4, 'one try, not three');
    await fixture.clock.advance(19_999);
    await ask();
    assert.equal(first.requests.length, 4);
    await fixture.clock.advance(1);
    first.script = answerWith('one');
    assert.equal(await ask(), 'one');
    assert.deepEqual(routeIds(), ['first', 'second']);
  });

  it('never rests longer than two minutes', async () => {
    first.script = ({ answer }) => answer(503, {});
    for (let i = 0; i < 12; i++) {
      await ask();
      await fixture.clock.advance(120_000);
    }
    assert.equal(first.requests.length, 12);
  });

  it('sends one request ahead after a rest, and the others elsewhere until it is answered', async () => {
    first.script = ({ answer }) => answer(503, {});
    for (let i = 0; i < 3; i++) await ask();
    await fixture.clock.advance(10_000);
    let release: (() => void) | undefined;
    first.script = (exchange) => {
      release = () => void answerWith('one')(exchange);
    };
    const trial = ask();
    await first.received(4);
    assert.equal(await ask(), 'two');
    assert.equal(first.requests.length, 4);
    release?.();
    assert.equal(await trial, 'one');
    first.script = answerWith('one');
    assert.equal(await ask(), 'one');
  });

  it('goes on asking a server that fails now and then, and leaves one alone that fails every other time', async () => {
    const fail: ModelServer['script'] = ({ answer }) => answer(500, {});
    for (let i = 0; i < 12; i++) {
      first.script = i % 3 === 2 ? fail : answerWith('one');
      assert.equal(await ask(), i % 3 === 2 ? 'two' : 'one');
    }
    let asked = 0;
    for (; routeIds().includes('first') && asked < 20; asked++) {
      first.script = asked % 2 === 1 ? answerWith('one') : fail;
      await ask();
    }
    assert.ok(asked > 4 && asked < 20, `after ${asked} more, never three in a row`);
  });

  it('says at once what only the user can change, and of what may pass only when it does not', async () => {
    const state = (): string | undefined => fixture.router.health()[0]?.state;
    assert.equal(state(), 'unknown');
    first.script = ({ answer }) => answer(503, {});
    await ask();
    assert.equal(state(), 'unknown');
    await ask();
    await ask();
    assert.equal(state(), 'failing');
    await fixture.clock.advance(10_000);
    first.script = answerWith('one');
    await ask();
    assert.equal(state(), 'ok');
    first.script = ({ cut }) => cut();
    await ask();
    assert.equal(state(), 'failing');
    assert.match(fixture.router.health()[0]?.problem ?? '', /closed the connection without an answer/);
  });

  it('obeys Retry-After', async () => {
    first.script = ({ answer }) => answer(429, { 'retry-after': '45' });
    await ask();
    await fixture.clock.advance(44_999);
    await ask();
    assert.equal(first.requests.length, 1);
    await fixture.clock.advance(1);
    await ask();
    assert.equal(first.requests.length, 2);
  });

  for (const status of [401, 402, 403]) {
    it(`asks no more after ${status}, until the settings or the key change`, async () => {
      first.script = ({ answer }) => answer(status, {}, '{"error":{"message":"no"}}');
      await ask();
      await fixture.clock.advance(3_600_000);
      await ask();
      assert.equal(first.requests.length, 1);
      assert.equal(fixture.router.health().find(({ providerId }) => providerId === 'first')?.state, 'failing');
      fixture.setProfiles([
        profileOf(defineTestProvider('first', { baseUrl: first.url })),
        profileOf(defineTestProvider('second', { baseUrl: second.url })),
      ]);
      await ask();
      assert.equal(first.requests.length, 2);
    });
  }

  it('asks again after a 401 when a connection test succeeds', async () => {
    first.script = ({ answer }) => answer(401, {});
    await ask();
    const profile = profileOf(defineTestProvider('first', { baseUrl: first.url }));
    const failed = await fixture.router.test(profile, never);
    assert.equal(failed.keyAccepted, false);
    await ask();
    assert.equal(first.requests.filter(({ path }) => path === '/stream').length, 1);
    first.script = (exchange) =>
      exchange.request.path === '/probe' ? exchange.answer(200, {}, '{}') : answerWith('one')(exchange);
    await fixture.router.test(profile, never);
    assert.equal(await ask(), 'one');
  });

  it('does not hold the request against the server: too long, refused', async () => {
    first.script = ({ answer }) => answer(413, {});
    for (let i = 0; i < 5; i++) await ask();
    assert.equal(first.requests.length, 5);
  });

  it('lets the last candidate try even while it should rest', async () => {
    fixture.setProfiles([profileOf(defineTestProvider('first', { baseUrl: first.url }))]);
    first.script = ({ answer }) => answer(503, {});
    for (let i = 0; i < 5; i++) {
      // Once, and not again among those who were not asked.
      await assert.rejects(ask(), ({ message }: Error) => !message.includes('No model'));
    }
    // Each of them with one retry, as nobody else is there.
    assert.equal(first.requests.length, 10);
    assert.deepEqual(routeIds(), ['first']);
  });

  it('tries a rejected key again only when the user asks for something', async () => {
    fixture.setProfiles([profileOf(defineTestProvider('first', { baseUrl: first.url }))]);
    first.script = ({ answer }) => answer(401, {});
    await assert.rejects(ask(), { kind: 'auth' });
    await assert.rejects(ask(), {
      kind: 'auth',
      message: /No model provider can be asked\.\nfirst: .*asks for an API key/,
    });
    assert.equal(first.requests.length, 1);
    await assert.rejects(ask(fimRequest({ purpose: 'chat' })), { kind: 'auth' });
    assert.equal(first.requests.length, 2);
  });

  it('says what is missing when nobody can be asked', async () => {
    fixture.setProfiles([]);
    await assert.rejects(ask(), { kind: 'invalid-config', message: /No model provider is set up/ });
    fixture.setProfiles([
      profileOf(defineTestProvider('off', { baseUrl: first.url }), { enabled: false }),
      profileOf(defineTestProvider('nowhere')),
      profileOf(defineTestProvider('chatty', { baseUrl: first.url, capabilities: { fim: 'none' } as never })),
    ]);
    await assert.rejects(ask(), {
      kind: 'invalid-config',
      message: /off: switched off\nnowhere: no base URL is set\nchatty: no model that fills in the middle/,
    });
  });

  it('does not ask a provider without the key that it needs', async () => {
    const definition = defineTestProvider('keyed', { baseUrl: first.url, auth: 'api-key' });
    fixture.setProfiles([profileOf(definition), profileOf(defineTestProvider('second', { baseUrl: second.url }))]);
    for (let i = 0; i < 3; i++) assert.equal(await ask(), 'two');
    assert.equal(first.requests.length, 0);
    assert.match(fixture.router.health()[0]?.problem ?? '', /keyed has no API key/);
  });

  it('puts what is embedded last, whatever the order', async () => {
    const embedded = defineTestProvider('embedded', { location: 'embedded' });
    fixture.setProfiles([profileOf(embedded), profileOf(defineTestProvider('first', { baseUrl: first.url }))]);
    assert.deepEqual(
      fixture.router.completionRoute().map(({ providerId, location }) => [providerId, location]),
      [
        ['first', 'local'],
        ['embedded', 'embedded'],
      ],
    );
  });

  it('gives the route without allocating it anew, and with what was measured', async () => {
    const before = fixture.router.completionRoute();
    assert.equal(fixture.router.completionRoute(), before);
    assert.equal(before[0]?.firstTokenMs, undefined);
    assert.equal(before[0]?.parallelRequests, 4);
    await ask();
    const after = fixture.router.completionRoute();
    assert.notEqual(after, before);
    assert.notEqual(after[0]?.firstTokenMs, undefined);
    assert.equal(fixture.router.completionRoute(), after);
  });

  it('knows this machine by its address', () => {
    const at = (baseUrl: string): string | undefined => {
      fixture.setProfiles([profileOf(defineTestProvider('a', { baseUrl }))]);
      return fixture.router.completionRoute()[0]?.location;
    };
    for (const url of [
      'http://localhost:1',
      'http://127.0.0.1:1',
      'http://[::1]:1',
      'http://127.1:1',
      'http://a.localhost',
    ]) {
      assert.equal(at(url), 'local', url);
    }
    for (const url of [
      'http://10.0.0.1',
      'https://127.0.0.1.example.com',
      'http://localhost.example.com',
      'http://0x7f.com',
    ]) {
      assert.equal(at(url), 'remote', url);
    }
  });
});
