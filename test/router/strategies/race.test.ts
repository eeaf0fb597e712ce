/** A race: the first useful words win, losers are let go at once, and hedges stay rare. */
import assert from 'node:assert/strict';
import { isCancellation, ReaperError } from '../../../src/base/errors.ts';
import type { ModelRequest } from '../../../src/router/model-request.ts';
import type { ModelServer } from '../../fakes/model-server.ts';
import type { Budget } from '../../../src/router/budget.ts';
import { line, text } from '../part-wire.ts';
import { collect, never, textOf, until } from '../router-fixture.ts';
import {
  answerWith,
  brief,
  chatRequest,
  type Fleet,
  held,
  memoryWire,
  reading,
  settings,
  startFleet,
} from './fleet.ts';

const race = { ...settings, strategy: 'race' } as const;

describe('a race', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await startFleet({ a: {}, b: {}, c: {} }, { routing: { chat: race } });
  });

  afterEach(() => fleet.close());

  it('asks two at once, passes on whose first word comes first, and closes the other’s socket', async () => {
    const slow = held();
    fleet.server('a').script = slow.script;
    const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(brief(parts), ['source b', 'text b', 'finish stop']);
    await fleet.server('a').allClosed();
    assert.deepEqual(fleet.asked(), { a: 1, b: 1, c: 0 });
    assert.deepEqual(fleet.outcomes().toSorted(), ['a loser cancelled', 'b winner finished']);
    const [one, other] = fleet.fixture.records;
    assert.equal(one?.strategy, 'race');
    assert.equal(one?.requestId, other?.requestId);
    assert.ok((one?.usage.inputUncached ?? 0) > 0, 'the loser’s input is counted');
  });

  it('does not take white space, a warning or a word of preamble for an answer', async () => {
    await fleet.close();
    fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: { ...race, minUsefulTokens: 5 } } });
    const early = held();
    const late = held();
    fleet.server('a').script = early.script;
    fleet.server('b').script = late.script;
    const { parts, end } = reading(fleet, chatRequest());
    await Promise.all([fleet.server('a').received(1), fleet.server('b').received(1)]);
    early.exchange().write(text('  \n') + line({ type: 'warning', message: 'w' }) + text('Sure'));
    await fleet.fixture.clock.settle();
    late.exchange().write(text('The answer is four, of course'));
    await until(() => parts.length > 1);
    assert.deepEqual(brief(parts), ['source b', 'text The answer is four, of course']);
    late.finish();
    assert.equal(await end, undefined);
  });

  for (const [name, useful] of [
    ['a line', 'x\ny'],
    ['a code fence', '```'],
  ] as const) {
    it(`takes ${name} for useful, however short`, async () => {
      await fleet.close();
      fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: { ...race, minUsefulTokens: 50 } } });
      const silent = held();
      fleet.server('a').script = silent.script;
      const short = held();
      fleet.server('b').script = short.script;
      const { parts } = reading(fleet, chatRequest());
      await fleet.server('b').received(1);
      short.exchange().write(text(useful));
      await until(() => parts.length > 0);
      assert.deepEqual(brief(parts)[0], 'source b');
    });
  }

  it('takes a short answer that is whole, and a tool call', async () => {
    fleet.server('a').script = held().script;
    fleet.server('b').script = ({ begin, write }) => {
      begin();
      write(line({ type: 'tool-call-start', id: '1', name: 'read' }));
    };
    const { parts } = reading(fleet, chatRequest());
    await until(() => parts.length > 1);
    assert.deepEqual(brief(parts), ['source b', 'tool-call-start']);
  });

  it('lets nobody win with an empty answer, as long as another one runs', async () => {
    fleet.server('a').script = answerWith();
    const late = held();
    fleet.server('b').script = late.script;
    const { parts, end } = reading(fleet, chatRequest());
    await until(() => fleet.fixture.records.length === 1);
    late.finish('four');
    await end;
    assert.deepEqual(brief(parts), ['source b', 'text four', 'finish stop']);
  });

  it('goes on with who is left when one fails, and asks the next when all have', async () => {
    for (const name of ['a', 'b']) fleet.server(name).script = ({ answer }) => answer(500, {});
    const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(brief(parts), ['source c degraded', 'text c', 'finish stop']);
    assert.deepEqual(fleet.asked(), { a: 1, b: 1, c: 1 });
    assert.deepEqual(fleet.outcomes().toSorted(), ['a loser overloaded', 'b loser overloaded', 'c winner finished']);
  });

  it('tries nobody again while another one runs', async () => {
    await fleet.close();
    fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: race } });
    fleet.server('a').script = ({ answer }) => answer(503, {});
    const late = held();
    fleet.server('b').script = late.script;
    const { parts, end } = reading(fleet, chatRequest());
    await Promise.all([until(() => fleet.fixture.records.length === 1), fleet.server('b').received(1)]);
    late.finish('four');
    await end;
    assert.equal(textOf(parts), 'four');
    assert.deepEqual(fleet.outcomes(), ['a loser overloaded', 'b winner finished']);
  });

  it('has one winner when two come to their end in the same moment', async () => {
    const wire = memoryWire([{ type: 'text-delta', text: 'four' }]);
    const member = { definition: { wire: () => Promise.resolve(wire) } };
    await fleet.close();
    fleet = await startFleet({ a: member, b: member }, { routing: { chat: { ...race, minUsefulTokens: 50 } } });
    const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(brief(parts), ['source a', 'text four', 'finish stop']);
    assert.deepEqual(fleet.outcomes().toSorted(), ['a winner finished', 'b loser finished']);
  });

  it('says of each what was the matter when nobody answers', async () => {
    for (const name of ['a', 'b', 'c']) fleet.server(name).script = ({ answer }) => answer(401, {});
    await assert.rejects(collect(fleet.fixture.router.stream(chatRequest(), never)), /a: .*\nb: .*\nc: /s);
  });

  it('splices nothing after it has chosen: the winner’s end is the end', async () => {
    fleet.server('a').script = held().script;
    fleet.server('b').script = ({ begin, write, cut }) => {
      begin();
      write(text('half'));
      setImmediate(cut);
    };
    const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(brief(parts), ['source b', 'text half', 'finish interrupted']);
    assert.equal(fleet.asked()['c'], 0);
  });

  it('is ended by the caller: all sockets are closed', async () => {
    for (const name of ['a', 'b']) fleet.server(name).script = held().script;
    const abort = new AbortController();
    const { end } = reading(fleet, chatRequest(), abort.signal);
    await Promise.all([fleet.server('a').received(1), fleet.server('b').received(1)]);
    abort.abort();
    assert.ok(isCancellation(await end));
    await Promise.all([fleet.server('a').allClosed(), fleet.server('b').allClosed()]);
    assert.deepEqual(fleet.outcomes().toSorted(), ['a loser cancelled', 'b loser cancelled']);
  });

  it('goes on with the one who has come furthest when nobody is useful in time', async () => {
    await fleet.close();
    const patient = { ...race, minUsefulTokens: 20, maxLatencyMs: 2000 };
    fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: patient } });
    const silent = held();
    const begun = held();
    fleet.server('a').script = silent.script;
    fleet.server('b').script = begun.script;
    const { parts, end } = reading(fleet, chatRequest());
    await Promise.all([fleet.server('a').received(1), fleet.server('b').received(1)]);
    begun.exchange().write(text('Let me '));
    await fleet.fixture.clock.settle();
    await until(() => fleet.fixture.records.length === 0 && fleet.server('b').requests.length === 1);
    await fleet.fixture.clock.advance(1999);
    assert.equal(fleet.fixture.records.length, 0);
    await fleet.fixture.clock.advance(1);
    await fleet.server('a').allClosed();
    begun.finish('think');
    await end;
    assert.equal(textOf(parts), 'Let me think');
  });

  describe('is none, but one alone,', () => {
    it('where only one may take part', async () => {
      await fleet.close();
      fleet = await startFleet(
        {
          a: { definition: { capabilities: { joinsRaces: false } as never } },
          b: {},
          c: { definition: { capabilities: { stopsBillingOnDisconnect: false } as never } },
        },
        { routing: { chat: race } },
      );
      const request = chatRequest({ maxOutputTokens: 4000 });
      assert.equal(textOf(await collect(fleet.fixture.router.stream(request, never))), 'a');
      assert.deepEqual(fleet.asked(), { a: 1, b: 0, c: 0 });
      const [record] = fleet.fixture.records;
      assert.equal(record?.strategy, 'single');
      assert.equal(record?.reason, 'first choice; nobody to race against');
    });

    it('where both would be asked on the same machine', async () => {
      await fleet.close();
      fleet = await startFleet({ a: { location: 'local' } }, { routing: { chat: race } });
      const [profile] = fleet.profiles;
      assert.ok(profile);
      const twin = { ...profile, definition: { ...profile.definition, id: 'twin', completionModel: 'other' } };
      fleet.fixture.setProfiles([profile, twin]);
      await collect(fleet.fixture.router.stream(chatRequest(), never));
      assert.deepEqual(
        fleet.fixture.records.map(({ strategy }) => strategy),
        ['single'],
      );
    });

    it('while the other one is tried out after a failure', async () => {
      fleet.server('b').script = ({ answer }) => answer(429, { 'retry-after': '30' });
      await collect(fleet.fixture.router.stream(chatRequest({ routing: { providers: ['b', 'c'] } }), never));
      fleet.server('b').script = answerWith('b');
      await fleet.fixture.clock.advance(30_000);
      await collect(fleet.fixture.router.stream(chatRequest({ routing: { providers: ['a', 'b'] } }), never));
      assert.deepEqual(fleet.asked(), { a: 1, b: 1, c: 1 });
    });

    it('where the other one is near the end of its limit, or has no place free', async () => {
      const limits = { 'x-ratelimit-limit-requests': '100', 'x-ratelimit-reset-requests': '60s' };
      const leave =
        (remaining: string): ModelServer['script'] =>
        ({ response, write, end }) => {
          response.writeHead(200, { ...limits, 'x-ratelimit-remaining-requests': remaining });
          write(text('x') + line({ type: 'finish', reason: 'stop' }));
          end();
        };
      const to = (...providers: readonly string[]): ModelRequest => chatRequest({ routing: { providers } });
      fleet.server('b').script = leave('19');
      await collect(fleet.fixture.router.stream(to('b'), never));
      fleet.server('c').script = leave('50');
      await collect(fleet.fixture.router.stream(to('c'), never));
      await collect(fleet.fixture.router.stream(to('a', 'b'), never));
      assert.deepEqual(fleet.asked(), { a: 1, b: 1, c: 1 });
      assert.equal(fleet.fixture.records.at(-1)?.strategy, 'single');
      await collect(fleet.fixture.router.stream(to('a', 'c'), never));
      assert.equal(fleet.fixture.records.at(-1)?.strategy, 'race');
    });

    it('where the budget has room for one only', async () => {
      await fleet.close();
      fleet = await startFleet({ a: {}, b: {} }, { routing: { chat: race }, budget: onceOnly() });
      const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
      assert.deepEqual(brief(parts), ['source a', 'text a', 'finish stop']);
      assert.deepEqual(fleet.asked(), { a: 1, b: 0 });
      assert.deepEqual(fleet.outcomes().toSorted(), ['a winner finished', 'b loser budget']);
    });
  });
});

function onceOnly(): Budget {
  let left = 1;
  return {
    reserve() {
      if (left-- <= 0) throw new ReaperError('budget', 'Nothing is left of the limit.');
      return { ceilingUsd: Infinity, extend: () => true, settle: () => undefined };
    },
  };
}
