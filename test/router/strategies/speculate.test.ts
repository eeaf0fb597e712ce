/** Speculation: a local answer at once, one change to a better one, and never after a tool was called. */
import assert from 'node:assert/strict';
import type { WireModule } from '../../../src/router/wire.ts';
import { line, text } from '../part-wire.ts';
import { collect, never, textOf, until } from '../router-fixture.ts';
import {
  answerWith,
  brief,
  chatRequest,
  type Fleet,
  type Held,
  held,
  memoryWire,
  reading,
  settings,
  startFleet,
} from './fleet.ts';
import { closeAfterEach } from '../../fakes/close-after-each.ts';

const speculation = { ...settings, strategy: 'speculate_k' } as const;

describe('speculation', () => {
  const opened = closeAfterEach();

  let fleet: Fleet;
  let local: Held;
  let remote: Held;

  beforeEach(async () => {
    fleet = await startFleet({ cloud: {}, here: { location: 'local' } }, { routing: { chat: speculation } });
    local = held();
    remote = held();
    fleet.server('here').script = local.script;
    fleet.server('cloud').script = remote.script;
  });

  afterEach(() => fleet.close());

  it('asks the local model at once, the other one 120 ms later, and changes over once', async () => {
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    local.exchange().write(text('rough'));
    await until(() => parts.length === 2);
    await fleet.fixture.clock.advance(119);
    assert.equal(fleet.server('cloud').requests.length, 0);
    await fleet.fixture.clock.advance(1);
    await fleet.server('cloud').received(1);
    remote.exchange().write(text('much better'));
    await until(() => parts.length > 2);
    await fleet.server('here').allClosed();
    remote.finish(' and done');
    assert.equal(await end, undefined);
    assert.deepEqual(brief(parts), [
      'source here',
      'text rough',
      'replace',
      'source cloud',
      'text much better',
      'text  and done',
      'finish stop',
    ]);
    assert.deepEqual(fleet.outcomes(), ['here loser cancelled', 'cloud winner finished']);
    assert.ok(fleet.fixture.records.every(({ strategy }) => strategy === 'speculate_k'));
  });

  it('waits up to 250 ms, spread by chance', async () => {
    await fleet.close();
    fleet = await startFleet(
      { cloud: {}, here: { location: 'local' } },
      { routing: { chat: speculation }, random: () => 1 },
    );
    fleet.server('here').script = held().script;
    fleet.server('cloud').script = held().script;
    void reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    await fleet.fixture.clock.advance(249);
    assert.equal(fleet.server('cloud').requests.length, 0);
    await fleet.fixture.clock.advance(1);
    await fleet.server('cloud').received(1);
  });

  it('does not shrink what is shown: the other one takes over when it has as much', async () => {
    const { parts } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    local.exchange().write(text('a long rough answer'));
    await fleet.fixture.clock.advance(120);
    await fleet.server('cloud').received(1);
    remote.exchange().write(text('short'));
    await fleet.fixture.clock.settle();
    local.exchange().write(text('!'));
    await until(() => parts.length === 3);
    assert.deepEqual(brief(parts), ['source here', 'text a long rough answer', 'text !']);
    remote.exchange().write(text(' at first, but then longer'));
    await until(() => parts.length > 5);
    assert.deepEqual(brief(parts).slice(3), [
      'replace',
      'source cloud',
      'text short',
      'text  at first, but then longer',
    ]);
  });

  it('needs no other one when the local answer is whole before', async () => {
    fleet.server('here').script = answerWith('four');
    const parts = await collect(fleet.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(brief(parts), ['source here', 'text four', 'finish stop']);
    assert.deepEqual(fleet.asked(), { cloud: 0, here: 1 });
    assert.deepEqual(fleet.outcomes(), ['here winner finished']);
  });

  it('begins with the other one, without a change, if that is first to say something', async () => {
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    await fleet.fixture.clock.advance(120);
    await fleet.server('cloud').received(1);
    remote.finish('four');
    await end;
    assert.deepEqual(brief(parts), ['source cloud', 'text four', 'finish stop']);
    await fleet.server('here').allClosed();
  });

  it('asks the other one at once when the local model fails', async () => {
    fleet.server('here').script = ({ answer }) => answer(500, {});
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('cloud').received(1);
    remote.finish('four');
    await end;
    assert.deepEqual(brief(parts), ['source cloud', 'text four', 'finish stop']);
    assert.equal(fleet.fixture.records[1]?.reason, 'fallback after overloaded from here');
  });

  it('changes over when the local answer breaks off', async () => {
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    local.exchange().write(text('a long rough answer'));
    await until(() => parts.length === 2);
    local.exchange().cut();
    await fleet.server('cloud').received(1);
    remote.finish('four');
    await end;
    assert.deepEqual(brief(parts).slice(2), ['replace', 'source cloud', 'text four', 'finish stop']);
  });

  it('stays with the local model when the other one fails', async () => {
    fleet.server('cloud').script = ({ answer }) => answer(500, {});
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    local.exchange().write(text('rough'));
    await fleet.fixture.clock.advance(120);
    await until(() => fleet.fixture.records.length === 1);
    local.finish(' and done');
    await end;
    assert.deepEqual(brief(parts), ['source here', 'text rough', 'text  and done', 'finish stop']);
  });

  it('ends with interrupted when both break off', async () => {
    fleet.server('cloud').script = ({ answer }) => answer(500, {});
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    local.exchange().write(text('rough'));
    await until(() => parts.length === 2);
    local.exchange().cut();
    await end;
    assert.deepEqual(brief(parts), ['source here', 'text rough', 'finish interrupted']);
  });

  it('never changes over after a tool call went out', async () => {
    const { parts, end } = reading(fleet, chatRequest());
    await fleet.server('here').received(1);
    await fleet.fixture.clock.advance(120);
    await fleet.server('cloud').received(1);
    local.exchange().write(line({ type: 'tool-call-start', id: '1', name: 'read' }));
    await fleet.server('cloud').allClosed();
    local.finish();
    await end;
    assert.deepEqual(brief(parts), ['source here', 'tool-call-start', 'finish stop']);
    assert.deepEqual(fleet.outcomes(), ['cloud loser cancelled', 'here winner finished']);
  });

  it('has one winner when both come to their end in the same moment', async () => {
    await fleet.close();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const wireOf = (value: string, until: Promise<void>): WireModule =>
      memoryWire([{ type: 'text-delta', text: value }], until);
    const [far, near] = [
      wireOf('better', gate),
      wireOf(
        'a long rough answer',
        gate.then(() => undefined),
      ),
    ];
    fleet = await startFleet(
      {
        cloud: { definition: { wire: () => Promise.resolve(far) } },
        here: { location: 'local', definition: { wire: () => Promise.resolve(near) } },
      },
      { routing: { chat: speculation } },
    );
    const { parts, end } = reading(fleet, chatRequest());
    await until(() => parts.length === 2);
    await fleet.fixture.clock.advance(120);
    open();
    assert.equal(await end, undefined);
    const winners = fleet.fixture.records.filter(({ role }) => role === 'winner').map(({ providerId }) => providerId);
    assert.equal(winners.length, 1);
    // Who is told to have won is who wrote what is shown.
    assert.equal(parts.findLast((part) => part.type === 'source')?.providerId, winners[0]);
    assert.deepEqual(brief(parts).at(-1), 'finish stop');
  });

  it('is a race where nothing runs here, and one alone where nothing else is there', async () => {
    const race = opened(await startFleet({ a: {}, b: {} }, { routing: { chat: speculation } }));
    await collect(race.fixture.router.stream(chatRequest(), never));
    assert.deepEqual(
      race.fixture.records.map(({ strategy }) => strategy),
      ['race', 'race'],
    );
    const single = opened(await startFleet({ a: { location: 'local' } }, { routing: { chat: speculation } }));
    assert.equal(textOf(await collect(single.fixture.router.stream(chatRequest(), never))), 'a');
    assert.equal(single.fixture.records[0]?.strategy, 'single');
  });
});
