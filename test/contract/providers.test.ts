/** What every provider promises, through the router and over real sockets. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isCancellation, type ErrorKind } from '../../src/base/errors.ts';
import type { ModelServer, Script } from '../fakes/model-server.ts';
import { countAbortListeners, watchUnhandledRejections } from '../router/leak-detectors.ts';
import { collect, never, type RouterFixture, textOf, until } from '../router/router-fixture.ts';
import {
  beginning,
  bytesOf,
  contentTypeOf,
  holeRequest,
  holesIn,
  isHole,
  KEY,
  profileAt,
  providersUnderTest,
  readyFixture,
  startDialectServer,
  streamText,
} from './dialects.ts';

for (const provider of providersUnderTest()) {
  const { definition, dialect } = provider;

  describe(`the provider ${definition.id}`, () => {
    const unhandled = watchUnhandledRejections();
    let server: ModelServer;
    let fixture: RouterFixture;

    const wholeStream: Script = ({ begin, write, end }) => {
      begin(contentTypeOf(dialect));
      write(streamText(dialect));
      end();
    };

    async function start(script: Script = wholeStream): Promise<void> {
      server = await startDialectServer(dialect, script);
      fixture = await readyFixture([profileAt(provider, server)]);
    }

    afterEach(async () => {
      try {
        fixture.router.dispose();
        await fixture.clock.settle();
        assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
      } finally {
        await server.close();
      }
      unhandled.assertNone();
    });

    it('streams text, with its usage or an estimate of it, and one finish at the end', async () => {
      await start();
      const parts = await collect(fixture.router.stream(holeRequest(), never));
      assert.equal(textOf(parts), dialect.text);
      assert.deepEqual(parts.filter(({ type }) => type === 'finish').length, 1);
      assert.equal(parts.at(-1)?.type, 'finish');
      assert.equal(holesIn(server, dialect), 1);
      const [record] = fixture.records;
      assert.equal(record?.outcome.type, 'finished');
      assert.equal(record?.model, dialect.model);
      assert.ok((record?.usage.output ?? 0) > 0, 'no output tokens');
      assert.ok((record?.usage.inputUncached ?? 0) + (record?.usage.inputCacheRead ?? 0) > 0, 'no input tokens');
      assert.notEqual(record?.firstUsefulTokenMs, undefined);
    });

    it('obeys stop strings, whether the server does or not', async () => {
      await start();
      const parts = await collect(fixture.router.stream(holeRequest({ stop: ['* hei', 'never'] }), never));
      assert.equal(textOf(parts), 'th ');
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
      assert.match(server.requests.at(-1)?.body ?? '', /\* hei|completion>/);
    });

    it('sends the key in its header and nowhere else', async () => {
      await start(({ answer, request }) => {
        const sent = request.headers[dialect.keyHeader];
        answer(
          401,
          { 'content-type': 'application/json' },
          JSON.stringify({ error: { message: `wrong: ${String(sent)}` } }),
        );
      });
      const tested = await fixture.router.test(profileAt(provider, server), never);
      await assert.rejects(collect(fixture.router.stream(holeRequest(), never)), (error: Error) => {
        for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
          assert.ok(!`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`.includes(KEY), 'key in an error');
        }
        return true;
      });
      assert.ok(server.requests.length > 1);
      for (const request of server.requests) {
        const isBearer = dialect.keyHeader === 'authorization';
        assert.equal(request.headers[dialect.keyHeader], isBearer ? `Bearer ${KEY}` : KEY);
        const { [dialect.keyHeader]: _, ...others } = request.headers;
        assert.ok(!JSON.stringify([request.path, request.body, others]).includes(KEY), 'key outside its header');
      }
      const seen = [fixture.records, fixture.egress, fixture.router.health(), fixture.log, tested];
      assert.ok(!JSON.stringify(seen).includes(KEY), 'key in what is kept');
    });

    it('is cancelled up to the server: before the headers, in the middle, and by leaving the loop', async () => {
      await start(() => undefined);
      const abort = new AbortController();
      const listeners = countAbortListeners(abort.signal);
      const asked = server.requests.length;
      const early = assert.rejects(collect(fixture.router.stream(holeRequest(), abort.signal)), isCancellation);
      await server.received(asked + 1);
      abort.abort();
      await early;
      await server.idle();
      assert.equal(listeners.current, 0, 'listeners left');

      let closed: Promise<void> | undefined;
      const half: Script = ({ begin, write, closedByClient }) => {
        closed = closedByClient;
        begin(contentTypeOf(dialect));
        write(beginning(dialect));
      };
      await server.close();
      fixture.router.dispose();
      await start(half);
      const second = new AbortController();
      await assert.rejects(async () => {
        for await (const part of fixture.router.stream(holeRequest(), second.signal)) {
          if (part.type === 'text-delta') second.abort();
        }
      }, isCancellation);
      await closed;

      for await (const part of fixture.router.stream(holeRequest(), never)) {
        if (part.type === 'text-delta') break;
      }
      await closed;
      await until(() => fixture.records.length === 2);
      assert.deepEqual(
        fixture.records.map(({ outcome }) => outcome.type),
        ['cancelled', 'cancelled'],
      );
    });

    const errors: readonly (readonly [status: number, kind: ErrorKind, retryAfterMs: number | undefined])[] = [
      [401, 'auth', undefined],
      [402, 'quota', undefined],
      [403, 'auth', undefined],
      [429, 'rate-limit', 7000],
      [500, 'overloaded', undefined],
      [529, 'overloaded', undefined],
    ];
    for (const [status, kind, retryAfterMs] of errors) {
      // What may pass is tried once more; so long as the server here asks for, nobody waits for ghost text.
      const requests = kind === 'overloaded' ? 2 : 1;
      it(`fails with ${kind} on a ${status}, after ${requests} of them`, async () => {
        const headers = retryAfterMs === undefined ? {} : { 'retry-after': '7' };
        await start(({ answer }) => answer(status, headers, '{"error":{"message":"no"}}'));
        await assert.rejects(collect(fixture.router.stream(holeRequest(), never)), { kind, status, retryAfterMs });
        assert.equal(holesIn(server, dialect), requests);
      });
    }

    it('ends with interrupted when the stream is cut after the first text', async () => {
      await start(({ begin, write, cut }) => {
        begin(contentTypeOf(dialect));
        write(beginning(dialect));
        setImmediate(cut);
      });
      const parts = await collect(fixture.router.stream(holeRequest(), never));
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
      const [record] = fixture.records;
      assert.equal(record?.outcome.type === 'failed' && record.outcome.kind, 'network');
      assert.equal(record?.usage.estimated, true);
    });

    it('gives the same parts however the network cuts the stream, byte by byte too', async () => {
      const bytes = bytesOf(dialect, streamText(dialect));
      let sizes: readonly number[] = [];
      server = await startDialectServer(dialect, wholeStream);
      fixture = await readyFixture([profileAt(provider, server)], {
        fetch: (url, init) =>
          isHole(dialect, String(url).replace(server.url, ''), String(init?.body))
            ? Promise.resolve(
                new Response(inPieces(bytes, sizes), { headers: { 'content-type': contentTypeOf(dialect) } }),
              )
            : globalThis.fetch(url, init),
      });
      // Where a piece ends inside a stop string or a tag, text waits for the next one: so neighbouring text counts as one.
      const read = async (): Promise<string> => {
        const parts = await collect(fixture.router.stream(holeRequest(), never));
        const rest = parts.filter(({ type }) => type !== 'text-delta');
        return `${textOf(parts)} ${JSON.stringify(rest)}`;
      };
      const whole = await read();
      assert.ok(whole.startsWith(dialect.text));
      sizes = [1];
      assert.equal(await read(), whole);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 }), async (random) => {
          sizes = random;
          assert.equal(await read(), whole);
        }),
        { numRuns: 25 },
      );
    });

    it('tells what it is when it is tested', async () => {
      await start();
      const result = await fixture.router.test(profileAt(provider, server), never);
      assert.equal(result.reachable, true);
      assert.equal(result.problem, undefined);
      assert.notEqual(result.keyAccepted, false);
      assert.notEqual(result.modelPresent, false);
      assert.notEqual(result.fim.type, 'none');
      assert.deepEqual(result.models, [dialect.model]);
      const absent = await fixture.router.test(profileAt(provider, server, { completionModel: 'absent-model' }), never);
      if (absent.modelPresent === false) assert.match(absent.problem ?? '', /absent-model/);
    });
  });
}

/** The bytes in pieces of these sizes, over and over; without sizes in one piece. */
function inPieces(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      const size = sizes[turn++ % Math.max(1, sizes.length)] ?? bytes.length;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
