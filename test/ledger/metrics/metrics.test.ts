/** Figures for the user's own monitoring, received by a server on loopback. */
import assert from 'node:assert/strict';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { ReaperError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { createMetrics, type Metrics, type MetricsSettings } from '../../../src/ledger/metrics/create-metrics.ts';
import { createMeter } from '../../../src/ledger/metrics/meter.ts';
import { otlpJson } from '../../../src/ledger/metrics/otlp-json.ts';
import type { Egress } from '../../../src/router/egress.ts';
import { createFakeClock, type FakeClock } from '../../fakes/fake-clock.ts';
import { type Loopback, type Reply, startLoopback } from '../../router/wire/loopback.ts';
import { recordOf } from '../records.ts';

interface Point {
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly sum?: number;
  readonly count?: number;
  readonly asDouble?: number;
}
interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly histogram?: { readonly dataPoints: readonly Point[]; readonly aggregationTemporality: number };
  readonly sum?: { readonly dataPoints: readonly Point[]; readonly isMonotonic: boolean };
}
interface Body {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[];
}

describe('metrics', () => {
  let receiver: Loopback;
  let reply: Reply;
  let clock: FakeClock;
  let settings: MetricsSettings;
  let loads: number;
  let log: string[];
  let egress: Egress & { readonly recorded: string[]; forbidden: boolean };
  let metrics: Metrics;

  beforeEach(async () => {
    reply = { json: {} };
    receiver = await startLoopback(() => reply);
    clock = createFakeClock();
    settings = { otlpEndpoint: receiver.url, headers: { 'x-team': 'a' } };
    loads = 0;
    log = [];
    egress = {
      recorded: [],
      forbidden: false,
      check: () => {
        if (egress.forbidden)
          throw new ReaperError('privacy', 'Nothing is sent there because reaper.privacy.localOnly is on.');
      },
      record: ({ purpose, providerId }) => egress.recorded.push(`${providerId} ${purpose}`),
    };
    metrics = createMetrics({
      settings: () => settings,
      meter: { version: '1.2.3', providerName: (id) => (id === 'cloud' ? 'acme.cloud' : id) },
      egress,
      fetch: (...args) => globalThis.fetch(...args),
      clock,
      logger: {
        ...silentLogger,
        child: () => ({ ...silentLogger, warn: (line) => log.push(line), info: (line) => log.push(line) }),
      },
      load: () => {
        loads++;
        return Promise.resolve({ createMeter });
      },
    });
  });
  afterEach(async () => {
    await metrics.dispose();
    await receiver.close();
    assert.equal(clock.pendingTimers, 0);
  });

  function received(): ReadonlyMap<string, Metric> {
    const body = receiver.received.at(-1)?.body as Body | undefined;
    const all = body?.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
    return new Map(all.map((metric) => [metric.name, metric]));
  }

  function valueOf(point: Point | undefined, key: string): unknown {
    return Object.values(point?.attributes.find((attribute) => attribute.key === key)?.value ?? {})[0];
  }

  it('are neither measured, loaded nor sent where no endpoint is set', async () => {
    settings = { otlpEndpoint: '', headers: {} };
    metrics.add(recordOf());
    await clock.advance(200_000);
    await metrics.flush();
    assert.equal(loads, 0);
    assert.equal(receiver.received.length, 0);
  });

  it('arrive under the names of the GenAI conventions, with costs and routing', async () => {
    metrics.add(recordOf({ strategy: 'race', role: 'winner' }));
    metrics.add(
      recordOf({
        outcome: { type: 'failed', kind: 'overloaded', message: 'secret words' },
        cost: { usd: 0, certainty: 'exact' },
      }),
    );
    await metrics.flush();
    const [request] = receiver.received;
    assert.equal(request?.path, '/v1/metrics');
    assert.equal(request.headers['x-team'], 'a');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.deepEqual(egress.recorded, ['metrics telemetry']);

    const all = received();
    const duration = all.get('gen_ai.client.operation.duration');
    assert.equal(duration?.unit, 's');
    assert.equal(duration.histogram?.aggregationTemporality, 2);
    const [good, bad] = duration.histogram.dataPoints;
    assert.deepEqual([good?.count, good?.sum], [1, 0.9]);
    assert.equal(valueOf(good, 'gen_ai.provider.name'), 'acme.cloud');
    assert.equal(valueOf(good, 'gen_ai.request.model'), 'small-1');
    assert.equal(valueOf(good, 'gen_ai.operation.name'), 'chat');
    assert.equal(valueOf(good, 'reaper.route.strategy'), 'race');
    assert.equal(valueOf(good, 'reaper.route.winner'), true);
    assert.equal(valueOf(bad, 'error.type'), 'overloaded');
    assert.equal(all.get('gen_ai.client.operation.time_to_first_chunk')?.histogram?.dataPoints[0]?.sum, 0.1205);
    const tokens = all.get('gen_ai.client.token.usage')?.histogram?.dataPoints ?? [];
    assert.deepEqual(tokens.map((point) => [valueOf(point, 'gen_ai.token.type'), point.sum]).slice(0, 2), [
      ['input', 123],
      ['output', 45],
    ]);
    const billed = all.get('gen_ai.client.inference.usage.input_tokens')?.sum?.dataPoints ?? [];
    assert.equal(
      billed.reduce((sum, { asDouble }) => sum + (asDouble ?? 0), 0),
      123,
    );
    assert.equal(all.get('reaper.cost.usd')?.sum?.dataPoints[0]?.asDouble, 0.01);
  });

  it('tell nothing of what was said, of keys or of conversations', async () => {
    metrics.add(
      recordOf({
        conversationId: 'the-conversation',
        credentialId: 'the-credential',
        reason: 'the-reason',
        warnings: ['the-warning'],
        outcome: { type: 'failed', kind: 'auth', message: 'the-message' },
      }),
    );
    await metrics.flush();
    assert.doesNotMatch(receiver.received[0]?.text ?? 'the-', /the-/);
  });

  it('are sent a minute after something happened, all sums each time, and not again without news', async () => {
    metrics.add(recordOf());
    metrics.add(recordOf());
    await clock.advance(59_000);
    assert.equal(receiver.received.length, 0);
    const first = arrival(1);
    await clock.advance(2000);
    await first;
    await clock.advance(600_000);
    assert.equal(receiver.received.length, 1);
    metrics.add(recordOf());
    await metrics.flush();
    assert.equal(received().get('gen_ai.client.operation.duration')?.histogram?.dataPoints[0]?.count, 3);
  });

  it('go nowhere that the settings forbid', async () => {
    egress.forbidden = true;
    metrics.add(recordOf());
    await metrics.flush();
    assert.equal(receiver.received.length, 0);
    assert.match(log.join('\n'), /localOnly/);
  });

  it('that cannot be sent are told of once, disturb nobody, and are in the next ones', async () => {
    reply = { status: 503, json: {} };
    for (let i = 0; i < 3; i++) {
      metrics.add(recordOf());
      await metrics.flush();
    }
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /reaper\.metrics\.otlpEndpoint: it answered with status 503/);
    reply = { json: {} };
    metrics.add(recordOf());
    await metrics.flush();
    assert.equal(log.length, 2);
    assert.equal(received().get('gen_ai.client.operation.duration')?.histogram?.dataPoints[0]?.count, 4);
  });

  it('wait for a receiver that never answers no longer than ten seconds', async () => {
    reply = { end: 'hang', after: new Promise(() => undefined) };
    metrics.add(recordOf());
    const sent = metrics.flush();
    await arrival(1);
    await clock.advance(10_000);
    await sent;
    assert.match(log[0] ?? '', /no answer within 10 s/);
  });

  it('are what was not sent yet when the window is closed', async () => {
    metrics.add(recordOf());
    await metrics.dispose();
    assert.equal(receiver.received.length, 1);
  });

  it('have the same JSON as those of the official exporter', async () => {
    const measured = await measureSomething();
    const exporter = new OTLPMetricExporter({ url: `${receiver.url}/v1/metrics` });
    await new Promise((resolve) => exporter.export(measured, resolve));
    await exporter.shutdown();
    const official: unknown = receiver.received[0]?.body;
    assert.deepEqual(withoutZeros(JSON.parse(otlpJson(measured))), withoutZeros(official));
  });

  async function arrival(count: number): Promise<void> {
    while (receiver.received.length < count) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
});

class Reader extends MetricReader {
  protected override onForceFlush = (): Promise<void> => Promise.resolve();
  protected override onShutdown = (): Promise<void> => Promise.resolve();
}

async function measureSomething(): Promise<ResourceMetrics> {
  const reader = new Reader();
  const resource = resourceFromAttributes({ 'service.name': 'reaper' });
  const meter = new MeterProvider({ resource, readers: [reader] }).getMeter('reaper', '1.2.3');
  const histogram = meter.createHistogram('h', {
    unit: 's',
    description: 'd',
    advice: { explicitBucketBoundaries: [1, 2] },
  });
  for (const value of [0.5, 1.5, 2.5]) histogram.record(value, { name: 'a', flag: true });
  const counter = meter.createCounter('c', { unit: '{token}', description: 'd' });
  counter.add(1.5, { name: 'a' });
  counter.add(2, { name: 'b', flag: false });
  return (await reader.collect()).resourceMetrics;
}

/** The protocol takes a field that is left out for zero or empty. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== 0 && field !== undefined)
      .map(([key, field]) => [key, withoutZeros(field)]),
  );
}
