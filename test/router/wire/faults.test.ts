import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ErrorKind, ReaperError } from '../../../src/base/errors.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import {
  type Loopback,
  type Reply,
  collect,
  recorded,
  recordedReply,
  startLoopback,
  textOf,
  wireCall,
} from './loopback.ts';
import { type WireCase, wireCases } from './wire-cases.ts';
import { credentialOf } from '../../../src/router/credential.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

/** What came before the error, and the error. */
async function failing(
  one: WireCase,
  reply: Reply,
): Promise<{ readonly error: ReaperError; readonly parts: readonly StreamPart[] }> {
  server = await startLoopback(() => reply);
  const parts: StreamPart[] = [];
  try {
    for await (const part of one.wire.stream(
      wireCall(server.url, { fim: one.fim, ...one.call, credential: credentialOf('api-key', 'sk-secret-1234') }),
    )) {
      parts.push(part);
    }
  } catch (error) {
    assert.ok(error instanceof ReaperError, String(error));
    assert.ok(!error.message.includes('sk-secret-1234'), error.message);
    return { error, parts };
  }
  assert.fail(`no error, but ${JSON.stringify(parts)}`);
}

function typeOf(one: WireCase): Readonly<Record<string, string>> {
  return { 'content-type': one.stream.endsWith('.sse') ? 'text/event-stream' : 'application/x-ndjson' };
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

const statuses: readonly (readonly [status: number, kind: ErrorKind])[] = [
  [401, 'auth'],
  [402, 'quota'],
  [429, 'rate-limit'],
  [500, 'overloaded'],
  [529, 'overloaded'],
  [302, 'invalid-config'],
];

for (const one of wireCases) {
  describe(`the ${one.name} protocol`, () => {
    it('gives the text, one usage at least, and one finish at the end', async () => {
      server = await startLoopback(() => recordedReply(one.stream));
      const parts = await collect(one.wire.stream(wireCall(server.url, { fim: one.fim, ...one.call })));
      assert.equal(textOf(parts), one.text);
      assert.equal(parts.filter((part) => part.type === 'finish').length, 1);
      assert.equal(parts.at(-1)?.type, 'finish');
      assert.equal(parts.at(-2)?.type, 'usage');
    });

    it('reads the same from whatever pieces the network makes of it', async () => {
      const bytes = new TextEncoder().encode(recorded(one.stream).join(''));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), async (sizes) => {
          const pieces: Uint8Array[] = [];
          let at = 0;
          for (const size of [...sizes, bytes.length]) {
            if (at < bytes.length) pieces.push(bytes.slice(at, at + size));
            at += size;
          }
          const fetch = (): Promise<Response> =>
            Promise.resolve(new Response(streamOf(pieces), { headers: typeOf(one) }));
          const parts = await collect(
            one.wire.stream(wireCall('http://127.0.0.1:1', { fim: one.fim, ...one.call, fetch })),
          );
          assert.equal(textOf(parts), one.text);
        }),
        { numRuns: 30 },
      );
    });

    for (const [status, kind] of statuses) {
      it(`takes a ${status} as ${kind}`, async () => {
        const { error, parts } = await failing(one, {
          status,
          json: { error: { message: 'no, not with sk-secret-1234' } },
          headers: { 'retry-after': '7', location: 'http://127.0.0.1:1/elsewhere' },
        });
        assert.equal(error.kind, kind);
        assert.equal(error.status, status);
        assert.deepEqual(parts, []);
        if (kind === 'rate-limit') assert.equal(error.retryAfterMs, 7000);
      });
    }

    it('says that a web page is no answer, and what to check', async () => {
      const { error } = await failing(one, {
        headers: { 'content-type': 'text/html; charset=utf-8' },
        chunks: ['<html><body>Sign in</body></html>'],
      });
      assert.equal(error.kind, 'bad-response');
      assert.match(error.message, /web page \(text\/html\)/);
      assert.match(error.message, /base URL/);
    });

    // Of those whose answers end with the body, their own tests tell.
    const itUnlessEnded = one.endsWithBody === true ? (): undefined => undefined : it;
    itUnlessEnded('takes a stream without its end as cut off, and counts what came', async () => {
      const chunks = recorded(one.stream);
      const upTo = chunks.findIndex((chunk) => chunk.includes('th *')) + 1;
      const { error, parts } = await failing(one, { headers: typeOf(one), chunks: chunks.slice(0, upTo) });
      assert.equal(error.kind, 'network');
      assert.match(error.message, /cut off/);
      assert.ok(one.text.startsWith(textOf(parts)) && textOf(parts) !== '');
      const last = parts.at(-1);
      assert.ok(
        last?.type === 'usage' && last.usage.estimated && last.usage.output > 0 && last.usage.inputUncached > 0,
      );
    });

    it('takes a connection that breaks in the middle as a network error', async () => {
      const chunks = recorded(one.stream);
      const { error } = await failing(one, { headers: typeOf(one), chunks: chunks.slice(0, 2), end: 'break' });
      assert.equal(error.kind, 'network');
      assert.equal(error.retryable, true);
    });

    it('takes a piece that is not JSON as a bad response', async () => {
      const isEvents = one.stream.endsWith('.sse');
      const { error } = await failing(one, {
        headers: typeOf(one),
        chunks: [isEvents ? 'data: {"a":\n\n' : '{"a":\n'],
      });
      assert.equal(error.kind, 'bad-response');
    });

    it('bears JSON of any shape', async () => {
      const isEvents = one.stream.endsWith('.sse');
      const shapes = [
        {},
        { choices: 3 },
        { choices: [null] },
        { choices: [{ delta: { content: {} } }] },
        { content: 5 },
      ];
      const chunks = shapes
        .map((shape) => JSON.stringify(shape))
        .map((json) => (isEvents ? `data: ${json}\n\n` : `${json}\n`));
      const { error, parts } = await failing(one, { headers: typeOf(one), chunks });
      assert.equal(error.kind, 'network');
      assert.equal(textOf(parts), '');
    });

    it('gives up on a piece without end instead of keeping it', async () => {
      const flood = 'x'.repeat(256 * 1024);
      function* endless(): Generator<string> {
        yield one.stream.endsWith('.sse') ? 'data: "' : '"';
        for (let count = 0; count < 400; count++) yield flood;
      }
      const { error } = await failing(one, { headers: typeOf(one), chunks: endless() });
      assert.equal(error.kind, 'bad-response');
      assert.match(error.message, /more than 1 MiB/);
    });

    it('replaces bytes that are not UTF-8', async () => {
      const chunks = recorded(one.stream).map((chunk) => new TextEncoder().encode(chunk));
      const at = chunks.findIndex((chunk) => new TextDecoder().decode(chunk).includes('th *'));
      const bad = chunks.map((chunk, index) =>
        index === at ? chunk.map((byte) => (byte === 0x2a ? 0xff : byte)) : chunk,
      );
      server = await startLoopback(() => ({ headers: typeOf(one), chunks: bad }));
      const parts = await collect(one.wire.stream(wireCall(server.url, { fim: one.fim, ...one.call })));
      assert.ok(textOf(parts).startsWith('th \ufffd height'));
    });

    it('says that nothing answers when the server is down', async () => {
      server = await startLoopback(() => ({}));
      const { url } = server;
      await server.close();
      await assert.rejects(
        () => collect(one.wire.stream(wireCall(url, { fim: one.fim, ...one.call }))),
        (error: unknown) =>
          error instanceof ReaperError && error.kind === 'network' && error.message.includes(url.slice(7)),
      );
    });

    it('passes on what the policy says against a host', async () => {
      const forbidden = new ReaperError('privacy', 'Not that one.');
      const fetch = (): Promise<Response> => Promise.reject(forbidden);
      await assert.rejects(
        () => collect(one.wire.stream(wireCall('http://127.0.0.1:1', { fim: one.fim, ...one.call, fetch }))),
        (error: unknown) => error === forbidden,
      );
    });
  });
}
