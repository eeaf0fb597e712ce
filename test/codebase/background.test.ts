import assert from 'node:assert/strict';
import { systemClock } from '../../src/base/clock.ts';
import { isCancellation } from '../../src/base/errors.ts';
import { createBackground, type SlicedWork } from '../../src/codebase/background.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

function* steps(log: string[], name: string, count: number): SlicedWork<string> {
  for (let step = 0; step < count; step++) {
    log.push(`${name}${step}`);
    yield;
  }
  return name;
}

describe('background work', () => {
  it('gives its result', async () => {
    const background = createBackground(systemClock);
    assert.equal(await background.run(steps([], 'a', 3), 'soon'), 'a');
  });

  it('lets other work of the thread in between when its time is up', async () => {
    let now = 0;
    const background = createBackground({ ...systemClock, now: () => (now += 1) });
    const log: string[] = [];
    const running = background.run(steps(log, 'a', 6), 'soon');
    const turns: number[] = [];
    let ended = false;
    void running.then(() => (ended = true));
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve));
      turns.push(log.length);
    }
    assert.ok(new Set(turns).size > 2, `work came in ${turns.join()} steps`);
  });

  it('does what somebody waits for before what is for later', async () => {
    let now = 0;
    const background = createBackground({ ...systemClock, now: () => (now += 1) });
    const log: string[] = [];
    const later = background.run(steps(log, 'later', 3), 'idle');
    await background.run(steps(log, 'soon', 3), 'soon');
    assert.ok(!log.includes('later2'));
    await later;
  });

  it('hands on errors, and goes on with the rest', async () => {
    const background = createBackground(createFakeClock());
    const failing = (function* (): SlicedWork<void> {
      yield;
      throw new Error('broken');
    })();
    const both = [background.run(failing, 'soon'), background.run(steps([], 'b', 1), 'soon')] as const;
    await assert.rejects(both[0], /broken/);
    assert.equal(await both[1], 'b');
  });

  it('ends with its signal and with its owner', async () => {
    const background = createBackground(createFakeClock());
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(background.run(steps([], 'a', 1), 'soon', abort.signal), isCancellation);
    const waiting = [background.run(steps([], 'b', 1), 'idle'), background.run(steps([], 'c', 1), 'soon')];
    background.dispose();
    for (const work of [...waiting, background.run(steps([], 'd', 1), 'soon')]) {
      await assert.rejects(work, isCancellation);
    }
  });
});
