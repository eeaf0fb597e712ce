/** Several keys of one provider: which one is used, what becomes of those that are not accepted, and what is said of them. */
import assert from 'node:assert/strict';
import { type Credential, credentialOf } from '../../src/router/credential.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import type { ModelServer } from '../fakes/model-server.ts';
import { answerWith, chatRequest, type Fleet, settings, startFleet } from './strategies/fleet.ts';
import { collect, fimRequest, never, textOf, until } from './router-fixture.ts';

const key = (name: string): Credential => credentialOf('api-key', `sk-${name}-0123456789`);

describe('the keys of a provider', () => {
  let fleet: Fleet;

  async function start(keys: readonly Credential[], profile: Partial<ProviderProfile> = {}): Promise<void> {
    const member = {
      definition: { auth: 'api-key' },
      profile: { credentials: () => Promise.resolve(keys), ...profile },
    } as const;
    fleet = await startFleet({ a: member, b: {} }, { routing: { chat: settings, completion: settings } });
  }

  afterEach(() => fleet.close());

  /** By the name of the key that comes. */
  const byKey =
    (answers: Readonly<Record<string, number>>): ModelServer['script'] =>
    (exchange) => {
      const name = nameOf(exchange.request.headers.authorization);
      const status = answers[name] ?? 200;
      if (status === 200) return answerWith(`by ${name}`)(exchange);
      exchange.answer(status, status === 429 ? { 'retry-after': '60' } : {}, '{"error":{"message":"no"}}');
    };

  const nameOf = (authorization: string | undefined): string => /sk-(\w+)-/.exec(authorization ?? '')?.[1] ?? '';
  const used = (): readonly string[] => fleet.server('a').requests.map(({ headers }) => nameOf(headers.authorization));
  const ask = async (request = chatRequest()): Promise<string> =>
    textOf(await collect(fleet.fixture.router.stream(request, never)));

  for (const status of [401, 402, 403]) {
    it(`are tried one after another on ${status}, at once, and the rejected one never again`, async () => {
      await start([key('one'), key('two')]);
      fleet.server('a').script = byKey({ one: status });
      const states: string[] = [];
      fleet.fixture.router.onHealthChanged(({ state }) => states.push(state));
      assert.equal(await ask(), 'by two');
      assert.deepEqual(states, ['ok'], 'the provider was never in trouble');
      assert.equal(await ask(fimRequest()), 'by two');
      assert.deepEqual(used(), ['one', 'two', 'two']);
      assert.equal(fleet.fixture.router.health()[0]?.state, 'ok');
      assert.equal(fleet.fixture.records[1]?.credentialId, key('two').id);
    });
  }

  it('are all tried, and then one error says what to do; nothing is sent any more', async () => {
    await start([key('one'), key('two')]);
    fleet.fixture.setProfiles(fleet.profiles.slice(0, 1));
    fleet.server('a').script = byKey({ one: 401, two: 402 });
    await assert.rejects(ask(), { kind: 'quota' });
    await assert.rejects(ask(), {
      kind: 'auth',
      message: /All 2 keys of a are used up: 1 not accepted, 1 without credit\. Set a valid one with/,
    });
    assert.deepEqual(used(), ['one', 'two']);
    // Until something changes.
    fleet.server('a').script = byKey({});
    fleet.fixture.setProfiles(fleet.profiles.slice(0, 1));
    assert.equal(await ask(), 'by one');
  });

  it('rest when they are limited, and come back when the limit is over', async () => {
    await start([key('one'), key('two')]);
    fleet.server('a').script = byKey({ one: 429 });
    assert.equal(await ask(), 'by two');
    fleet.server('a').script = byKey({});
    assert.equal(await ask(), 'by two');
    await fleet.fixture.clock.advance(60_000);
    assert.equal(await ask(), 'by one');
  });

  it('block the provider when the only one is rejected', async () => {
    await start([key('one')]);
    fleet.server('a').script = byKey({ one: 401 });
    assert.equal(await ask(), 'b');
    assert.equal(await ask(), 'b');
    assert.deepEqual(used(), ['one']);
    assert.equal(fleet.fixture.router.health()[0]?.state, 'failing');
  });

  it('are renewed once where that is possible', async () => {
    const rejected: string[] = [];
    await start([key('old')], {
      renewCredential: (credential) => {
        rejected.push(credential.id);
        return Promise.resolve(key('fresh'));
      },
    });
    fleet.server('a').script = byKey({ old: 401 });
    assert.equal(await ask(), 'by fresh');
    assert.deepEqual(rejected, [key('old').id]);
    assert.deepEqual(
      fleet.fixture.records.map(({ credentialId, role }) => [credentialId, role]),
      [
        [key('old').id, 'only'],
        [key('fresh').id, 'retry'],
      ],
    );
    fleet.server('a').script = byKey({ old: 401, fresh: 401 });
    assert.equal(await ask(), 'b');
    assert.equal(rejected.length, 2);
  });

  for (const [name, renew] of [
    ['gives none', () => Promise.resolve(undefined)],
    ['fails', () => Promise.reject(new Error('offline'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ] as const) {
    it(`are given up when the renewal ${name}`, async () => {
      await start([key('old')], { renewCredential: renew });
      fleet.server('a').script = byKey({ old: 401 });
      assert.equal(await ask(), 'b');
      assert.equal(await ask(), 'b');
      assert.deepEqual(used(), ['old']);
      assert.equal(fleet.fixture.router.health()[0]?.state, 'failing');
    });
  }

  it('are not waited for without end while one is renewed', async () => {
    await start([key('old')], { renewCredential: () => new Promise(() => undefined) });
    fleet.server('a').script = byKey({ old: 401 });
    const answer = ask();
    await until(() => fleet.fixture.records.length === 1);
    await fleet.fixture.clock.advance(30_000);
    assert.equal(await answer, 'b');
  });
});
