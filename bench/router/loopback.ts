/** What the router adds over real sockets on loopback: per chunk, after an error, and until a cancelled server knows. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { defaultRouting } from '../../src/router/default-routing.ts';
import type { Egress } from '../../src/router/egress.ts';
import { providers } from '../../src/router/providers/index.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import type { Router } from '../../src/router/router.ts';
import type { PurposeRouting } from '../../src/router/routing-settings.ts';
import { createTransport } from '../../src/router/transport.ts';
import { percentile } from '../report/statistics.ts';
import { atMost, type Row } from '../report/table.ts';
import { row } from './row.ts';
import { credentialOf } from '../../src/router/credential.ts';

const never = new AbortController().signal;
const freeEgress: Egress = { check: () => undefined, record: () => undefined };

export interface BenchServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<BenchServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The counting body against the body of fetch itself, on chunks in memory. */
export async function measureChunks(egress: Egress): Promise<readonly Row[]> {
  const count = 2000;
  const chunk = new Uint8Array(200);
  const body = (): ReadableStream<Uint8Array> => {
    let sent = 0;
    return new ReadableStream(
      {
        pull(controller) {
          if (sent++ === count) controller.close();
          else controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
  };
  const plain = (): Promise<Response> => Promise.resolve(new Response(body()));
  const counting = createTransport({ fetch: plain, egress })({ providerId: 'p', purpose: 'completion', signal: never });
  const read = async (response: Response): Promise<number> => {
    const startedAtMs = performance.now();
    const reader = response.body?.getReader();
    while ((await reader?.read())?.done === false);
    return ((performance.now() - startedAtMs) * 1000) / count;
  };
  const alone: number[] = [];
  const counted: number[] = [];
  for (let round = 0; round < 150; round++) {
    alone.push(await read(await plain()));
    counted.push(await read(await counting.fetch('http://127.0.0.1:1/')));
  }
  const aloneUs = percentile(alone.slice(30), 50) ?? 0;
  const onTopUs = (percentile(counted.slice(30), 50) ?? 0) - aloneUs;
  return [row('body chunk, on top of fetch, p50', 'µs', undefined, onTopUs, aloneUs)];
}

export function routerAt(urls: readonly string[], completion: PurposeRouting = defaultRouting.completion): Router {
  const ids = ['mistral', 'deepseek'];
  const profiles = urls.flatMap((baseUrl, index): readonly ProviderProfile[] => {
    const definition = providers.find(({ id }) => id === ids[index]);
    if (definition === undefined) return [];
    return [
      {
        definition,
        enabled: true,
        baseUrl,
        completionModel: undefined,
        chatModel: undefined,
        options: {},
        headers: {},
        fimFamily: undefined,
        parallelRequests: undefined,
        credentials: () => Promise.resolve([credentialOf('api-key', 'sk-0123456789')]),
      },
    ];
  });
  return createRouter({
    profiles: { list: () => profiles, onDidChange: new Emitter<void>().event },
    egress: freeEgress,
    fetch: (...args) => globalThis.fetch(...args),
    clock: systemClock,
    logger: silentLogger,
    routing: () => ({ ...defaultRouting, completion }),
  });
}

export const hole = {
  purpose: 'completion',
  input: { type: 'fim', path: 'a.ts', language: 'typescript', prefix: 'const a = ', suffix: ';', snippets: [] },
  limits: { maxOutputTokens: 64, stop: [] },
} as const;

export const firstToken = 'data: {"choices":[{"index":0,"delta":{"content":"x"},"text":"x","finish_reason":null}]}\n\n';

/** From the end of the first provider's refusal to the arrival of the request at the second one. */
export async function measureFailover(): Promise<readonly Row[]> {
  let refusedAtMs = 0;
  let arrivedAtMs = 0;
  const broken = await serve((_request, response) => {
    response.writeHead(500).end('{"error":{"message":"no"}}', () => (refusedAtMs = performance.now()));
  });
  const working = await serve((_request, response) => {
    arrivedAtMs = performance.now();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(
      `${firstToken}data: {"choices":[{"index":0,"delta":{},"text":"","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
    );
  });
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    // A new router each time, as after three failures the first one would not be asked any more.
    const router = routerAt([`${broken.url}/v1`, working.url]);
    for await (const part of router.stream(hole, never)) void part;
    times.push(arrivedAtMs - refusedAtMs);
    router.dispose();
  }
  await Promise.all([broken.close(), working.close()]);
  const warm = times.slice(20);
  return [
    row('failover: error sent → next request received, p50', 'ms', atMost(5), percentile(warm, 50)),
    row('failover: error sent → next request received, p95', 'ms', undefined, percentile(warm, 95)),
  ];
}

/** From `abort()`, or from leaving the loop, to the end of the connection at the server. */
export async function measureCancel(): Promise<readonly Row[]> {
  let onClosed: () => void = () => undefined;
  const server = await serve((_request, response) => {
    response.on('close', () => onClosed());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(firstToken);
  });
  const router = routerAt([`${server.url}/v1`]);
  const rows: Row[] = [];
  for (const way of ['abort', 'break'] as const) {
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const closed = new Promise<void>((resolve) => (onClosed = resolve));
      const abort = new AbortController();
      let startedAtMs = 0;
      try {
        for await (const part of router.stream(hole, abort.signal)) {
          if (part.type !== 'text-delta') continue;
          startedAtMs = performance.now();
          if (way === 'break') break;
          abort.abort();
        }
      } catch {
        // `cancelled`, which is what was asked for.
      }
      await closed;
      times.push(performance.now() - startedAtMs);
    }
    const warm = times.slice(10);
    rows.push(row(`${way} → connection closed at the server, p50`, 'ms', atMost(20), percentile(warm, 50)));
    rows.push(row(`${way} → connection closed at the server, p95`, 'ms', undefined, percentile(warm, 95)));
  }
  router.dispose();
  await server.close();
  return rows;
}
