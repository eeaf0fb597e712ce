/** What is left of the limits: told by the server, less what was sent since. */
import assert from 'node:assert/strict';
import { createRateHeadroom, type RateHeadroom, type TokenNeed } from '../../../src/router/limits/rate-headroom.ts';
import type { RateSignal } from '../../../src/router/limits/rate-signals.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';

const tokens = (remaining: number, resetMs = 30_000, limit = 10_000): RateSignal => {
  return { unit: 'tokens', window: '', limit, remaining, resetMs };
};
const requests = (remaining: number, resetMs = 30_000): RateSignal => {
  return { unit: 'requests', window: '', limit: 100, remaining, resetMs };
};

describe('the headroom of a model', () => {
  const clock = createFakeClock(5000);
  let headroom: RateHeadroom;
  beforeEach(() => (headroom = createRateHeadroom(clock)));

  const charge = (need: TokenNeed = { input: 100, output: 100 }, credentialId = 'key', otherKeys = 0) =>
    headroom.charge({ target: 'a', credentialId, otherKeys, need });
  const told = (...signals: readonly RateSignal[]): void => {
    const one = charge();
    one.answered(signals);
    one.settle({ input: 100, output: 5 });
  };
  const short = (input: number, output = 0): number | undefined =>
    headroom.shortage('a', () => ({ input, output }))?.untilMs;

  it('is unlimited as long as nothing is known, and nothing is counted for it', () => {
    assert.equal(
      headroom.shortage('a', () => assert.fail('counted')),
      undefined,
    );
    told();
    assert.equal(
      headroom.shortage('a', () => assert.fail('counted')),
      undefined,
    );
  });

  it('is what the server said, until it is whole again', async () => {
    told(tokens(1000));
    assert.equal(short(900, 100), undefined);
    assert.equal(short(900, 101), clock.now() + 30_000);
    await clock.advance(29_999);
    assert.equal(short(900, 101), clock.now() + 1);
    await clock.advance(1);
    assert.equal(short(900, 101), undefined);
  });

  it('waits for the last of several limits', () => {
    told(tokens(0, 20_000), requests(0, 50_000));
    assert.deepEqual(
      headroom.shortage('a', () => ({ input: 1, output: 1 })),
      { untilMs: clock.now() + 50_000, unit: 'requests' },
    );
  });

  it('lets through what could never fit: the server has to say so', () => {
    told(tokens(5000));
    assert.equal(short(10_001), undefined);
    assert.notEqual(short(10_000), undefined);
  });

  it('counts what was sent and not answered yet', () => {
    told(tokens(1000));
    const pending = charge({ input: 600, output: 200 });
    assert.equal(short(200), undefined);
    assert.notEqual(short(201), undefined);
    pending.answered([tokens(900)]);
    assert.equal(short(900), undefined, 'now the server says it');
    pending.settle({ input: 600, output: 10 });
    assert.equal(short(900), undefined);
  });

  it('gets back what was not used', () => {
    told(tokens(1000));
    const refused = charge({ input: 1000, output: 0 });
    assert.notEqual(short(1), undefined);
    refused.settle(undefined);
    assert.equal(short(1000), undefined);
    const silent = charge({ input: 500, output: 500 });
    silent.answered([]);
    assert.notEqual(short(1), undefined);
    silent.settle({ input: 500, output: 20 });
    assert.equal(short(480), undefined);
    assert.notEqual(short(481), undefined);
  });

  it('asks for any room for output only where output has a limit of its own', () => {
    told({ unit: 'output-tokens', window: '', limit: 8000, remaining: 10, resetMs: 1000 });
    assert.equal(short(0, 4000), undefined);
    told({ unit: 'output-tokens', window: '', limit: 8000, remaining: 0, resetMs: 1000 });
    assert.notEqual(short(0, 4000), undefined);
    assert.equal(short(10, 0), undefined);
  });

  it('is there as long as one key has some', async () => {
    charge(undefined, 'one', 1).answered([requests(0, 10_000)]);
    assert.equal(short(1), undefined, 'nothing is known of the other key');
    charge(undefined, 'two', 1).answered([requests(0, 5000)]);
    assert.equal(short(1), clock.now() + 5000, 'the first to be whole again');
    const need = (): TokenNeed => ({ input: 1, output: 1 });
    assert.notEqual(headroom.shortageOfKey('a', 'one', need), undefined);
    assert.equal(headroom.shortageOfKey('a', 'three', need), undefined);
    await clock.advance(5000);
    assert.equal(short(1), undefined);
  });

  it('is shown without what is past', async () => {
    told(tokens(1000), requests(7, 1000));
    const silent = charge();
    silent.settle({ input: 300, output: 0 });
    await clock.advance(1000);
    assert.deepEqual(headroom.known('a'), [
      { unit: 'tokens', window: '', limit: 10_000, remaining: 700, resetsAtMs: clock.now() + 29_000 },
    ]);
    headroom.reset();
    assert.deepEqual(headroom.known('a'), []);
  });
});
