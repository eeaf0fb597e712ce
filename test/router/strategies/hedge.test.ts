/** Hedging: a second request when the first is later than it usually is, and seldom enough to be worth it. */
import assert from 'node:assert/strict';
import { createHedges } from '../../../src/router/hedges.ts';
import { createSpeeds } from '../../../src/router/speed.ts';
import type { RequestRecord } from '../../../src/router/request-record.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import type { ModelServer } from '../../fakes/model-server.ts';
import { collect, never, textOf, until } from '../router-fixture.ts';
import { answerWith, brief, chatRequest, type Fleet, held, reading, settings, startFleet } from './fleet.ts';

describe('hedging', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: { ...settings, hedge: true } } });
  });

  afterEach(() => fleet.close());

  const ask = async (): Promise<string> => textOf(await collect(fleet.fixture.router.stream(chatRequest(), never)));

  async function save(requests: number): Promise<void> {
    for (let i = 0; i < requests; i++) await ask();
  }

  it('asks the second one after the usual time of the first, and takes whose answer comes first', async () => {
    await save(20);
    assert.deepEqual(fleet.asked(), { a: 20, b: 0 });
    const slow = held();
    fleet.server('a').script = slow.script;
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('a').received(21);
    // Its usual time is nothing by the fake clock, so the shortest delay counts.
    await fleet.fixture.clock.advance(299);
    assert.equal(fleet.asked()['b'], 0);
    await fleet.fixture.clock.advance(1);
    assert.equal(await end, undefined);
    assert.deepEqual(brief(parts), ['source b', 'text b', 'finish stop']);
    await fleet.server('a').allClosed();
    assert.deepEqual(fleet.outcomes().slice(20).toSorted(), ['a loser cancelled', 'b winner finished']);
    assert.equal(fleet.fixture.records.at(-1)?.reason, 'beside a, which is late');
    assert.equal(fleet.fixture.records.at(-1)?.strategy, 'race');
  });

  it('keeps the first answer when that comes first after all, and records the second as a hedge', async () => {
    await save(20);
    const slow = held();
    fleet.server('a').script = slow.script;
    fleet.server('b').script = held().script;
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('a').received(21);
    await fleet.fixture.clock.advance(300);
    await fleet.server('b').received(1);
    slow.finish('a at last');
    await end;
    assert.equal(textOf(parts), 'a at last');
    await fleet.server('b').allClosed();
    assert.deepEqual(fleet.outcomes().slice(20).toSorted(), ['a winner finished', 'b hedge cancelled']);
  });

  it('costs at most one request more in twenty', async () => {
    // Waits for the hedge, which comes or not; then it answers.
    const late: ModelServer['script'] = async (exchange) => {
      exchange.begin();
      await fleet.fixture.clock.advance(5000);
      if (!exchange.response.destroyed) await answerWith('late')({ ...exchange, begin: () => undefined });
    };
    fleet.server('a').script = late;
    await save(60);
    assert.ok((fleet.asked()['b'] ?? 0) > 0);
    assert.ok((fleet.asked()['b'] ?? 0) <= 3, String(fleet.asked()['b']));
  });

  it('starts the second one at once when the first fails, whatever was saved up', async () => {
    fleet.server('a').script = ({ answer }) => answer(500, {});
    const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(brief(parts), ['source b degraded', 'text b', 'finish stop']);
    assert.equal(fleet.fixture.records[1]?.reason, 'fallback after overloaded from a');
  });

  it('is off for a request that asks for one answer only', async () => {
    await save(20);
    fleet.server('a').script = held().script;
    const abort = new AbortController();
    const { end } = reading(fleet, chatRequest({ routing: { strategy: 'single' } }), abort.signal);
    await until(() => fleet.asked()['a'] === 21);
    await fleet.fixture.clock.advance(20_000);
    assert.equal(fleet.asked()['b'], 0);
    abort.abort();
    await end;
  });
});

describe('the wait before a hedge', () => {
  const clock = createFakeClock();
  const record = (firstUsefulTokenMs: number): RequestRecord =>
    ({
      firstUsefulTokenMs,
      totalMs: firstUsefulTokenMs + 10,
      outcome: { type: 'finished', reason: 'stop' },
      usage: { inputUncached: 100, inputCacheRead: 0, inputCacheWrite: 0, output: 1, reasoning: 0, estimated: false },
    }) as RequestRecord;

  const givenUp = { firstUsefulTokenMs: undefined, outcome: { type: 'cancelled' } } as const;

  it('is 2 to 4 s while too little is known, then what 95 % of the answers needed, between 300 ms and 10 s', async () => {
    const speeds = createSpeeds(clock);
    const hedges = createHedges(speeds, () => 0.5);
    const note = (key: string, firstMs: number): void => {
      speeds.began(key);
      speeds.settled(key, record(firstMs), true);
    };
    for (let i = 1; i < 20; i++) note('a', i * 100);
    assert.equal(hedges.delayMs('a', 100), 3000);
    note('a', 2000);
    assert.equal(hedges.delayMs('a', 100), 1900);
    assert.equal(hedges.delayMs('a', 5000), 3000, 'another size of input is another matter');
    for (let i = 0; i < 20; i++) speeds.settled('lost', { ...record(5000), ...givenUp }, true);
    assert.equal(hedges.delayMs('lost', 100), 5010, 'what lost to a hedge took at least so long');
    for (let i = 0; i < 20; i++) note('quick', 10);
    assert.equal(hedges.delayMs('quick', 100), 300);
    for (let i = 0; i < 20; i++) note('slow', 30_000);
    assert.equal(hedges.delayMs('slow', 100), 10_000);
    await clock.advance(900_001);
    assert.equal(hedges.delayMs('a', 100), 3000, 'what is old does not count');
  });
});
