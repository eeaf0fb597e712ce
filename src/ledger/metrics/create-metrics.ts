/** Figures for the user's own monitoring: sent where the user says, and nowhere without that. Never text, never keys. */
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { redactSecrets } from '../../base/redact.ts';
import type { Egress } from '../../router/egress.ts';
import type { RequestRecord } from '../../router/request-record.ts';
import { createTransport } from '../../router/transport.ts';
import type { Meter, MeterOptions } from './meter.ts';

export interface MetricsSettings {
  /** Empty: nothing is measured, loaded or sent. */
  readonly otlpEndpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MetricsOptions {
  readonly settings: () => MetricsSettings;
  readonly meter: MeterOptions;
  readonly egress: Egress;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly load?: () => Promise<{ createMeter: (options: MeterOptions) => Meter }>;
}

export interface Metrics extends Disposable {
  add(record: RequestRecord): void;
  /** Sends what is not sent yet. Never rejects. */
  flush(): Promise<void>;
  dispose(): Promise<void>;
}

/** As the SDK's own reader. */
const SEND_EVERY_MS = 60_000;
const SEND_LIMIT_MS = 10_000;
/** A receiver that is down must not hold up the end of the window. */
const LAST_SEND_LIMIT_MS = 1000;
/** Until the library is loaded. */
const MOST_WAITING = 1000;

export function createMetrics(options: MetricsOptions): Metrics {
  const { settings, egress, fetch, clock } = options;
  const { load = () => import('./meter.ts') } = options;
  const logger = options.logger.child('metrics');
  const transport = createTransport({ fetch, egress });
  let meter: Meter | undefined;
  let loading: Promise<void> | undefined;
  let waiting: RequestRecord[] = [];
  let timer: Disposable | undefined;
  let problem: string | undefined;
  let isDisposed = false;

  function start(): void {
    loading ??= load().then(
      ({ createMeter }) => {
        meter = createMeter(options.meter);
        for (const record of waiting) meter.add(record);
        waiting = [];
      },
      (error: unknown) => logger.error(`OpenTelemetry could not be loaded: ${errorMessage(error)}`, error),
    );
  }

  async function send(limitMs: number): Promise<void> {
    const { otlpEndpoint, headers } = settings();
    await loading;
    if (meter === undefined || otlpEndpoint === '') return;
    const controller = new AbortController();
    const limit = clock.setTimeout(() => controller.abort(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
    const caller = { providerId: 'metrics', purpose: 'telemetry', signal: controller.signal } as const;
    const metered = transport(caller);
    try {
      const response = await metered.fetch(urlOf(otlpEndpoint), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: await meter.collect(),
      });
      await response.body?.cancel();
      tell(response.ok ? undefined : `it answered with status ${response.status}`);
    } catch (error) {
      tell(errorMessage(controller.signal.aborted ? controller.signal.reason : error));
    } finally {
      limit.dispose();
      metered.close();
    }
  }

  /** Once for each new problem, and once when it is over. */
  function tell(next: string | undefined): void {
    if (next === problem) return;
    problem = next;
    if (next === undefined) logger.info('Figures are sent again.');
    else logger.warn(`Figures could not be sent to reaper.metrics.otlpEndpoint: ${redactSecrets(next)}`);
  }

  function flush(limitMs = SEND_LIMIT_MS): Promise<void> {
    if (timer === undefined) return Promise.resolve();
    timer.dispose();
    timer = undefined;
    return send(limitMs);
  }

  return {
    add(record) {
      if (isDisposed || settings().otlpEndpoint === '') return;
      start();
      if (meter !== undefined) meter.add(record);
      else if (waiting.length < MOST_WAITING) waiting.push(record);
      // Only after something happened: sums that did not change are known already.
      timer ??= clock.setTimeout(() => {
        timer = undefined;
        void send(SEND_LIMIT_MS);
      }, SEND_EVERY_MS);
    },
    flush: () => flush(),
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      await flush(LAST_SEND_LIMIT_MS);
      await meter?.shutdown();
    },
  };
}

function urlOf(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '');
  return base.endsWith('/v1/metrics') ? base : `${base}/v1/metrics`;
}
