/** Turns records into OpenTelemetry metrics. Loaded only when the user named a place to send them to. */
import { type Attributes, type Counter, type Histogram, ValueType } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { RequestRecord } from '../../router/request-record.ts';
import { ATTRIBUTES, DURATION_BUCKETS, METRICS, TOKEN_BUCKETS } from './metric-names.ts';
import { otlpJson } from './otlp-json.ts';

export interface MeterOptions {
  readonly version: string;
  /** The provider's name in the conventions. */
  readonly providerName: (providerId: string) => string;
}

export interface Meter {
  add(record: RequestRecord): void;
  /** All sums since the start, as the body of a request. */
  collect(): Promise<string>;
  shutdown(): Promise<void>;
}

export function createMeter({ version, providerName }: MeterOptions): Meter {
  const reader = new OnDemandReader();
  const resource = resourceFromAttributes({ 'service.name': 'reaper', 'service.version': version });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const meter = provider.getMeter('reaper', version);

  const histogram = (name: string, unit: string, buckets: number[], description: string): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: buckets } });
  const counter = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(name, { unit, description, valueType: ValueType.DOUBLE });

  const duration = histogram(METRICS.duration, 's', DURATION_BUCKETS, 'Time of a request to a model.');
  const firstChunk = histogram(METRICS.timeToFirstChunk, 's', DURATION_BUCKETS, 'Time to the first useful token.');
  const tokens = histogram(METRICS.tokenUsage, '{token}', TOKEN_BUCKETS, 'Tokens of a request.');
  const input = counter(METRICS.inputTokens, '{token}', 'Billed input tokens, cached ones included.');
  const output = counter(METRICS.outputTokens, '{token}', 'Billed output tokens, reasoning included.');
  const cacheRead = counter(METRICS.cacheReadTokens, '{token}', 'Input tokens read from the provider’s cache.');
  const cacheWrite = counter(METRICS.cacheWriteTokens, '{token}', 'Input tokens written to the provider’s cache.');
  const reasoning = counter(METRICS.reasoningTokens, '{token}', 'Output tokens of reasoning.');
  const cost = counter(METRICS.cost, 'USD', 'What requests cost; those without a known price count as 0.');

  return {
    add(record) {
      const { usage, outcome, role } = record;
      const base: Attributes = {
        [ATTRIBUTES.operation]: record.purpose === 'completion' ? 'text_completion' : 'chat',
        [ATTRIBUTES.provider]: providerName(record.providerId),
        [ATTRIBUTES.model]: record.model,
        [ATTRIBUTES.purpose]: record.purpose,
        [ATTRIBUTES.strategy]: record.strategy,
      };
      const ended: Attributes = {
        ...base,
        [ATTRIBUTES.winner]: outcome.type === 'finished' && role !== 'loser' && role !== 'piece',
        [ATTRIBUTES.hedged]: role === 'hedge',
        // As the router names an answer that was given before.
        ...(record.reason === 'cache' ? { [ATTRIBUTES.cache]: 'hit' } : {}),
        ...(outcome.type === 'failed' ? { [ATTRIBUTES.error]: outcome.kind } : {}),
        ...(outcome.type === 'cancelled' ? { [ATTRIBUTES.error]: 'cancelled' } : {}),
      };
      duration.record(record.totalMs / 1000, ended);
      if (record.firstUsefulTokenMs !== undefined) firstChunk.record(record.firstUsefulTokenMs / 1000, base);

      const inputs = usage.inputUncached + usage.inputCacheRead + usage.inputCacheWrite;
      const outputs = usage.output + usage.reasoning;
      tokens.record(inputs, { ...base, [ATTRIBUTES.tokenType]: 'input' });
      tokens.record(outputs, { ...base, [ATTRIBUTES.tokenType]: 'output' });
      // The conventions count what is billed: nothing of what failed.
      const billed = outcome.type === 'failed' ? 0 : 1;
      const text: Attributes = { ...base, [ATTRIBUTES.modality]: 'text' };
      input.add(inputs * billed, text);
      output.add(outputs * billed, text);
      cacheRead.add(usage.inputCacheRead * billed, text);
      cacheWrite.add(usage.inputCacheWrite * billed, text);
      reasoning.add(usage.reasoning * billed, text);
      cost.add(record.cost.usd, { ...base, [ATTRIBUTES.estimated]: record.cost.certainty !== 'exact' });
    },
    async collect() {
      const { resourceMetrics } = await reader.collect();
      return otlpJson(resourceMetrics);
    },
    shutdown: () => provider.shutdown(),
  };
}

/** The SDK's own one has a timer of its own, and sends through `node:http`. */
class OnDemandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
