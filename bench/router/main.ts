/** What the router itself costs: decision, stream event, chunk, failover, cancellation, memory. Prints a table beside the wishes. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/event.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { defaultRouting } from '../../src/router/default-routing.ts';
import type { Egress } from '../../src/router/egress.ts';
import type { CandidateOrder, ModelRequest, Strategy } from '../../src/router/model-request.ts';
import type { ProviderDefinition, ProviderProfile } from '../../src/router/provider-definition.ts';
import type { Router } from '../../src/router/router.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import type { Wire } from '../../src/router/wire.ts';
import { row } from './row.ts';
import { measureLimits } from './limits.ts';
import { measureHedging, measureLosers } from './strategies.ts';
import { measureCancel, measureChunks, measureFailover } from './loopback.ts';
import { percentile } from '../report/statistics.ts';
import { atMost, printReport, type Row, saveReport } from '../report/table.ts';
import { credentialOf } from '../../src/router/credential.ts';

const openEgress: Egress = {
  // What the real policy does at least: read the host.
  check: ({ url }) => void new URL(url).hostname,
  record: () => undefined,
};

const request: ModelRequest = {
  purpose: 'completion',
  input: { type: 'fim', path: 'a.ts', language: 'typescript', prefix: 'x'.repeat(8000), suffix: '', snippets: [] },
  limits: { maxOutputTokens: 64, stop: [] },
};
const never = new AbortController().signal;

function definition(id: string, stream: Wire): ProviderDefinition {
  const wire = Promise.resolve({ stream, probe: () => Promise.reject(new Error('not measured')) });
  return {
    id,
    label: id,
    location: 'remote',
    auth: 'api-key',
    keyVariables: [],
    baseUrl: `https://${id}.example/v1`,
    discover: false,
    capabilities: {
      chat: true,
      fim: 'native',
      tools: false,
      images: false,
      promptCache: false,
      stopsBillingOnDisconnect: true,
      parallelRequests: 4,
    },
    completionModel: 'model',
    models: ['model'],
    wire: () => wire,
  };
}

function profilesOver(count: number, stream: Wire): readonly ProviderProfile[] {
  return Array.from({ length: count }, (_, index): ProviderProfile => ({
    definition: definition(`provider-${index}`, stream),
    enabled: true,
    baseUrl: undefined,
    completionModel: undefined,
    chatModel: undefined,
    options: {},
    headers: {},
    fimFamily: undefined,
    parallelRequests: undefined,
    credentials: () => Promise.resolve([credentialOf('api-key', 'sk-0123456789')]),
  }));
}

function routerOver(
  count: number,
  stream: Wire,
  order: CandidateOrder = 'listed',
  strategy: Strategy = 'single',
): Router {
  const profiles = profilesOver(count, stream);
  return createRouter({
    profiles: { list: () => profiles, onDidChange: new Emitter<void>().event },
    egress: openEgress,
    fetch: globalThis.fetch,
    clock: systemClock,
    logger: silentLogger,
    routing: () => ({ ...defaultRouting, completion: { ...defaultRouting.completion, order, strategy } }),
    prices: { ready: () => Promise.resolve(), cost: () => ({ usd: 0.001, certainty: 'exact' }) },
  });
}

const finish: StreamPart = { type: 'finish', reason: 'stop' };
const token: StreamPart = { type: 'text-delta', text: ' token' };

/** From the caller's first `next()` to the call of the wire: candidates, standing, egress, timers, record, key, wire. */
async function measureDecision(order: CandidateOrder): Promise<readonly Row[]> {
  let calledAtMs = 0;
  const wire: Wire = async function* () {
    calledAtMs = performance.now();
    yield finish;
  };
  const router = routerOver(10, wire, order);
  const times: number[] = [];
  for (let i = 0; i < 30_000; i++) {
    const startedAtMs = performance.now();
    for await (const part of router.stream(request, never)) void part;
    times.push((calledAtMs - startedAtMs) * 1000);
  }
  const warm = times.slice(10_000);
  const rows = [
    row(`decision among 10 providers, ${order}, p50`, 'µs', undefined, percentile(warm, 50)),
    row(`decision among 10 providers, ${order}, p99`, 'µs', atMost(50), percentile(warm, 99)),
  ];
  if (order !== 'listed') {
    router.dispose();
    return rows;
  }
  const route: number[] = [];
  for (let i = 0; i < 100_000; i++) {
    const startedAtMs = performance.now();
    router.completionRoute();
    route.push((performance.now() - startedAtMs) * 1000);
  }
  router.dispose();
  return [
    ...rows,
    row('completionRoute(), p50', 'µs', undefined, percentile(route, 50)),
    row('completionRoute(), p99', 'µs', undefined, percentile(route, 99)),
  ];
}

/** The same wire read directly and through the router: the difference is ours. */
async function measureEvents(): Promise<readonly Row[]> {
  const count = 2000;
  const wire: Wire = async function* () {
    for (let i = 0; i < count; i++) yield token;
    yield finish;
  };
  const router = routerOver(1, wire);
  const direct: number[] = [];
  const routed: number[] = [];
  for (let round = 0; round < 300; round++) {
    let startedAtMs = performance.now();
    for await (const part of wire(undefined as never)) void part;
    direct.push(((performance.now() - startedAtMs) * 1000) / count);
    startedAtMs = performance.now();
    for await (const part of router.stream(request, never)) void part;
    routed.push(((performance.now() - startedAtMs) * 1000) / count);
  }
  router.dispose();
  const alone = percentile(direct.slice(50), 50) ?? 0;
  const ours = (percentile(routed.slice(50), 50) ?? 0) - alone;
  return [row('stream event, on top of the wire, p50', 'µs', atMost(1), ours, alone)];
}

/** Also without `--expose-gc` on the command line. */
function createCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

async function measureMemory(strategy: 'single' | 'race'): Promise<readonly Row[]> {
  const collectGarbage = createCollector();
  const router = routerOver(
    3,
    async function* () {
      yield token;
      yield finish;
    },
    'fastest',
    strategy,
  );
  const run = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      for await (const part of router.stream(request, never)) void part;
    }
  };
  const heap = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1024;
  };
  // Until then the engine still optimises, and keeps what it needs for that.
  await run(20_000);
  const beforeKb = heap();
  await run(10_000);
  const grownKb = heap() - beforeKb;
  router.dispose();
  return [row(`heap growth, 10,000 requests, ${strategy}`, 'kB', atMost(100), grownKb)];
}

const rows = [
  ...(await measureDecision('listed')),
  ...(await measureDecision('fastest')),
  ...(await measureDecision('cheapest')),
  ...(await measureDecision('smartest')),
  ...(await measureEvents()),
  ...(await measureLimits(profilesOver(10, () => assert.fail('nobody is asked')))),
  ...(await measureChunks(openEgress)),
  ...(await measureFailover()),
  ...(await measureCancel()),
  ...(await measureHedging()),
  ...(await measureLosers()),
  ...(await measureMemory('single')),
  ...(await measureMemory('race')),
];
const report = {
  bench: 'router',
  title: 'The router: what it costs by itself',
  subject: 'Reaper',
  rows,
  notes: [
    'decision: from the caller’s first next() to the call of the wire; candidates, egress policy, timers and key included',
    'alone: the same events or chunks read without the router; Reaper is what comes on top',
  ],
};
printReport(report);
saveReport(report, undefined);
