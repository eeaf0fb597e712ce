/** Servers are found without a setting, remembered, and looked for less and less when they are absent. */
import assert from 'node:assert/strict';
import type { ProviderDefinition, ProviderProfile } from '../../src/router/provider-definition.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';
import { closedPort, type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { finish, partWire, text } from './part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from './router-fixture.ts';
import { credentialOf } from '../../src/router/credential.ts';

const PROBED = { fim: 'probe' } as ProviderDefinition['capabilities'];

describe('discovery and probing', () => {
  let server: ModelServer;
  let other: ModelServer;
  let fixture: RouterFixture;
  let probeAnswer: string;

  beforeEach(async () => {
    probeAnswer = '{"models":["m1"],"model":"m1","slots":3}';
    server = await startModelServer(({ request, answer, begin, write, end }) => {
      if (request.path === '/probe') {
        answer(200, {}, probeAnswer);
        return;
      }
      begin();
      write(text('local') + finish);
      end();
    });
    other = await startModelServer(({ begin, write, end }) => {
      begin();
      write(text('other') + finish);
      end();
    });
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      await fixture.clock.settle();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all([server.close(), other.close()]);
    }
  });

  const found = (baseUrl: string): ProviderProfile =>
    profileOf(
      defineTestProvider('found', { baseUrl, discover: true, capabilities: PROBED, completionModel: undefined }),
    );
  const setUp = (baseUrl: string): ProviderProfile =>
    profileOf(defineTestProvider('set-up', { capabilities: PROBED, completionModel: undefined }), { baseUrl });
  const fallback = (): ProviderProfile => profileOf(defineTestProvider('other', { baseUrl: other.url }));
  const probes = (): number => server.requests.filter(({ path }) => path === '/probe').length;
  const routeIds = (): readonly string[] => fixture.router.completionRoute().map(({ providerId }) => providerId);
  const ask = async (): Promise<string> => textOf(await collect(fixture.router.stream(fimRequest(), never)));

  it('finds a server at its default address, and takes over model and slots from it', async () => {
    fixture = createFixture([found(server.url), fallback()]);
    assert.deepEqual(routeIds(), ['other']);
    await until(() => routeIds()[0] === 'found');
    const [route] = fixture.router.completionRoute();
    assert.deepEqual(route, {
      providerId: 'found',
      model: 'm1',
      location: 'local',
      parallelRequests: 3,
      firstTokenMs: undefined,
    });
    assert.equal(await ask(), 'local');
    assert.match(server.requests.at(-1)?.body ?? '', /"model":"m1"/);
    assert.equal(probes(), 1, 'remembered');
    assert.equal(fixture.router.health()[0]?.state, 'ok');
  });

  it('is silent about a server that was only looked for', async () => {
    fixture = createFixture([found(`http://127.0.0.1:${await closedPort()}`), fallback()]);
    await until(() => fixture.egress.recorded.length === 1);
    assert.equal(await ask(), 'other');
    assert.equal(fixture.router.health()[0]?.state, 'unknown');
    assert.deepEqual(
      fixture.log.filter((entry) => !entry.startsWith('debug')),
      [],
    );
  });

  it('says once that a server which the user set up does not answer', async () => {
    const port = await closedPort();
    fixture = createFixture([setUp(`http://127.0.0.1:${port}`), fallback()]);
    await until(() => fixture.router.health()[0]?.state === 'failing');
    assert.match(fixture.router.health()[0]?.problem ?? '', new RegExp(`Nothing answers at 127.0.0.1:${port}`));
    assert.equal(await ask(), 'other');
    await fixture.clock.advance(3_600_000);
    fixture.setProfiles([setUp(`http://127.0.0.1:${port}`), fallback()]);
    await until(() => fixture.router.health()[0]?.state === 'failing');
    assert.equal(fixture.log.filter((entry) => entry.startsWith('warn')).length, 1);
  });

  it('looks less and less for what is absent, and finds it when it comes', async () => {
    const times: number[] = [];
    server.script = ({ cut }) => {
      times.push(fixture.clock.now());
      cut();
    };
    fixture = createFixture([found(server.url), fallback()]);
    // Each probe is checked twice, before the key is read and before it is sent.
    const noProbeUnderWay = (): boolean => fixture.egress.checked.length === 2 * fixture.egress.recorded.length;
    await until(() => times.length === 1 && noProbeUnderWay());
    while (times.length < 11) {
      await fixture.clock.advance(2000);
      await until(noProbeUnderWay);
    }
    assert.deepEqual(
      times.slice(1).map((time, index) => time - (times[index] ?? 0)),
      [2, 4, 8, 16, 32, 64, 128, 256, 512, 600].map((seconds) => seconds * 1000),
    );
    server.script = ({ answer }) => answer(200, {}, probeAnswer);
    await fixture.clock.advance(600_000);
    await until(() => routeIds()[0] === 'found');
  });

  it('takes a server that went away from the route, and finds it again soon', async () => {
    fixture = createFixture([found(server.url), fallback()]);
    await until(() => routeIds()[0] === 'found');
    const script = server.script;
    server.script = ({ cut }) => cut();
    assert.equal(await ask(), 'other');
    await until(() => routeIds()[0] === 'other');
    await until(() => fixture.router.health()[0]?.state === 'unknown');
    server.script = script;
    await fixture.clock.advance(5000);
    await until(() => routeIds()[0] === 'found');
    assert.equal(await ask(), 'local');
  });

  it('does not call a server that is there a problem because one answer broke off', async () => {
    fixture = createFixture([setUp(server.url), fallback()]);
    await until(() => fixture.router.health()[0]?.state === 'ok');
    const script = server.script;
    server.script = (exchange) => (exchange.request.path === '/stream' ? exchange.cut() : script(exchange));
    assert.equal(await ask(), 'other');
    await until(() => probes() === 2);
    await fixture.clock.settle();
    assert.equal(fixture.router.health()[0]?.state, 'ok');
    assert.equal(await ask(), 'other');
    assert.equal(await ask(), 'other');
    assert.equal(fixture.router.health()[0]?.state, 'failing');
  });

  it('asks anew when settings or keys change, and tells the new answer apart from the one under way', async () => {
    fixture = createFixture([setUp(server.url)]);
    fixture.setProfiles([setUp(server.url)]);
    fixture.setProfiles([setUp(server.url)]);
    await until(() => routeIds()[0] === 'set-up' && probes() === 2);
    probeAnswer = '{"models":["m2"],"model":"m2"}';
    fixture.setProfiles([setUp(server.url)]);
    await until(() => fixture.router.completionRoute()[0]?.model === 'm2');
  });

  it('waits for the first probe of a provider that is set up when nobody else can answer', async () => {
    fixture = createFixture([setUp(server.url)]);
    assert.equal(await ask(), 'local');
  });

  it('does not wait long, and not for a server that was only looked for', async () => {
    server.script = () => undefined;
    const embedded = defineTestProvider('embedded', {
      location: 'embedded',
      wire: () =>
        Promise.resolve({
          ...partWire,
          stream: async function* () {
            yield { type: 'text-delta', text: 'embedded' } as const;
            yield { type: 'finish', reason: 'stop' } as const;
          },
        }),
    });
    fixture = createFixture([found(server.url), profileOf(embedded)]);
    assert.equal(await ask(), 'embedded');
    fixture.setProfiles([setUp(server.url), profileOf(embedded)]);
    const answer = ask();
    let answered = false;
    void answer.then(() => (answered = true));
    await fixture.clock.advance(999);
    assert.equal(answered, false);
    await fixture.clock.advance(1);
    assert.equal(await answer, 'embedded');
    await fixture.clock.advance(3000);
    await server.allClosed();
    await until(() => fixture.router.health()[0]?.state === 'failing');
    assert.match(fixture.router.health()[0]?.problem ?? '', /did not answer within 3 s/);
  });

  it('does not wait at all while another provider can answer', async () => {
    server.script = () => undefined;
    fixture = createFixture([setUp(server.url), fallback()]);
    assert.equal(await ask(), 'other');
  });

  it('leaves out a server without a model that fills in the middle', async () => {
    probeAnswer = '{"fim":{"type":"none"},"models":["chat-only"]}';
    fixture = createFixture([setUp(server.url), fallback()]);
    await until(() => probes() === 1);
    await fixture.clock.settle();
    assert.equal(await ask(), 'other');
  });

  it('prefers what the user says over a probe for the template, and the probe for the slots', async () => {
    probeAnswer = '{"fim":{"type":"none"},"slots":2}';
    const profile = { ...setUp(server.url), fimFamily: 'qwen', parallelRequests: 9 };
    fixture = createFixture([profile]);
    await until(() => routeIds().length === 1);
    assert.equal(fixture.router.completionRoute()[0]?.parallelRequests, 2);
  });

  it('asks for a model that a request names before it uses it', async () => {
    fixture = createFixture([setUp(server.url)]);
    await until(() => routeIds().length === 1);
    const request = fimRequest({ routing: { providers: ['set-up'], model: 'm9' } });
    assert.equal(textOf(await collect(fixture.router.stream(request, never))), 'local');
    assert.equal(probes(), 2);
    assert.match(server.requests.at(-1)?.body ?? '', /"model":"m9"/);
  });
});

describe('what a request finds out', () => {
  const opened = closeAfterEach();

  it('is remembered for its model and address, until the user tests anew', async () => {
    const modes: string[] = [];
    const server = opened(await startModelServer(({ answer }) => answer(200, {}, '{}')));
    const definition = defineTestProvider('learning', {
      baseUrl: server.url,
      wire: () =>
        Promise.resolve({
          ...partWire,
          stream: async function* (call) {
            modes.push(call.fim.type);
            if (call.fim.type === 'native') call.onFimLearned?.({ type: 'hole-filler' });
            yield { type: 'finish', reason: 'stop' } as const;
          },
        }),
    });
    const profile = profileOf(definition);
    const fixture = createFixture([profile]);
    const ask = (model: string): Promise<unknown> =>
      collect(fixture.router.stream(fimRequest({ routing: { model } }), never));
    await ask('a');
    await ask('a');
    await ask('b');
    await fixture.router.test(profile, never);
    await ask('a');
    assert.deepEqual(modes, ['native', 'hole-filler', 'native', 'native']);
    fixture.router.dispose();
  });
});

describe('router.test', () => {
  const opened = closeAfterEach();

  it('closes what a probe left open', async () => {
    const server = opened(
      await startModelServer(({ begin, write }) => {
        begin();
        write('x');
      }),
    );
    const careless = defineTestProvider('careless', {
      baseUrl: server.url,
      wire: () =>
        Promise.resolve({
          ...partWire,
          probe: async (call) => {
            await call.fetch(`${call.baseUrl}/probe`);
            return partWire.probe({ ...call, baseUrl: 'http://127.0.0.1:1' });
          },
        }),
    });
    const fixture = createFixture([]);
    assert.equal((await fixture.router.test(profileOf(careless), never)).reachable, false);
    await server.allClosed();
    assert.equal(fixture.egress.recorded.filter(({ status }) => status === 200).length, 1);
    fixture.router.dispose();
  });

  it('never rejects but for cancellation, whatever is wrong', async () => {
    const fixture = createFixture([]);
    const server = opened(await startModelServer(() => undefined));
    const noUrl = await fixture.router.test(profileOf(defineTestProvider('a')), never);
    assert.match(noUrl.problem ?? '', /No base URL is set for a/);
    const noWire = defineTestProvider('a', { baseUrl: server.url, wire: () => Promise.reject(new Error('no chunk')) });
    assert.match((await fixture.router.test(profileOf(noWire), never)).problem ?? '', /no chunk/);
    const badKey = profileOf(defineTestProvider('a', { baseUrl: server.url, auth: 'api-key' }), {
      credentials: () => Promise.resolve([credentialOf('api-key', 'ключ')]),
    });
    assert.match((await fixture.router.test(badKey, never)).problem ?? '', /characters that no key has/);
    assert.equal(server.connections, 0);

    const profile = profileOf(defineTestProvider('a', { baseUrl: server.url }));
    const hanging = fixture.router.test(profile, never);
    await server.received(1);
    await fixture.clock.advance(10_000);
    assert.match((await hanging).problem ?? '', /did not answer within 10 s/);
    await server.allClosed();

    const abort = new AbortController();
    const cancelled = assert.rejects(fixture.router.test(profile, abort.signal), { kind: 'cancelled' });
    await server.received(2);
    abort.abort();
    await cancelled;
    await server.allClosed();
    fixture.router.dispose();
    assert.equal(fixture.clock.pendingTimers, 0);
  });
});
