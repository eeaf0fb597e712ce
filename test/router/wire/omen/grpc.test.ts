/** OMEN over gRPC, against a server in this process; against one of another make in `test/contract`. */
import assert from 'node:assert/strict';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ReaperError } from '../../../../src/base/errors.ts';
import { credentialOf } from '../../../../src/router/credential.ts';
import { createTransport } from '../../../../src/router/transport.ts';
import { omenWire } from '../../../../src/router/wire/omen/omen.ts';
import type { WireCall } from '../../../../src/router/wire.ts';
import { closeAfterEach } from '../../../fakes/close-after-each.ts';
import { closedPort } from '../../../fakes/model-server.ts';
import { createRecordingEgress } from '../../router-fixture.ts';
import { collect, probeCall, startLoopback, textOf, wireCall } from '../loopback.ts';
import { type Chunk, type GrpcScript, type GrpcServer, startGrpcServer, textChunk } from './grpc-server.ts';

async function* whole(): AsyncGenerator<Chunk> {
  yield { choices: [{ delta: { role: 'assistant' } }] };
  yield textChunk('<completion>th *');
  yield textChunk(' height');
  yield textChunk('', 'stop');
}

describe('the omen wire over gRPC', () => {
  const opened = closeAfterEach();

  let server: GrpcServer;

  const start = async (script: Partial<GrpcScript> = {}): Promise<void> => {
    server = await startGrpcServer({ services: ['omen'], chunks: whole, ...script });
  };

  afterEach(() => server.close());

  const options = (transport: string): Readonly<Record<string, string>> => ({
    transport,
    grpcUrl: server.url,
    upstreams: '',
  });
  const call = (over: Partial<WireCall> = {}): WireCall =>
    wireCall('http://127.0.0.1:8080/v1', {
      model: 'qwen3-coder',
      options: options('grpc'),
      fim: { type: 'hole-filler' },
      fetch: () => Promise.reject(new Error('nothing is fetched')),
      ...over,
    });
  const run = (of: WireCall): ReturnType<typeof collect> => collect(omenWire().stream(of));

  it('fills a hole; hints travel as metadata, the key as in HTTP', async () => {
    await start();
    const parts = await run(
      call({
        credential: credentialOf('api-key', 'omen-key-1'),
        headers: { 'x-team': 'reapers' },
        routing: { strategy: 'race', k: 2, maxLatencyMs: 900 },
      }),
    );
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    const [asked] = server.asked;
    assert.equal(asked?.headers.get('authorization'), 'Bearer omen-key-1');
    assert.equal(asked?.headers.get('x-team'), 'reapers');
    const request = asked?.request as { readonly metadata: object; readonly stop: unknown; readonly stream: unknown };
    assert.deepEqual(request.metadata, {
      'omen.strategy': 'race',
      'omen.k': '2',
      'omen.max_latency_ms': '900',
      'tags.source': 'reaper',
      'tags.intent': 'code',
      'tags.priority': 'low-latency',
      'tags.language': 'typescript',
    });
    assert.deepEqual([request.stop, request.stream], [['</completion>'], true]);
  });

  it('carries the arguments of tools as parameters, both ways', async () => {
    await start({
      async *chunks() {
        const parameters = { path: { kind: { case: 'stringValue' as const, value: 'a.ts' } } };
        const more = { lines: { kind: { case: 'numberValue' as const, value: 3 } } };
        yield {
          choices: [
            { delta: { toolCalls: [{ id: 'c1', type: 'function', function: { name: 'read_file', parameters } }] } },
          ],
        };
        yield { choices: [{ delta: { toolCalls: [{ id: 'c1', function: { parameters: more } }] } }] };
        yield { choices: [{ finishReason: 'tool_calls' }] };
      },
    });
    const parts = await run(
      call({
        purpose: 'agent',
        input: {
          type: 'chat',
          messages: [
            {
              role: 'user',
              content: [
                { type: 'image', mediaType: 'image/png', data: 'aaaa' },
                { type: 'text', text: 'hi' },
              ],
            },
            {
              role: 'assistant',
              content: [{ type: 'tool-call', id: 'c0', name: 'read_file', json: '{"path":"b","deep":{"n":[1,null]}}' }],
            },
            {
              role: 'tool',
              content: [
                {
                  type: 'tool-result',
                  toolCallId: 'c0',
                  toolName: 'read_file',
                  content: [{ type: 'text', text: 'x' }],
                  isError: false,
                },
              ],
            },
          ],
          tools: [
            {
              name: 'read_file',
              description: 'Reads.',
              inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
            },
          ],
          toolChoice: { name: 'read_file' },
        },
      }),
    );
    const request = server.asked[0]?.request as Record<string, unknown>;
    assert.deepEqual(request['messages'], [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        toolCalls: [
          {
            id: 'c0',
            type: 'function',
            function: { name: 'read_file', parameters: { path: 'b', deep: { n: [1, null] } } },
          },
        ],
      },
      { role: 'tool', content: 'x', toolCallId: 'c0' },
    ]);
    assert.deepEqual(request['tools'], [
      {
        type: 'function',
        function: {
          name: 'read_file',
          description: 'Reads.',
          parameters: { type: 'object', properties: { path: { type: 'string' } } },
        },
      },
    ]);
    assert.deepEqual(request['toolChoiceFunction'], { type: 'function', function: { name: 'read_file' } });
    assert.deepEqual(
      parts.filter(({ type }) => type !== 'usage'),
      [
        { type: 'warning', message: 'The model sees no images; they were left out.' },
        { type: 'tool-call-start', id: 'c1', name: 'read_file' },
        { type: 'tool-call-delta', id: 'c1', json: '{"path":"a.ts","lines":3}' },
        { type: 'tool-call-end', id: 'c1' },
        { type: 'finish', reason: 'tool-calls' },
      ],
    );
  });

  it('asks for the service by its older name where the newer one is not known, and once only', async () => {
    await start({ services: ['chat'] });
    const wire = omenWire();
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(textOf(await collect(wire.stream(call()))), 'th * height');
    }
    assert.equal(server.asked.length, 2);
    assert.equal(
      (await wire.probe(probeCall('http://127.0.0.1:8080', { options: options('grpc') }))).problem,
      undefined,
    );
  });

  const codes = [
    [Code.Unauthenticated, 'auth'],
    [Code.PermissionDenied, 'auth'],
    [Code.ResourceExhausted, 'rate-limit'],
    [Code.Unavailable, 'overloaded'],
    [Code.Internal, 'overloaded'],
    [Code.DeadlineExceeded, 'timeout'],
    [Code.NotFound, 'invalid-config'],
    [Code.InvalidArgument, 'bad-response'],
    [Code.Unimplemented, 'invalid-config'],
  ] as const;
  for (const [code, kind] of codes) {
    it(`fails with ${kind} where the server says ${Code[code]}, first or later`, async () => {
      for (const first of [true, false]) {
        await start({
          async *chunks() {
            if (!first) yield textChunk('<completion>th');
            throw new ConnectError('no omen-key-1', code);
          },
        });
        const asked = run(call({ credential: credentialOf('api-key', 'omen-key-1') }));
        await assert.rejects(
          asked,
          (error: ReaperError) => error.kind === kind && !error.message.includes('omen-key-1'),
        );
        if (first) await server.close();
      }
    });
  }

  it('says of a prompt that is too long that it is', async () => {
    await start({
      // oxlint-disable-next-line require-yield
      async *chunks() {
        throw new ConnectError("This model's maximum context length is 8 tokens", Code.InvalidArgument);
      },
    });
    await assert.rejects(run(call()), { kind: 'too-long' });
  });

  it('names what is wrong with an address, a header or an answer', async () => {
    await start({
      async *chunks() {
        yield textChunk('x'.repeat(5 * 1024 * 1024));
      },
    });
    await assert.rejects(run(call()), { kind: 'bad-response', message: /more than 4 MiB/ });
    await assert.rejects(run(call({ headers: { 'x team': 'a' } })), {
      kind: 'invalid-config',
      message: /x team/,
    });
    const at = (grpcUrl: string): WireCall => call({ options: { ...options('grpc'), grpcUrl } });
    await assert.rejects(run(at('no address')), { kind: 'invalid-config' });
    await assert.rejects(run(at('ftp://127.0.0.1')), { kind: 'invalid-config' });
    await assert.rejects(run(at(server.url.replace('http:', 'https:'))), { kind: 'network', retryable: false });
    const loopback = opened(await startLoopback(() => ({ json: {} })));
    await assert.rejects(run(at(loopback.url)), { kind: 'network' });
  });

  it('tells the server when it is left or aborted, and keeps the connection for the next request', async () => {
    await start({
      async *chunks({ signal }) {
        yield textChunk('<completion>th *');
        yield textChunk(' hei');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    const wire = omenWire();
    const left = (index: number): Promise<unknown> =>
      new Promise((resolve) => {
        const signal = server.asked[index]?.signal;
        if (signal?.aborted === true) resolve(undefined);
        else signal?.addEventListener('abort', resolve);
      });
    for await (const part of wire.stream(call())) if (part.type === 'text-delta') break;
    await left(0);
    const abort = new AbortController();
    await assert.rejects(
      async () => {
        for await (const part of wire.stream(call({ signal: abort.signal })))
          if (part.type === 'text-delta') abort.abort();
      },
      { kind: 'cancelled' },
    );
    await left(1);
    assert.equal(server.connections, 1);
  });

  it('is cut off when the server goes in the middle of an answer', async () => {
    await start({
      async *chunks({ signal }) {
        yield textChunk('<completion>th *');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    await assert.rejects(
      async () => {
        for await (const part of omenWire().stream(call())) if (part.type === 'text-delta') await server.close();
      },
      (error: ReaperError) => error.kind === 'network' || error.kind === 'overloaded',
    );
  });

  it('asks the egress policy first, and tells the log what went over the line', async () => {
    await start();
    const egress = createRecordingEgress();
    const transport = createTransport({ egress, fetch: globalThis.fetch });
    const metered = transport({ providerId: 'omen', purpose: 'completion', signal: new AbortController().signal });
    await run(call({ exchange: metered.exchange }));
    metered.close();
    const [entry] = egress.recorded;
    assert.deepEqual([egress.recorded.length, entry?.url, entry?.status], [1, server.url, 200]);
    assert.ok((entry?.bytesSent ?? 0) > 500 && (entry?.bytesReceived ?? 0) > 20);
    assert.deepEqual(metered.bytes, { sent: entry?.bytesSent, received: entry?.bytesReceived });
    egress.forbidden.add(new URL(server.url).host);
    await assert.rejects(run(call({ exchange: metered.exchange })), { kind: 'privacy' });
    assert.equal(server.asked.length, 1);
  });

  describe('found by itself', () => {
    it('is used where only it answers, and remembered', async () => {
      await start();
      const http = `http://127.0.0.1:${await closedPort()}/v1`;
      const wire = omenWire();
      let fetches = 0;
      const fetch: typeof globalThis.fetch = (...args) => {
        fetches++;
        return globalThis.fetch(...args);
      };
      const auto = (): WireCall => call({ baseUrl: http, options: options('auto'), fetch });
      assert.equal(textOf(await collect(wire.stream(auto()))), 'th * height');
      assert.equal(textOf(await collect(wire.stream(auto()))), 'th * height');
      assert.equal(fetches, 1);
      const probed = await omenWire().probe(probeCall(http, { options: options('auto') }));
      assert.deepEqual([probed.reachable, probed.models, probed.problem], [true, ['qwen3-coder'], undefined]);
      assert.ok(probed.roundTripMs > 0);
    });

    it('is not used where HTTP is healthy, nor where it is said to be unhealthy', async () => {
      await start({ status: 'unhealthy' });
      const loopback = opened(
        await startLoopback(({ path }) =>
          path === '/health' ? { json: { status: 'healthy' } } : { json: { data: [{ id: 'over-http' }] } },
        ),
      );
      const probed = await omenWire().probe(probeCall(`${loopback.url}/v1`, { options: options('auto') }));
      assert.deepEqual(probed.models, ['over-http']);
      const http = `http://127.0.0.1:${await closedPort()}/v1`;
      const auto = call({ baseUrl: http, options: options('auto'), fetch: globalThis.fetch });
      await assert.rejects(
        run(auto),
        (error: ReaperError) => error.kind === 'network' && error.message.includes(new URL(http).host),
      );
      assert.equal(server.asked.length, 0);
    });

    it('says that nothing answers where neither does', async () => {
      await start();
      const http = `http://127.0.0.1:${await closedPort()}/v1`;
      const nobody = { transport: 'auto', grpcUrl: `http://127.0.0.1:${await closedPort()}`, upstreams: '' };
      const probed = await omenWire().probe(probeCall(http, { options: nobody }));
      assert.equal(probed.reachable, false);
      assert.match(probed.problem ?? '', /Nothing answers/);
      await assert.rejects(run(call({ options: { ...nobody, transport: 'grpc' } })), { kind: 'network' });
    });
  });
});
