/** Whom to ask first: by speed, by price, by place, and where a conversation was answered last. */
import assert from 'node:assert/strict';
import { createAffinities } from '../../src/router/affinity.ts';
import type { Candidate } from '../../src/router/candidates.ts';
import { createOrdering, type OrderWish } from '../../src/router/order.ts';
import type { Prices } from '../../src/router/prices.ts';
import type { RequestRecord } from '../../src/router/request-record.ts';
import { createSpeeds } from '../../src/router/speed.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { collect, defineTestProvider, never, profileOf, textOf } from './router-fixture.ts';
import { answerWith, brief, chatRequest, type Fleet, settings, startFleet } from './strategies/fleet.ts';

const USD: Readonly<Record<string, number>> = { cheap: 1, dear: 10 };
const prices: Prices = {
  ready: () => Promise.resolve(),
  cost: ({ providerId, catalogue }) => {
    if (catalogue === 'free') return { usd: 0, certainty: 'exact' };
    const usd = USD[providerId];
    return usd === undefined ? { usd: 0, certainty: 'unknown' } : { usd, certainty: 'estimated' };
  },
};

function candidate(providerId: string, location: Candidate['location'] = 'remote'): Candidate {
  const profile = profileOf(defineTestProvider(providerId));
  const rest = {
    baseUrl: `https://${providerId}.test`,
    model: 'm',
    fim: { type: 'native' },
    parallelRequests: 4,
  } as const;
  return { providerId, key: providerId, profile, location, ...rest };
}

describe('the order of candidates', () => {
  const wish: OrderWish = { order: 'listed', local: 'as-listed', outputTokens: 0 };
  let clock: FakeClock;
  let speeds: ReturnType<typeof createSpeeds>;
  let chance = 0;

  beforeEach(() => {
    clock = createFakeClock();
    speeds = createSpeeds(clock);
    chance = 0;
  });

  const ordering = (): ReturnType<typeof createOrdering> =>
    createOrdering({ clock, speeds, prices, random: () => chance });
  const order = (listed: readonly Candidate[], of: Partial<OrderWish>): readonly string[] =>
    ordering()
      .ordered(listed, { ...wish, ...of })
      .map(({ providerId }) => providerId);

  function answered(key: string, firstUsefulTokenMs: number, tokensPerSecond = 100): void {
    speeds.began(key);
    const output = 100;
    const usage = { inputUncached: 1, inputCacheRead: 0, inputCacheWrite: 0, output, reasoning: 0, estimated: false };
    const totalMs = firstUsefulTokenMs + (output * 1000) / tokensPerSecond;
    const outcome = { type: 'finished', reason: 'stop' } as const;
    speeds.settled(key, { firstUsefulTokenMs, totalMs, outcome, usage } as RequestRecord, true);
  }

  it('is the user’s, with this machine first or last if that is wanted, and what is embedded last', () => {
    const listed = [candidate('embedded', 'embedded'), candidate('r'), candidate('l', 'local'), candidate('s')];
    assert.deepEqual(order(listed.slice(1), {}), ['r', 'l', 's']);
    assert.deepEqual(order(listed, { local: 'first' }), ['l', 'r', 's', 'embedded']);
    assert.deepEqual(order(listed, { local: 'last' }), ['r', 's', 'l', 'embedded']);
  });

  it('is by price, known before unknown, and free first or, as a sign of strength, last', () => {
    const listed = [candidate('unknown'), candidate('dear'), candidate('free', 'local'), candidate('cheap')];
    assert.deepEqual(order(listed, { order: 'cheapest' }), ['free', 'cheap', 'dear', 'unknown']);
    assert.deepEqual(order(listed, { order: 'smartest' }), ['dear', 'cheap', 'unknown', 'free']);
  });

  it('is by the time to the first token, then by tokens per second, then by what is running', () => {
    answered('a', 400);
    answered('b', 200);
    const listed = [candidate('a'), candidate('b')];
    assert.deepEqual(order(listed, { order: 'fastest' }), ['b', 'a']);
    answered('a', 200, 500);
    answered('a', 200, 500);
    for (let i = 0; i < 8; i++) answered('a', 200, 500);
    assert.deepEqual(order(listed, { order: 'fastest', outputTokens: 500 }), ['a', 'b']);
    speeds.began('a');
    speeds.began('a');
    assert.deepEqual(order(listed, { order: 'fastest', outputTokens: 0 }), ['b', 'a']);
  });

  it('lets one peak count at once, and forget what is long ago', async () => {
    answered('a', 100);
    answered('b', 300);
    answered('a', 5000);
    const listed = [candidate('a'), candidate('b')];
    assert.deepEqual(order(listed, { order: 'fastest' }), ['b', 'a']);
    await clock.advance(10_000_000);
    speeds.began('b');
    assert.deepEqual(order(listed, { order: 'fastest' }), ['a', 'b']);
  });

  it('draws one of two among those that are as fast, never one that is much slower or may not be asked', () => {
    answered('a', 100);
    answered('b', 110);
    answered('c', 1000);
    const fastest = { ...wish, order: 'fastest' } as const;
    const ranked = ordering().ordered([candidate('c'), candidate('b'), candidate('a')], fastest);
    const draw = (may: (one: Candidate) => boolean = () => true): string | undefined =>
      ordering().draw(ranked, fastest, may)?.providerId;
    assert.equal(draw(), 'a');
    chance = 0.99;
    assert.equal(draw(), 'b');
    assert.equal(
      draw(({ providerId }) => providerId === 'c'),
      'c',
    );
    assert.equal(
      draw(() => false),
      undefined,
    );
    assert.equal(
      ordering().draw(ranked, wish, () => true),
      undefined,
    );
  });
});

describe('the fastest', () => {
  const opened = closeAfterEach();

  it('share the requests by chance', async () => {
    let chance = 0;
    const routing = { chat: { ...settings, order: 'fastest' } } as const;
    const fleet = opened(await startFleet({ a: {}, b: {} }, { routing, random: () => chance }));
    const ask = async (): Promise<readonly string[]> =>
      brief(await collect(fleet.fixture.router.stream(chatRequest(), never)));
    assert.equal((await ask())[0], 'source a');
    chance = 0.99;
    // Not the first of the list, but nobody who should have come before it is missing.
    assert.equal((await ask())[0], 'source b');
  });
});

describe('a conversation', () => {
  let fleet: Fleet;

  async function start(stickiness: 'none' | 'turn' | 'session'): Promise<void> {
    fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: { ...settings, stickiness } } });
    // `a` cannot answer once, so `b` does.
    fleet.server('a').script = ({ answer }) => answer(500, {});
    assert.equal(await say(), 'b');
    fleet.server('a').script = answerWith('a');
  }

  const say = async (conversationId = 'c1', afterTool = false): Promise<string> => {
    const tool = { role: 'tool', content: [] } as const;
    const user = { role: 'user', content: [] } as const;
    const input = { messages: afterTool ? [user, tool] : [user] };
    const request = chatRequest({ conversationId, input });
    return textOf(await collect(fleet.fixture.router.stream(request, never)));
  };

  afterEach(() => fleet.close());

  it('stays for the session with the one who answered, and that is its first choice now', async () => {
    await start('session');
    assert.equal(await say(), 'b');
    assert.equal(await say('c2'), 'a');
    assert.equal(await say(), 'b');
    assert.deepEqual(fleet.fixture.router.degradations(), []);
  });

  it('stays for none of it if that is wanted', async () => {
    await start('none');
    assert.equal(await say(), 'a');
  });

  it('moves on when the one who answered cannot any more', async () => {
    await start('session');
    fleet.server('b').script = ({ answer }) => answer(500, {});
    const parts = await collect(fleet.fixture.router.stream(chatRequest({ conversationId: 'c1' }), never));
    assert.deepEqual(brief(parts), ['source a degraded', 'text a', 'finish stop']);
    fleet.server('b').script = answerWith('b');
    assert.equal(await say(), 'a');
  });

  it('may be kept for the turn only: while tools run for it', () => {
    const affinities = createAffinities();
    const user = { role: 'user', content: [] } as const;
    const tool = { role: 'tool', content: [] } as const;
    const one = chatRequest({ conversationId: 'c', input: { messages: [user] } });
    affinities.answered(one, candidate('b'));
    const next = chatRequest({ conversationId: 'c', input: { messages: [user, tool] } });
    assert.equal(affinities.of(next, 'turn'), 'b');
    assert.equal(affinities.of(one, 'turn'), undefined);
    assert.equal(affinities.of(one, 'session'), 'b');
    assert.equal(affinities.of(one, 'none'), undefined);
    assert.equal(affinities.of(chatRequest(), 'session'), undefined);
  });

  it('is forgotten in the end', () => {
    const affinities = createAffinities();
    for (let i = 0; i < 201; i++) affinities.answered(chatRequest({ conversationId: `c${i}` }), candidate('b'));
    assert.equal(affinities.of(chatRequest({ conversationId: 'c0' }), 'session'), undefined);
    assert.equal(affinities.of(chatRequest({ conversationId: 'c1' }), 'session'), 'b');
  });
});
