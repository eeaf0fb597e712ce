/** What a second request brings, and costs: hedging on servers with a heavy tail, and how fast a race lets its losers go. */
import type { ServerResponse } from 'node:http';
import { defaultRouting } from '../../src/router/default-routing.ts';
import type { Router } from '../../src/router/router.ts';
import { percentile } from '../report/statistics.ts';
import { atMost, type Row } from '../report/table.ts';
import { firstToken, hole, routerAt, serve } from './loopback.ts';
import { row } from './row.ts';

const REQUESTS = 600;
const LANES = 12;
const USUAL_MS = 20;
// Three in a hundred are this late, so the 99th percentile is one of them.
const LATE_MS = 1500;
const LATE_EVERY = 33;

const last = `data: {"choices":[{"index":0,"delta":{},"text":"","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
const never = new AbortController().signal;

function answer(response: ServerResponse, delayMs: number): void {
  const timer = setTimeout(() => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(firstToken + last);
  }, delayMs);
  response.on('close', () => clearTimeout(timer));
}

/** Time to the first token of the answer that the caller gets; by how many requests more than were asked for. */
async function firstTokens(hedge: boolean): Promise<{ readonly times: readonly number[]; readonly extra: number }> {
  let served = 0;
  const tailed = (offset: number): Parameters<typeof serve>[0] => {
    let count = offset;
    return (_request, response) => {
      served++;
      answer(response, ++count % LATE_EVERY === 0 ? LATE_MS : USUAL_MS);
    };
  };
  // Not late at the same time, as two servers are not.
  const servers = [await serve(tailed(0)), await serve(tailed(LATE_EVERY / 2))];
  const limits = { ...hole.limits, firstUsefulTokenMs: 10_000 };
  const router = routerAt(
    servers.map(({ url }, index) => (index === 0 ? `${url}/v1` : url)),
    { ...defaultRouting.completion, hedge },
  );
  // Both are known, and a few hedges are saved up, as after some minutes of work.
  for (let i = 0; i < 40; i++) await firstTokenMs(router, limits);
  served = 0;
  const times: number[] = [];
  const lane = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / LANES; i++) times.push(await firstTokenMs(router, limits));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  router.dispose();
  await Promise.all(servers.map((server) => server.close()));
  return { times, extra: served / REQUESTS - 1 };
}

async function firstTokenMs(router: Router, limits: typeof hole.limits): Promise<number> {
  const startedAtMs = performance.now();
  let firstMs = 0;
  for await (const part of router.stream({ ...hole, limits }, never)) {
    if (part.type === 'text-delta' && firstMs === 0) firstMs = performance.now() - startedAtMs;
  }
  return firstMs;
}

export async function measureHedging(): Promise<readonly Row[]> {
  const single = await firstTokens(false);
  const hedged = await firstTokens(true);
  const of = (percent: number): Row =>
    row(
      `heavy tail: first token with hedging, beside without, p${percent}`,
      'ms',
      undefined,
      percentile(hedged.times, percent),
      percentile(single.times, percent),
    );
  return [
    of(50),
    of(99),
    row('heavy tail: requests more by hedging', 'share', atMost(0.05), hedged.extra, single.extra),
  ];
}

/** From the winner's first token at the caller to the end of the loser's connection at its server. */
export async function measureLosers(): Promise<readonly Row[]> {
  let onClosed: () => void = () => undefined;
  const quick = await serve((_request, response) => answer(response, 2));
  const slow = await serve((_request, response) => {
    response.on('close', () => onClosed());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
  });
  const router = routerAt([`${slow.url}/v1`, quick.url], { ...defaultRouting.completion, strategy: 'race' });
  const times: number[] = [];
  for (let i = 0; i < 120; i++) {
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    let wonAtMs = 0;
    for await (const part of router.stream(hole, never)) {
      if (part.type === 'text-delta' && wonAtMs === 0) wonAtMs = performance.now();
    }
    await closed;
    times.push(performance.now() - wonAtMs);
  }
  router.dispose();
  await Promise.all([quick.close(), slow.close()]);
  const warm = times.slice(20);
  return [
    row('race: first token → loser’s connection closed, p50', 'ms', undefined, percentile(warm, 50)),
    row('race: first token → loser’s connection closed, p99', 'ms', atMost(20), percentile(warm, 99)),
  ];
}
