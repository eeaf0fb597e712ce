/** Turns at one address: how many, whose, and what a refusal changes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createConcurrency, type Concurrency, type Turn } from '../../../src/router/limits/concurrency.ts';
import type { Purpose } from '../../../src/router/model-request.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';

describe('turns at an address', () => {
  const clock = createFakeClock();
  let turns: Concurrency;
  let begun: string[];

  beforeEach(() => {
    turns = createConcurrency(clock);
    begun = [];
  });

  /** Asks for a turn, and notes by name when it has come. */
  function ask(name: string, purpose: Purpose, most = 1, signal = new AbortController().signal): Promise<Turn> {
    const turn = turns.turn({ place: 'a', most, purpose, signal });
    if (!(turn instanceof Promise)) begun.push(name);
    else turn.then(() => begun.push(name)).catch(() => undefined);
    return Promise.resolve(turn);
  }

  it('are given at once while there is room, and then in order', async () => {
    const first = await ask('first', 'chat', 2);
    await ask('second', 'chat', 2);
    void ask('third', 'chat', 2);
    void ask('fourth', 'chat', 2);
    await clock.settle();
    assert.deepEqual(begun, ['first', 'second']);
    assert.deepEqual(turns.occupancy('a'), { running: 2, waiting: 2, allowed: 2, most: 2 });
    first.end('answered');
    first.end('answered');
    await clock.settle();
    assert.deepEqual(begun, ['first', 'second', 'third']);
  });

  it('go to ghost text first, then to chat, then to what runs in the background', async () => {
    const first = await ask('running', 'completion');
    const next = (['tests', 'chat', 'review', 'completion', 'agent', 'commit'] as const).map((purpose) =>
      ask(purpose, purpose).then((turn) => turn.end('answered')),
    );
    // Chat and background wait behind one another only.
    assert.deepEqual(begun, ['running']);
    first.end('answered');
    await Promise.all(next);
    assert.deepEqual(begun, ['running', 'completion', 'chat', 'commit', 'tests', 'review', 'agent']);
  });

  it('do not keep a person waiting for what runs in the background', async () => {
    await ask('agent', 'agent', 2);
    await ask('review', 'review', 2);
    void ask('tests', 'tests', 2);
    await ask('completion', 'completion', 2);
    await ask('chat', 'chat', 2);
    await clock.settle();
    assert.deepEqual(begun, ['agent', 'review', 'completion', 'chat']);
    assert.deepEqual(turns.occupancy('a'), { running: 4, waiting: 1, allowed: 2, most: 2 });
  });

  it('are given up when the one who waits leaves', async () => {
    const running = await ask('running', 'chat');
    const abort = new AbortController();
    const left = ask('left', 'chat', 1, abort.signal);
    void ask('next', 'chat');
    abort.abort();
    await assert.rejects(left, { kind: 'cancelled' });
    await assert.rejects(ask('late', 'chat', 1, abort.signal), { kind: 'cancelled' });
    running.end('answered');
    await clock.settle();
    assert.deepEqual(begun, ['running', 'next']);
  });

  it('are refused when the line is long', async () => {
    await ask('running', 'chat');
    for (let i = 0; i < 32; i++) void ask('waiting', 'chat');
    await assert.rejects(ask('too many', 'chat'), { kind: 'overloaded', message: /32 requests are waiting/ });
  });

  it('are halved by a refusal, once for all that were refused together, and come back with answers', async () => {
    const running = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(`${i}`, 'chat', 8)));
    for (const turn of running) turn.end('limited');
    assert.equal(turns.occupancy('a')?.allowed, 4);
    await clock.advance(1000);
    (await ask('again', 'chat', 8)).end('limited');
    assert.equal(turns.occupancy('a')?.allowed, 2);
    let answers = 0;
    for (; turns.occupancy('a')?.allowed !== 8; answers++) (await ask('good', 'chat', 8)).end('answered');
    assert.ok(answers > 20 && answers < 50, `${answers} answers`);
    for (let i = 0; i < 5; i++) {
      await clock.advance(1000);
      (await ask('bad', 'chat', 8)).end('limited');
    }
    assert.equal(turns.occupancy('a')?.allowed, 1, 'never none');
    turns.reset();
    assert.equal(turns.occupancy('a')?.allowed, 8);
  });

  it('follow what a probe finds out', async () => {
    await ask('first', 'chat', 1);
    void ask('second', 'chat', 1);
    await ask('third', 'completion', 3);
    assert.equal(turns.occupancy('a')?.allowed, 3);
  });

  it('are never more than allowed for one kind, and nobody is forgotten', async () => {
    const purpose = fc.constantFrom<Purpose>('completion', 'chat', 'agent');
    const step = fc.oneof(
      purpose.map((value) => ({ type: 'ask', purpose: value }) as const),
      fc.nat(20).map((at) => ({ type: 'end', at }) as const),
      fc.nat(20).map((at) => ({ type: 'abort', at }) as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 40 }), async (most, steps) => {
        const concurrency = createConcurrency(clock);
        const running: { readonly purpose: Purpose; readonly turn: Turn }[] = [];
        const aborts: AbortController[] = [];
        let open = 0;
        for (const action of steps) {
          if (action.type === 'ask') {
            const abort = new AbortController();
            aborts.push(abort);
            open++;
            const turn = concurrency.turn({ place: 'a', most, purpose: action.purpose, signal: abort.signal });
            Promise.resolve(turn).then(
              (won) => running.push({ purpose: action.purpose, turn: won }),
              () => open--,
            );
          } else if (action.type === 'end') {
            const [ended] = running.splice(action.at % Math.max(1, running.length), 1);
            if (ended !== undefined) open--;
            ended?.turn.end('answered');
          } else {
            aborts[action.at % Math.max(1, aborts.length)]?.abort();
          }
          await Promise.resolve();
          await clock.settle();
          assert.ok(running.filter((one) => one.purpose === 'completion').length <= most);
          const { running: count, waiting } = concurrency.occupancy('a') ?? { running: 0, waiting: 0 };
          assert.equal(count, running.length);
          assert.equal(count + waiting, open);
        }
        while (running.length > 0) {
          running.shift()?.turn.end('answered');
          await clock.settle();
        }
        assert.equal(concurrency.occupancy('a')?.waiting ?? 0, 0, 'somebody was forgotten');
      }),
      { numRuns: 200 },
    );
  });
});
