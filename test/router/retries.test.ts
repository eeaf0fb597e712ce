/** Retries: how often, after what wait, and when somebody else is the better choice. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { createRetryBudget, decideRetry, type FailureFacts } from '../../src/router/retries.ts';
import { createTokenBucket } from '../../src/router/token-bucket.ts';
import { closedPort } from '../fakes/model-server.ts';
import { answerWith, brief, chatRequest, type Fleet, reading, settings, startFleet } from './strategies/fleet.ts';
import { collect, defineTestProvider, never, profileOf, textOf, until } from './router-fixture.ts';

const facts: FailureFacts = {
  retries: 0,
  retriedAtOnce: false,
  hasAnother: false,
  isCompletion: false,
  leftMs: 30_000,
  canRenew: false,
  otherKeys: 0,
};
const overloaded = new ReaperError('overloaded', 'Overloaded', { status: 503 });
const most = (): number => 1;

describe('the decision about a retry', () => {
  it('waits from 100 ms, twice as long each time, with full jitter', () => {
    const waits = [0, 1, 2].map((retries) => decideRetry(overloaded, { ...facts, retries }, most));
    assert.deepEqual(
      waits,
      [100, 200, 400].map((waitMs) => ({ type: 'retry', waitMs })),
    );
    assert.deepEqual(
      decideRetry(overloaded, facts, () => 0),
      { type: 'retry', waitMs: 0 },
    );
    assert.deepEqual(decideRetry(overloaded, { ...facts, retries: 3 }, most), { type: 'give-up' });
  });

  it('never shortens Retry-After, and does not wait longer than anybody would', () => {
    const asked = (retryAfterMs: number): ReaperError => new ReaperError('rate-limit', 'Slower', { retryAfterMs });
    assert.deepEqual(
      decideRetry(asked(7000), facts, () => 0),
      { type: 'retry', waitMs: 7000 },
    );
    assert.deepEqual(
      decideRetry(asked(10_001), facts, () => 0),
      { type: 'give-up' },
    );
    assert.deepEqual(
      decideRetry(asked(7000), { ...facts, leftMs: 6999 }, () => 0),
      { type: 'give-up' },
    );
  });

  it('leaves it to somebody else where there is somebody', () => {
    assert.deepEqual(decideRetry(overloaded, { ...facts, hasAnother: true }, most), { type: 'give-up' });
  });

  it('tries once more at once where no connection came about, and not for a completion that another can give', () => {
    const refused = new ReaperError('network', 'Nobody', {
      cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
    });
    assert.deepEqual(decideRetry(refused, { ...facts, hasAnother: true }, most), { type: 'retry', waitMs: 0 });
    const again = { ...facts, hasAnother: true, retriedAtOnce: true };
    assert.deepEqual(decideRetry(refused, again, most), { type: 'give-up' });
    const completion = { ...facts, hasAnother: true, isCompletion: true };
    assert.deepEqual(decideRetry(refused, completion, most), { type: 'give-up' });
  });

  it('obeys the server’s word on whether to retry', () => {
    const no = new ReaperError('overloaded', 'No', { retryable: false });
    const yes = new ReaperError('bad-response', 'Yes', { retryable: true });
    assert.deepEqual(decideRetry(no, facts, most), { type: 'give-up' });
    assert.deepEqual(decideRetry(yes, facts, most), { type: 'retry', waitMs: 100 });
  });

  it('renews a rejected credential once, then takes the next key, at once', () => {
    const auth = new ReaperError('auth', 'No', { status: 401 });
    assert.deepEqual(decideRetry(auth, { ...facts, canRenew: true, otherKeys: 1 }, most), { type: 'renew' });
    assert.deepEqual(decideRetry(auth, { ...facts, otherKeys: 1 }, most), { type: 'next-key', waitMs: 0 });
    assert.deepEqual(decideRetry(auth, facts, most), { type: 'give-up' });
    const quota = new ReaperError('quota', 'No', { retryable: true });
    assert.deepEqual(decideRetry(quota, facts, most), { type: 'give-up' });
    assert.deepEqual(decideRetry(quota, { ...facts, otherKeys: 1, canRenew: true }, most), {
      type: 'next-key',
      waitMs: 0,
    });
  });

  it('takes the next key after a limit, but not at once: limits are often of the account', () => {
    const limited = new ReaperError('rate-limit', 'Slower', { retryAfterMs: 60_000 });
    assert.deepEqual(decideRetry(limited, { ...facts, otherKeys: 1 }, most), { type: 'next-key', waitMs: 100 });
    const completion = { ...facts, otherKeys: 1, isCompletion: true, hasAnother: true };
    assert.deepEqual(decideRetry(limited, completion, most), { type: 'give-up' });
  });

  it('never retries what the caller, the budget or the privacy settings ended', () => {
    for (const kind of ['cancelled', 'budget', 'privacy', 'refused', 'too-long', 'invalid-config'] as const) {
      assert.deepEqual(decideRetry(new ReaperError(kind, 'x'), { ...facts, otherKeys: 1 }, most), { type: 'give-up' });
    }
  });
});

describe('a share of the traffic', () => {
  it('allows as many extras as it says, and no more', () => {
    const bucket = createTokenBucket({ share: 0.05, most: 2, atFirst: 0 });
    let extras = 0;
    for (let i = 0; i < 1000; i++) {
      bucket.earn();
      if (bucket.spend()) extras++;
    }
    assert.equal(extras, 50);
    for (let i = 0; i < 1000; i++) bucket.earn();
    assert.deepEqual([bucket.spend(), bucket.spend(), bucket.spend()], [true, true, false]);
  });

  it('of retries is a fifth', () => {
    const budget = createRetryBudget();
    while (budget.spend());
    for (let i = 0; i < 4; i++) budget.earn();
    assert.equal(budget.spend(), false);
    budget.earn();
    assert.equal(budget.spend(), true);
  });
});

describe('a retry', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await startFleet({ a: {} }, { routing: { chat: settings }, random: () => 1 });
  });

  afterEach(() => fleet.close());

  it('comes after its wait, on the same provider, and is told in the record', async () => {
    fleet.server('a').script = ({ answer }) => answer(503, {});
    const { parts, end } = reading(fleet, chatRequest());
    await until(() => fleet.fixture.records.length === 1);
    await fleet.fixture.clock.advance(99);
    assert.equal(fleet.server('a').requests.length, 1);
    fleet.server('a').script = answerWith('four');
    await fleet.fixture.clock.advance(1);
    assert.equal(await end, undefined);
    assert.deepEqual(brief(parts), ['source a', 'text four', 'finish stop']);
    assert.deepEqual(fleet.outcomes(), ['a only overloaded', 'a retry finished']);
    assert.equal(fleet.fixture.records[1]?.reason, 'retry after overloaded');
  });

  it('is made three times at most, and no more than a fifth of the traffic for long', async () => {
    await fleet.close();
    fleet = await startFleet({ a: {} }, { routing: { chat: settings } });
    fleet.server('a').script = ({ answer }) => answer(503, {});
    await assert.rejects(collect(fleet.fixture.router.stream(chatRequest(), never)));
    assert.equal(fleet.server('a').requests.length, 4);
    for (let i = 0; i < 50; i++) await assert.rejects(collect(fleet.fixture.router.stream(chatRequest(), never)));
    // 51 requests, 5 retries at first, and a fifth of those that followed.
    const asked = fleet.server('a').requests.length;
    assert.ok(asked <= 51 + 5 + 11 && asked >= 51 + 5 + 9, String(asked));
  });

  it('is not waited for any more when the caller gives up', async () => {
    fleet.server('a').script = ({ answer }) => answer(503, { 'retry-after': '5' });
    const abort = new AbortController();
    const { end } = reading(fleet, chatRequest(), abort.signal);
    await until(() => fleet.fixture.records.length === 1);
    abort.abort();
    assert.equal(((await end) as ReaperError).kind, 'cancelled');
    assert.equal(fleet.fixture.clock.pendingTimers, 0);
  });

  it('has only what is left of the wait for the first token', async () => {
    fleet.server('a').script = ({ begin }) => begin();
    const { end } = reading(fleet, chatRequest());
    await fleet.server('a').received(1);
    await fleet.fixture.clock.advance(30_000);
    assert.equal(((await end) as ReaperError).kind, 'timeout');
    assert.equal(fleet.server('a').requests.length, 1);
  });

  it('does not begin the wait for the first token anew', async () => {
    const refusal = Promise.withResolvers<void>();
    fleet.server('a').script = async ({ answer }) => {
      await refusal.promise;
      answer(503, {});
    };
    const { end } = reading(fleet, chatRequest());
    await fleet.server('a').received(1);
    await fleet.fixture.clock.advance(20_000);
    refusal.resolve();
    await until(() => fleet.fixture.records.length === 1);
    fleet.server('a').script = ({ begin }) => begin();
    await fleet.fixture.clock.advance(100);
    await fleet.server('a').received(2);
    await fleet.fixture.clock.advance(9900);
    assert.equal(((await end) as ReaperError).kind, 'timeout');
  });

  it('is made at once where nothing listens, and then it is somebody else’s turn', async () => {
    const port = await closedPort();
    const dead = profileOf(defineTestProvider('dead', { baseUrl: `http://127.0.0.1:${port}` }));
    fleet.fixture.setProfiles([dead, ...fleet.profiles]);
    assert.equal(textOf(await collect(fleet.fixture.router.stream(chatRequest(), never))), 'a');
    assert.deepEqual(fleet.outcomes(), ['dead only network', 'dead retry network', 'a only finished']);
  });
});
