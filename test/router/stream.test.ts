/** The router's stream: one answer, ordered fallback before it, nothing spliced after it, one record per attempt. */
import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { closedPort, type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { finish, line, text } from './part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
  withoutSource,
} from './router-fixture.ts';

describe('router.stream', () => {
  let first: ModelServer;
  let second: ModelServer;
  let fixture: RouterFixture;

  beforeEach(async () => {
    first = await startModelServer(({ begin, write, end }) => {
      begin();
      write(text('one') + finish);
      end();
    });
    second = await startModelServer(({ begin, write, end }) => {
      begin();
      write(text('two') + finish);
      end();
    });
    fixture = createFixture([
      profileOf(defineTestProvider('first', { baseUrl: first.url })),
      profileOf(defineTestProvider('second', { baseUrl: second.url })),
    ]);
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  it('asks the first provider only, when it answers', async () => {
    const parts = await collect(fixture.router.stream(fimRequest(), never));
    assert.deepEqual(parts, [
      { type: 'source', providerId: 'first', model: 'first-model', reason: 'first choice', isDegraded: false },
      { type: 'text-delta', text: 'one' },
      { type: 'finish', reason: 'stop' },
    ]);
    assert.deepEqual(fixture.router.degradations(), []);
    assert.equal(second.requests.length, 0);
    const [record] = fixture.records;
    assert.equal(fixture.records.length, 1);
    assert.equal(record?.providerId, 'first');
    assert.equal(record?.model, 'first-model');
    assert.equal(record?.reason, 'first choice');
    assert.deepEqual(record?.outcome, { type: 'finished', reason: 'stop' });
    assert.equal(record?.bytesSent, Buffer.byteLength(first.requests[0]?.body ?? ''));
    assert.ok((record?.bytesReceived ?? 0) > 0);
    assert.equal(record?.usage.estimated, true);
  });

  it('sends nothing before it is iterated', async () => {
    fixture.router.stream(fimRequest(), never);
    await fixture.clock.settle();
    assert.equal(first.requests.length, 0);
    assert.equal(fixture.records.length, 0);
  });

  it('falls back before the first useful token and drops what was held back', async () => {
    first.script = ({ begin, write, end }) => {
      begin();
      write(line({ type: 'warning', message: 'no stop strings' }) + text('  \n') + text(' '));
      write('{"error":{"message":"overloaded","type":"overloaded_error"}}\n');
      end();
    };
    const parts = await collect(fixture.router.stream(fimRequest(), never));
    const reason = 'fallback after overloaded from first';
    assert.deepEqual(parts, [
      { type: 'source', providerId: 'second', model: 'second-model', reason, isDegraded: true },
      { type: 'text-delta', text: 'two' },
      { type: 'finish', reason: 'stop' },
    ]);
    assert.equal(first.requests.length, 1);
    assert.equal(second.requests.length, 1);
    const [failed, answered] = fixture.records;
    assert.equal(failed?.outcome.type === 'failed' && failed.outcome.kind, 'overloaded');
    assert.deepEqual(failed?.warnings, ['no stop strings']);
    assert.equal(answered?.reason, reason);
    assert.equal(failed?.requestId, answered?.requestId);
    assert.notEqual(failed?.id, answered?.id);
  });

  for (const [name, useful] of [
    ['text', text('x')],
    ['reasoning', line({ type: 'reasoning-delta', text: 'hm' })],
    ['a tool call', line({ type: 'tool-call-start', id: '1', name: 'read' })],
  ] as const) {
    it(`never falls back after ${name}: the stream ends with interrupted`, async () => {
      first.script = ({ begin, write, cut }) => {
        begin();
        write(useful);
        setImmediate(cut);
      };
      const parts = await collect(fixture.router.stream(fimRequest(), never));
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
      assert.equal(withoutSource(parts).length, 2);
      assert.equal(second.requests.length, 0);
      assert.equal(fixture.records.length, 1);
      const outcome = fixture.records[0]?.outcome;
      assert.equal(outcome?.type === 'failed' && outcome.kind, 'network');
      assert.notEqual(fixture.records[0]?.firstUsefulTokenMs, undefined);
    });
  }

  it('keeps leading white space of the answer that is used', async () => {
    first.script = ({ begin, write, end }) => {
      begin();
      write(text('\n  ') + text('x') + text(' ') + finish);
      end();
    };
    const parts = await collect(fixture.router.stream(fimRequest(), never));
    assert.equal(textOf(parts), '\n  x ');
  });

  it('takes an empty answer as an answer', async () => {
    first.script = ({ begin, write, end }) => {
      begin();
      write(finish);
      end();
    };
    const parts = await collect(fixture.router.stream(fimRequest(), never));
    assert.deepEqual(withoutSource(parts), [{ type: 'finish', reason: 'stop' }]);
    assert.equal(second.requests.length, 0);
  });

  it('treats a stream that ends without finish as cut off', async () => {
    first.script = ({ begin, write, end }) => {
      begin();
      write(text(' '));
      end();
    };
    const parts = await collect(fixture.router.stream(fimRequest(), never));
    assert.equal(textOf(parts), 'two');
    const outcome = fixture.records[0]?.outcome;
    assert.match(outcome?.type === 'failed' ? outcome.message : '', /first at 127\.0\.0\.1:\d+ was cut off/);
  });

  it('gives up on a model that sends nothing but white space', async () => {
    first.script = ({ begin, write }) => {
      begin();
      write(text(' '.repeat(20_000)));
    };
    assert.equal(textOf(await collect(fixture.router.stream(fimRequest(), never))), 'two');
    await first.allClosed();
  });

  it('falls back from a dead server at once', async () => {
    const port = await closedPort();
    fixture.setProfiles([
      profileOf(defineTestProvider('dead', { baseUrl: `http://127.0.0.1:${port}` })),
      profileOf(defineTestProvider('second', { baseUrl: second.url })),
    ]);
    assert.equal(textOf(await collect(fixture.router.stream(fimRequest(), never))), 'two');
    const outcome = fixture.records[0]?.outcome;
    assert.match(outcome?.type === 'failed' ? outcome.message : '', new RegExp(`Nothing answers at 127.0.0.1:${port}`));
  });

  it('throws one error that says of each provider what was the matter', async () => {
    first.script = ({ answer }) => answer(401, {}, '{"error":{"message":"bad key"}}');
    second.script = ({ answer }) => answer(500, {}, 'oops');
    await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), (error: unknown) => {
      assert.ok(error instanceof ReaperError);
      assert.equal(error.kind, 'auth');
      assert.equal(error.retryable, true);
      assert.match(error.message, /first: .*API key.*\nsecond: .*cannot answer.*oops/s);
      return true;
    });
    // The last one is asked once more.
    assert.deepEqual(
      fixture.records.map(({ providerId, role }) => [providerId, role]),
      [
        ['first', 'only'],
        ['second', 'only'],
        ['second', 'retry'],
      ],
    );
  });

  it('falls back when the first useful token is late, by the limits of the request', async () => {
    first.script = ({ begin, write }) => {
      begin();
      write('ping\n' + text(' '));
    };
    const parts = collect(fixture.router.stream(fimRequest({ limits: { firstUsefulTokenMs: 400 } }), never));
    await first.received(1);
    await fixture.clock.advance(399);
    assert.equal(second.requests.length, 0);
    await fixture.clock.advance(1);
    assert.equal(textOf(await parts), 'two');
    await first.allClosed();
    const outcome = fixture.records[0]?.outcome;
    assert.match(outcome?.type === 'failed' ? outcome.message : '', /gave no text within 400 ms/);
    assert.equal(fixture.records[1]?.reason, 'fallback after timeout from first');
  });

  it('interrupts a stream that falls silent, whatever pings say', async () => {
    first.script = ({ begin, write }) => {
      begin();
      write(text('one') + 'ping\n');
    };
    const stream = fixture.router.stream(fimRequest({ limits: { betweenTokensMs: 2000 } }), never);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    assert.deepEqual((await iterator.next()).value, { type: 'text-delta', text: 'one' });
    // The reader's own time is not the server's silence.
    await fixture.clock.advance(5000);
    const next = iterator.next();
    await fixture.clock.advance(1999);
    assert.equal(fixture.records.length, 0);
    await fixture.clock.advance(1);
    assert.deepEqual((await next).value, { type: 'finish', reason: 'interrupted' });
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
    await first.allClosed();
  });

  it('bounds the whole request, fallbacks included', async () => {
    for (const server of [first, second]) {
      server.script = ({ begin }) => begin();
    }
    const request = fimRequest({ limits: { firstUsefulTokenMs: 300, totalMs: 500 } });
    const outcome = assert.rejects(collect(fixture.router.stream(request, never)), { kind: 'timeout' });
    await first.received(1);
    await fixture.clock.advance(300);
    await second.received(1);
    await fixture.clock.advance(200);
    await outcome;
    await Promise.all([first.allClosed(), second.allClosed()]);
  });

  it('tries only the providers that a request names, in its order, with its model', async () => {
    const routing = { providers: ['second', 'nobody'], model: 'special' };
    assert.equal(textOf(await collect(fixture.router.stream(fimRequest({ routing }), never))), 'two');
    assert.equal(fixture.records[0]?.model, 'special');
    second.script = ({ answer }) => answer(500, {});
    await assert.rejects(collect(fixture.router.stream(fimRequest({ routing }), never)), /nobody: there is no such/);
    assert.equal(first.requests.length, 0);
  });

  it('goes on when a listener of records fails', async () => {
    fixture.router.onRequestFinished(() => {
      throw new Error('listener');
    });
    assert.equal(textOf(await collect(fixture.router.stream(fimRequest(), never))), 'one');
    assert.ok(fixture.log.some((entry) => entry.startsWith('error') && entry.includes('listener')));
  });

  it('keeps the connection for the next request', async () => {
    for (let i = 0; i < 5; i++) {
      await collect(fixture.router.stream(fimRequest(), never));
      await until(() => fixture.egress.recorded.length === i + 1);
    }
    assert.equal(first.connections, 1);
  });
});
