/** A model that has to be loaded first: Ollama loads at a request, and gives it up with the request. */
import assert from 'node:assert/strict';
import { isCancellation } from '../../src/base/errors.ts';
import { ollama } from '../../src/router/providers/ollama.ts';
import { type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts';
import { partWire } from './part-wire.ts';
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

const MODEL = 'qwen2.5-coder:1.5b';

describe('a model that is not in memory', () => {
  let server: ModelServer;
  let fixture: RouterFixture;
  let loaded: boolean;
  let loadsBegun: number;
  let loadsGivenUp: number;
  let finishLoading: () => void;

  beforeEach(async () => {
    loaded = false;
    loadsBegun = 0;
    loadsGivenUp = 0;
    server = await startModelServer(asOllama);
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
    fixture = createFixture([profileOf(ollama, { baseUrl: server.url, completionModel: MODEL }), profileOf(embedded)]);
    await until(() => fixture.router.completionRoute()[0]?.providerId === 'ollama');
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      await fixture.clock.settle();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await server.close();
    }
  });

  const asOllama: Script = async ({ request, answer, closedByClient }) => {
    if (request.path === '/api/tags') {
      answer(200, {}, JSON.stringify({ models: [{ name: MODEL }] }));
    } else if (request.path === '/api/show') {
      answer(200, {}, '{"capabilities":["completion","insert"]}');
    } else {
      if (!loaded && !(await load(closedByClient))) return;
      const { prompt } = JSON.parse(request.body) as { prompt?: string };
      answer(
        200,
        {},
        prompt === undefined ? '{"done":true,"done_reason":"load"}' : '{"response":"served","done":true}',
      );
    }
  };

  async function load(closedByClient: Promise<void>): Promise<boolean> {
    loadsBegun++;
    const done = new Promise<boolean>((resolve) => (finishLoading = () => resolve(true)));
    loaded = await Promise.race([done, closedByClient.then(() => false)]);
    if (!loaded) loadsGivenUp++;
    return loaded;
  }

  const ask = async (signal = never): Promise<string> =>
    textOf(await collect(fixture.router.stream(fimRequest(), signal)));
  const generations = (): number => server.requests.filter(({ path }) => path === '/api/generate').length;

  it('is loaded though the request that needed it is given up', async () => {
    const abort = new AbortController();
    const first = assert.rejects(ask(abort.signal), isCancellation);
    await until(() => loadsBegun === 1);
    abort.abort();
    await first;
    const second = ask();
    await fixture.clock.settle();
    finishLoading();
    assert.equal(await second, 'served');
    assert.deepEqual([loadsBegun, loadsGivenUp, generations()], [1, 0, 2]);
  });

  it('does not count as a failure when it is late: others answer until it is there', async () => {
    for (let i = 0; i < 4; i++) {
      const answer = ask();
      await until(() => loadsBegun === 1);
      await fixture.clock.advance(1500);
      assert.equal(await answer, 'embedded');
    }
    const outcome = fixture.records[0]?.outcome;
    assert.match(
      outcome?.type === 'failed' ? outcome.message : '',
      /Ollama at 127\.0\.0\.1:\d+ is still loading qwen2\.5-coder:1\.5b\./,
    );
    assert.notEqual(fixture.router.health()[0]?.state, 'failing');
    finishLoading();
    await until(() => loaded);
    assert.equal(await ask(), 'served');
    assert.equal(fixture.router.completionRoute()[0]?.providerId, 'ollama');
    assert.deepEqual([loadsBegun, loadsGivenUp, generations()], [1, 0, 2]);
  });

  it('is asked about again when nothing was answered for minutes, and not in between', async () => {
    loaded = true;
    assert.equal(await ask(), 'served');
    assert.equal(await ask(), 'served');
    assert.equal(generations(), 3);
    await fixture.clock.advance(240_000);
    assert.equal(await ask(), 'served');
    assert.equal(generations(), 5);
  });

  it('does not make its loading time its speed', async () => {
    const answer = ask();
    await until(() => loadsBegun === 1);
    await fixture.clock.advance(1000);
    finishLoading();
    assert.equal(await answer, 'served');
    assert.equal(fixture.router.completionRoute()[0]?.firstTokenMs, undefined);
    assert.equal(await ask(), 'served');
    assert.equal(fixture.router.completionRoute()[0]?.firstTokenMs, 0);
  });

  it('that cannot be loaded is an error of the request', async () => {
    const script = server.script;
    server.script = (exchange) =>
      exchange.request.path === '/api/generate'
        ? exchange.answer(404, {}, '{"error":"model not found"}')
        : script(exchange);
    assert.equal(await ask(), 'embedded');
    const outcome = fixture.records[0]?.outcome;
    assert.equal(outcome?.type === 'failed' && outcome.kind, 'invalid-config');
    assert.equal(generations(), 2);
  });

  it('is given up after two minutes', async () => {
    const answer = ask();
    await until(() => loadsBegun === 1);
    await fixture.clock.advance(1500);
    assert.equal(await answer, 'embedded');
    await fixture.clock.advance(120_000);
    await until(() => loadsGivenUp === 1);
  });

  it('is given up when the router is disposed', async () => {
    const answer = ask();
    await until(() => loadsBegun === 1);
    await fixture.clock.advance(1500);
    assert.equal(await answer, 'embedded');
    fixture.router.dispose();
    await until(() => loadsGivenUp === 1);
  });
});
