/** What may not leave this machine does not leave it, whatever the strategy, and whatever fails. */
import assert from 'node:assert/strict';
import type { Strategy } from '../../../src/router/model-request.ts';
import { collect, fimRequest, never, textOf } from '../router-fixture.ts';
import { brief, chatRequest, type Fleet, held, settings, startFleet } from './fleet.ts';

const strategies: readonly Strategy[] = ['single', 'race', 'speculate_k', 'parallel_merge'];

describe('with everything remote forbidden', () => {
  let fleet: Fleet;

  afterEach(() => fleet.close());

  async function start(strategy: Strategy, hedge = false): Promise<void> {
    const purpose = { ...settings, strategy, hedge, k: 4 };
    fleet = await startFleet(
      { far: {}, here: { location: 'local' }, there: { location: 'local' }, away: {} },
      { routing: { chat: purpose, completion: purpose } },
    );
    for (const host of ['far.test', 'away.test']) fleet.fixture.egress.forbidden.add(host);
  }

  function assertNothingLeft(): void {
    assert.equal(fleet.server('far').connections, 0);
    assert.equal(fleet.server('away').connections, 0);
    assert.ok(fleet.fixture.egress.recorded.every(({ url }) => new URL(url).hostname === '127.0.0.1'));
    assert.ok(fleet.fixture.records.every(({ providerId }) => providerId === 'here' || providerId === 'there'));
  }

  for (const strategy of strategies) {
    it(`${strategy} asks models on this machine only`, async () => {
      await start(strategy);
      assert.match(textOf(await collect(fleet.fixture.router.stream(chatRequest(), never))), /^(?:here|there)$/);
      assert.match(textOf(await collect(fleet.fixture.router.stream(fimRequest(), never))), /^(?:here|there)$/);
      assertNothingLeft();
    });

    it(`${strategy} asks nobody else when those fail`, async () => {
      await start(strategy);
      for (const name of ['here', 'there']) fleet.server(name).script = ({ answer }) => answer(500, {});
      await assert.rejects(
        collect(fleet.fixture.router.stream(chatRequest(), never)),
        /far: The settings forbid far\.test/,
      );
      assertNothingLeft();
    });

    it(`${strategy} says so when there is nobody else`, async () => {
      await start(strategy);
      fleet.fixture.setProfiles(
        fleet.profiles.filter(({ baseUrl, definition }) => (baseUrl ?? definition.baseUrl)?.startsWith('https')),
      );
      await assert.rejects(collect(fleet.fixture.router.stream(chatRequest(), never)), { kind: 'privacy' });
      assertNothingLeft();
    });
  }

  it('sends no hedge there either', async () => {
    await start('race', true);
    for (let i = 0; i < 20; i++) await collect(fleet.fixture.router.stream(chatRequest(), never));
    fleet.server('here').script = held().script;
    const slow = collect(fleet.fixture.router.stream(chatRequest(), never));
    await fleet.server('here').received(21);
    await fleet.fixture.clock.advance(300);
    assert.deepEqual(brief(await slow), ['source there', 'text there', 'finish stop']);
    assertNothingLeft();
  });
});
