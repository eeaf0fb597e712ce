/** Who could answer: with which model, able to do what is needed, and in place of whom. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import type { Degradation } from '../../src/router/router.ts';
import type { ProviderCapabilities, ProviderProfile } from '../../src/router/provider-definition.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';
import { collect, defineTestProvider, fimRequest, never, profileOf, textOf, until } from './router-fixture.ts';
import { answerWith, brief, chatRequest, type Fleet, settings, startFleet } from './strategies/fleet.ts';

describe('the model of a request', () => {
  let fleet: Fleet;

  afterEach(() => fleet.close());

  async function modelsOf(profile: Partial<ProviderProfile>, chatModel?: string): Promise<readonly string[]> {
    const definition = chatModel === undefined ? {} : { chatModel };
    fleet = await startFleet({ a: { profile, definition } });
    await collect(fleet.fixture.router.stream(fimRequest(), never));
    await collect(fleet.fixture.router.stream(chatRequest(), never));
    return fleet.fixture.records.map(({ model }) => model);
  }

  it('is the completion model for ghost text and the chat model for everything else', async () => {
    assert.deepEqual(await modelsOf({ completionModel: 'small', chatModel: 'big' }), ['small', 'big']);
  });

  it('is the definition’s where the user names none', async () => {
    assert.deepEqual(await modelsOf({}, 'chatty'), ['a-model', 'chatty']);
  });

  it('is the only one that is known, if one is', async () => {
    assert.deepEqual(await modelsOf({}), ['a-model', 'a-model']);
  });

  it('is what the server lists, where nobody names one', async () => {
    const capabilities = { fim: 'probe' } as ProviderCapabilities;
    fleet = await startFleet({ a: { definition: { capabilities, completionModel: undefined } } });
    fleet.server('a').script = (exchange) =>
      exchange.request.path === '/probe'
        ? exchange.answer(200, {}, '{"models":["one","two"],"model":"two"}')
        : answerWith('x')(exchange);
    await collect(fleet.fixture.router.stream(fimRequest(), never));
    await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(
      fleet.fixture.records.map(({ model }) => model),
      ['two', 'one'],
    );
  });
});

describe('a server that is found', () => {
  const opened = closeAfterEach();

  it('is asked for chat too as soon as it is there, whatever chat model is set', async () => {
    const capabilities = { fim: 'probe' } as ProviderCapabilities;
    const fleet = opened(
      await startFleet({
        a: { location: 'local', definition: { capabilities, discover: true }, profile: { chatModel: 'big' } },
      }),
    );
    let isThere = false;
    fleet.server('a').script = (exchange) => {
      if (!isThere) return exchange.cut();
      return exchange.request.path === '/probe' ? exchange.answer(200, {}, '{}') : answerWith('x')(exchange);
    };
    await assert.rejects(collect(fleet.fixture.router.stream(chatRequest(), never)), /a: /);
    isThere = true;
    // It is looked for again after two seconds.
    await until(() => fleet.fixture.clock.pendingTimers > 0);
    await fleet.fixture.clock.advance(2000);
    await until(() => fleet.fixture.router.health()[0]?.state === 'ok');
    assert.equal(textOf(await collect(fleet.fixture.router.stream(chatRequest(), never))), 'x');
    assert.equal(fleet.fixture.records.at(-1)?.model, 'big');
  });
});

describe('what a request needs', () => {
  let fleet: Fleet;
  const able = (capabilities: Partial<ProviderCapabilities>): ProviderCapabilities =>
    capabilities as ProviderCapabilities;
  const tools = [{ name: 'read', description: 'Reads', inputSchema: { type: 'object' } }];
  const image = { type: 'image', mediaType: 'image/png', data: 'AAAA' } as const;

  beforeEach(async () => {
    fleet = await startFleet({
      plain: {},
      handy: { definition: { capabilities: able({ tools: true }) } },
      seeing: { definition: { capabilities: able({ tools: true, images: true }) } },
    });
  });

  afterEach(() => fleet.close());

  const ask = async (request = chatRequest()): Promise<string> =>
    textOf(await collect(fleet.fixture.router.stream(request, never)));

  it('passes over those who use no tools, also when tools were used before', async () => {
    assert.equal(await ask(chatRequest({ input: { tools } })), 'handy');
    const messages = [{ role: 'tool', content: [] }] as const;
    assert.equal(await ask(chatRequest({ input: { messages } })), 'handy');
    assert.equal(await ask(), 'plain');
  });

  it('names them when nobody is left', async () => {
    fleet.fixture.setProfiles(fleet.profiles.slice(0, 1));
    await assert.rejects(ask(chatRequest({ input: { tools } })), /plain: it cannot use tools/);
  });

  it('sends images to those who see, and to others only if nobody does', async () => {
    const request = chatRequest({ input: { messages: [{ role: 'user', content: [image] }] } });
    assert.equal(await ask(request), 'seeing');
    fleet.fixture.setProfiles(fleet.profiles.slice(0, 2));
    assert.equal(await ask(request), 'plain');
  });
});

describe('a degraded answer', () => {
  let fleet: Fleet;

  afterEach(() => fleet.close());

  const ask = async (): Promise<readonly string[]> =>
    brief(await collect(fleet.fixture.router.stream(chatRequest(), never)));

  it('is one of the local model while the cloud is down: shown, announced once, and over when the cloud is back', async () => {
    fleet = await startFleet({ cloud: {}, here: { location: 'local' } });
    const seen: (readonly Degradation[])[] = [];
    fleet.fixture.router.onDegradationChanged((now) => seen.push(now));
    fleet.server('cloud').script = ({ answer }) => answer(500, {}, 'down');
    assert.equal((await ask())[0], 'source here degraded');
    assert.equal((await ask())[0], 'source here degraded');
    assert.equal(seen.length, 1);
    const [state] = fleet.fixture.router.degradations();
    assert.equal(state?.use, 'chat');
    assert.deepEqual(state?.wanted, { providerId: 'cloud', location: 'remote' });
    assert.deepEqual(state?.instead, { providerId: 'here', model: 'here-model', location: 'local' });
    assert.match(state?.reason ?? '', /cloud\.test cannot answer at the moment/);
    // Also while it rests and is not asked at all.
    await ask();
    assert.equal((await ask())[0], 'source here degraded');
    fleet.server('cloud').script = answerWith('cloud');
    await fleet.fixture.clock.advance(20_000);
    assert.equal((await ask())[0], 'source cloud');
    assert.deepEqual(fleet.fixture.router.degradations(), []);
    assert.equal(seen.length, 2);
  });

  it('is one of the cloud while the local model, wanted first, is not there', async () => {
    fleet = await startFleet({ cloud: {} }, { routing: { local: 'first', chat: settings } });
    const gone = defineTestProvider('gone', {
      baseUrl: 'http://127.0.0.1:1',
      discover: true,
      completionModel: undefined,
    });
    fleet.fixture.setProfiles([...fleet.profiles, profileOf(gone, { completionModel: 'mine' })]);
    await until(() => fleet.fixture.router.health().some(({ state }) => state === 'failing'));
    assert.equal((await ask())[0], 'source cloud degraded');
    assert.equal(fleet.fixture.router.degradations()[0]?.wanted.providerId, 'gone');
  });

  it('is none if somebody further down the list is missing', async () => {
    fleet = await startFleet({ a: {}, b: {} });
    fleet.server('b').script = ({ answer }) => answer(500, {});
    assert.equal((await ask())[0], 'source a');
    assert.deepEqual(fleet.fixture.router.degradations(), []);
  });

  it('is not over because somebody was asked by name', async () => {
    fleet = await startFleet({ a: {}, b: {} });
    fleet.server('a').script = ({ answer }) => answer(500, {});
    await ask();
    const request = { ...chatRequest(), routing: { providers: ['b'] } };
    assert.equal(brief(await collect(fleet.fixture.router.stream(request, never)))[0], 'source b');
    assert.equal(fleet.fixture.router.degradations().length, 1);
  });

  it('is forgotten when the settings change', async () => {
    fleet = await startFleet({ a: {}, b: {} });
    fleet.server('a').script = ({ answer }) => answer(500, {});
    await ask();
    assert.equal(fleet.fixture.router.degradations().length, 1);
    fleet.fixture.setProfiles(fleet.profiles);
    assert.deepEqual(fleet.fixture.router.degradations(), []);
  });
});

describe('the wait for the first word', () => {
  const opened = closeAfterEach();

  it('can be set: then the next one is asked', async () => {
    const fleet = opened(await startFleet({ a: {}, b: {} }, { routing: { chat: { ...settings, maxLatencyMs: 700 } } }));
    fleet.server('a').script = ({ begin }) => begin();
    const answer = collect(fleet.fixture.router.stream(chatRequest(), never));
    await fleet.server('a').received(1);
    await fleet.fixture.clock.advance(700);
    assert.equal(textOf(await answer), 'b');
    // The last one is waited for as long as the purpose allows.
    fleet.server('b').script = async (exchange) => {
      await fleet.fixture.clock.advance(5000);
      await answerWith('late')(exchange);
    };
    fleet.fixture.setProfiles(fleet.profiles.slice(1));
    assert.equal(textOf(await collect(fleet.fixture.router.stream(chatRequest(), never))), 'late');
  });
});

describe('the budget', () => {
  const opened = closeAfterEach();

  it('passes over who is too dear, and says so when all are', async () => {
    const refused = new Set(['a']);
    const fleet = opened(
      await startFleet(
        { a: {}, b: {} },
        {
          budget: {
            reserve: ({ providerId }) => {
              if (refused.has(providerId)) throw new ReaperError('budget', `Too dear: ${providerId}.`);
              return { ceilingUsd: Infinity, extend: () => true, settle: () => undefined };
            },
          },
        },
      ),
    );
    const ask = async (): Promise<string> => textOf(await collect(fleet.fixture.router.stream(chatRequest(), never)));
    assert.equal(await ask(), 'b');
    refused.add('b');
    await assert.rejects(ask(), { kind: 'budget', message: /a: Too dear: a\.\nb: Too dear: b\./ });
    assert.deepEqual(fleet.asked(), { a: 0, b: 1 });
  });
});
