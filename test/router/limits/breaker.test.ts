/** The breaker of one model or address: what trips it, how long it rests, and who tries first. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { type Breaker, createBreaker } from '../../../src/router/limits/breaker.ts';
import { createPenalties } from '../../../src/router/penalties.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';

/** `.` answers, `x` fails; both are asked only as long as the breaker lets them. */
function play(breaker: Breaker, calls: string): string {
  let asked = '';
  for (const call of calls) {
    if (breaker.restsUntilMs !== undefined) break;
    breaker.began();
    if (call === 'x') breaker.failed(false, 0);
    else breaker.succeeded();
    asked += call;
  }
  return asked;
}

describe('a breaker', () => {
  const clock = createFakeClock(1000);
  const create = (random = 0): Breaker => createBreaker({ clock, random: () => random });

  for (const [calls, asked, why] of [
    ['xx.', 'xx.', 'two in a row are nothing'],
    ['xxxx', 'xxx', 'three in a row are enough'],
    ['..........xxxx', '..........xxx', 'also after many answers'],
    ['xx..', 'xx..', 'half of fewer than five calls is nothing'],
    ['xx.x.', 'xx.x.', 'not even three of four'],
    ['x.x.xx', 'x.x.x', 'three of five are enough'],
    ['.x.x.x.x', '.x.x.x', 'three of six are half'],
    ['..x..x..x..x', '..x..x..x..x', 'a third is not'],
    [`${'.'.repeat(20)}${'x.'.repeat(10)}`, `${'.'.repeat(20)}${'x.'.repeat(9)}x`, 'only the last twenty count'],
  ] as const) {
    it(`${calls}: ${why}`, () => {
      assert.equal(play(create(), calls), asked);
    });
  }

  it('rests for 10 s, then for twice as long each time, and never for more than 120 s', async () => {
    const breaker = create();
    play(breaker, 'xxx');
    const rests: number[] = [];
    for (let i = 0; i < 6; i++) {
      const restMs = (breaker.restsUntilMs ?? 0) - clock.now();
      rests.push(restMs / 1000);
      await clock.advance(restMs);
      assert.equal(play(breaker, 'x'), 'x');
    }
    assert.deepEqual(rests, [10, 20, 40, 80, 120, 120]);
  });

  it('begins with 10 s again once it has answered', async () => {
    const breaker = create();
    play(breaker, 'xxx');
    await clock.advance(10_000);
    play(breaker, '.xxx');
    assert.equal(breaker.restsUntilMs, clock.now() + 10_000);
  });

  it('rests up to a tenth longer by chance, but not beyond 120 s', async () => {
    const breaker = create(1);
    play(breaker, 'xxx');
    assert.equal(breaker.restsUntilMs, clock.now() + 11_000);
    for (let i = 0; i < 5; i++) {
      await clock.advance(120_000);
      play(breaker, 'x');
    }
    assert.equal(breaker.restsUntilMs, clock.now() + 120_000);
  });

  it('lets one request decide after the rest, and the others wait for it', async () => {
    const breaker = create();
    play(breaker, 'xxx');
    await clock.advance(10_000);
    assert.equal(breaker.restsUntilMs, undefined);
    assert.equal(breaker.began(), true);
    assert.equal(breaker.restsUntilMs, Infinity);
    assert.equal(breaker.began(), false, 'the last candidate is asked all the same, but decides nothing');
    assert.equal(breaker.inconclusive(), true);
    assert.equal(breaker.restsUntilMs, undefined);
    assert.equal(breaker.succeeded(), true);
    assert.equal(play(breaker, 'xx.'), 'xx.', 'forgiven, and counted anew');
  });

  it('takes failures that arrive together as one', () => {
    const breaker = create();
    play(breaker, 'xxx');
    for (let i = 0; i < 3; i++) breaker.failed(false, 0);
    assert.equal(breaker.restsUntilMs, clock.now() + 10_000);
  });

  it('rests at once if the next try is certain to fail, and as long as the server asks', () => {
    const certain = create();
    certain.failed(true, 0);
    assert.equal(certain.restsUntilMs, clock.now() + 10_000);
    const asked = create();
    asked.failed(false, 300_000);
    assert.equal(asked.restsUntilMs, clock.now() + 300_000, 'Retry-After is no subject of the cap');
    const short = create();
    short.failed(true, 500);
    assert.equal(short.restsUntilMs, clock.now() + 10_000, 'nor does it shorten a rest');
  });
});

describe('penalties', () => {
  const clock = createFakeClock();
  const one = { providerId: 'a', baseUrl: 'http://a', key: 'a http://a one' };
  const two = { providerId: 'a', baseUrl: 'http://a', key: 'a http://a two' };
  const elsewhere = { providerId: 'a', baseUrl: 'http://b', key: 'a http://b one' };
  const gone = new ReaperError('network', 'gone');
  const busy = new ReaperError('overloaded', 'busy', { status: 503 });
  const create = (): ReturnType<typeof createPenalties> => createPenalties({ clock, random: () => 0 });

  it('of an overloaded model leave the other models of its address alone', () => {
    const penalties = create();
    for (let i = 0; i < 3; i++) penalties.failed(one, busy);
    assert.deepEqual(penalties.standing(one), { type: 'resting', untilMs: clock.now() + 10_000, error: busy });
    assert.equal(penalties.standing(two).type, 'good');
  });

  it('of a server that is gone hold for all its models, and for no other address', () => {
    const penalties = create();
    penalties.failed(one, gone);
    penalties.failed(two, gone);
    penalties.failed(one, gone);
    assert.deepEqual(penalties.standing(two), { type: 'resting', untilMs: clock.now() + 10_000, error: gone });
    assert.equal(penalties.standing(elsewhere).type, 'good');
  });

  it('end for all models of an address with an answer of one, be it a refusal', async () => {
    for (const answer of ['good', 'busy'] as const) {
      const penalties = create();
      for (const target of [one, two, one]) penalties.failed(target, gone);
      await clock.advance(10_000);
      penalties.began(two);
      assert.equal(penalties.standing(one).type, 'resting', 'while the trial is under way');
      if (answer === 'good') penalties.succeeded(two);
      else penalties.failed(two, busy);
      assert.equal(penalties.standing(one).type, 'good');
    }
  });

  it('of a rejected key hold for the provider, until it is tested or changed', () => {
    const penalties = create();
    const rejected = new ReaperError('auth', 'no');
    penalties.failed(one, rejected);
    for (const target of [one, two, elsewhere]) {
      assert.deepEqual(penalties.standing(target), { type: 'blocked', error: rejected });
    }
    penalties.forgive('a');
    assert.equal(penalties.standing(two).type, 'good');
  });

  it('change their version only when a standing changes', () => {
    const penalties = create();
    penalties.began(one);
    penalties.succeeded(one);
    penalties.inconclusive(one);
    assert.equal(penalties.version, 0);
    penalties.failed(one, busy);
    assert.equal(penalties.version, 1);
  });
});
