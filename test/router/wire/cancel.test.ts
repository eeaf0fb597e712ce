import assert from 'node:assert/strict';
import { isCancellation, ReaperError } from '../../../src/base/errors.ts';
import { countAbortListeners, watchUnhandledRejections } from '../leak-detectors.ts';
import { type Loopback, collect, gate, recorded, recordedReply, startLoopback, wireCall } from './loopback.ts';
import { wireCases } from './wire-cases.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

function headersOf(stream: string): Readonly<Record<string, string>> {
  return { 'content-type': stream.endsWith('.sse') ? 'text/event-stream' : 'application/x-ndjson' };
}

for (const one of wireCases) {
  describe(`leaving a stream of the ${one.name} protocol`, () => {
    const rejections = watchUnhandledRejections();
    const beginning = recorded(one.stream).slice(
      0,
      recorded(one.stream).findIndex((chunk) => chunk.includes(' height')),
    );

    it('closes the socket when the loop is left', async () => {
      server = await startLoopback(() => ({ headers: headersOf(one.stream), chunks: beginning, end: 'hang' }));
      const { signal } = new AbortController();
      for await (const part of one.wire.stream(wireCall(server.url, { fim: one.fim, ...one.call, signal }))) {
        if (part.type === 'text-delta') break;
      }
      assert.equal(await server.received[0]?.ended, false);
      rejections.assertNone();
    });

    it('closes the socket when the signal is aborted in the middle of an answer', async () => {
      server = await startLoopback(() => ({ headers: headersOf(one.stream), chunks: beginning, end: 'hang' }));
      const controller = new AbortController();
      await assert.rejects(async () => {
        for await (const part of one.wire.stream(
          wireCall(server?.url ?? '', { fim: one.fim, ...one.call, signal: controller.signal }),
        )) {
          if (part.type === 'text-delta') controller.abort();
        }
      }, isCancellation);
      assert.equal(await server.received[0]?.ended, false);
      rejections.assertNone();
    });

    it('closes the socket when the signal is aborted before the answer', async () => {
      const controller = new AbortController();
      const asked = gate();
      const never = gate();
      server = await startLoopback(() => {
        asked.open();
        return { after: never.opened };
      });
      const running = collect(
        one.wire.stream(wireCall(server.url, { fim: one.fim, ...one.call, signal: controller.signal })),
      );
      const outcome = assert.rejects(running, isCancellation);
      await asked.opened;
      controller.abort();
      await outcome;
      assert.equal(await server.received[0]?.ended, false);
      rejections.assertNone();
    });

    it('sends nothing when the signal was aborted before', async () => {
      server = await startLoopback(() => recordedReply(one.stream));
      const call = wireCall(server.url, { fim: one.fim, ...one.call, signal: AbortSignal.abort() });
      await assert.rejects(() => collect(one.wire.stream(call)), isCancellation);
      assert.equal(server.received.length, 0);
    });

    it('tells a deadline from a cancellation by the reason of the abort', async () => {
      server = await startLoopback(() => ({ headers: headersOf(one.stream), chunks: beginning, end: 'hang' }));
      const controller = new AbortController();
      const deadline = new ReaperError('timeout', 'Too late.');
      await assert.rejects(
        async () => {
          for await (const part of one.wire.stream(
            wireCall(server?.url ?? '', { fim: one.fim, ...one.call, signal: controller.signal }),
          )) {
            if (part.type === 'text-delta') controller.abort(deadline);
          }
        },
        (error: unknown) => error === deadline,
      );
    });

    it('leaves no listener on the signal', async () => {
      const { signal } = new AbortController();
      const listeners = countAbortListeners(signal);
      // Without a network, for `fetch` itself leaves one until the garbage is collected.
      const fetch = (): Promise<Response> =>
        Promise.resolve(new Response(recorded(one.stream).join(''), { headers: headersOf(one.stream) }));
      await collect(one.wire.stream(wireCall('http://127.0.0.1:1', { fim: one.fim, ...one.call, signal, fetch })));
      assert.equal(listeners.current, 0);
    });

    it('leaves the connection fit for the next request when the answer came to its end', async () => {
      server = await startLoopback(() => recordedReply(one.stream));
      for (let count = 0; count < 6; count++)
        await collect(one.wire.stream(wireCall(server.url, { fim: one.fim, ...one.call })));
      // Two, since fetch gives a socket back a moment after its answer's end; six if answers were broken off.
      assert.ok(server.connections <= 2, String(server.connections));
    });

    it('gives each piece before the next one is sent', async () => {
      const seen = gate();
      const chunks = recorded(one.stream);
      async function* paced(): AsyncGenerator<string> {
        yield* beginning;
        await seen.opened;
        yield* chunks.slice(beginning.length);
      }
      server = await startLoopback(() => ({ headers: headersOf(one.stream), chunks: paced() }));
      for await (const part of one.wire.stream(wireCall(server.url, { fim: one.fim, ...one.call }))) {
        // If the first text were held back, the server would never send the rest.
        if (part.type === 'text-delta') seen.open();
      }
    });
  });
}
