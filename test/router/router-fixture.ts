/** A router with everything around it faked but the sockets. */
import type { Clock } from '../../src/base/clock.ts';
import { ReaperError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/event.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { Budget } from '../../src/router/budget.ts';
import { createRouter } from '../../src/router/create-router.ts';
import { defaultRouting } from '../../src/router/default-routing.ts';
import type { Egress, EgressRequest } from '../../src/router/egress.ts';
import type { ModelRequest, Purpose, RequestLimits, RoutingHints } from '../../src/router/model-request.ts';
import type { Prices } from '../../src/router/prices.ts';
import type { ProviderDefinition, ProviderProfile } from '../../src/router/provider-definition.ts';
import type { RequestRecord } from '../../src/router/request-record.ts';
import type { RoutingSettings } from '../../src/router/routing-settings.ts';
import type { Router } from '../../src/router/router.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { createFakeClock, type FakeClock } from '../fakes/fake-clock.ts';
import { partWire } from './part-wire.ts';

// What the router loads on first use is there already: a fake clock does not wait for the disk.
await Promise.all([
  import('../../src/router/response-cache/response-cache.ts'),
  import('../../src/router/strategies/several.ts'),
]);

export function defineTestProvider(id: string, overrides: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return {
    id,
    label: id,
    location: 'remote',
    auth: 'none',
    keyVariables: [],
    baseUrl: undefined,
    discover: false,
    completionModel: `${id}-model`,
    models: [],
    wire: () => Promise.resolve(partWire),
    ...overrides,
    capabilities: {
      chat: true,
      fim: 'native',
      tools: false,
      images: false,
      promptCache: false,
      stopsBillingOnDisconnect: true,
      parallelRequests: 4,
      ...overrides.capabilities,
    },
  };
}

export function profileOf(definition: ProviderDefinition, overrides: Partial<ProviderProfile> = {}): ProviderProfile {
  return {
    definition,
    enabled: true,
    baseUrl: undefined,
    completionModel: undefined,
    chatModel: undefined,
    options: Object.fromEntries((definition.options ?? []).map((option) => [option.name, option.default])),
    headers: {},
    fimFamily: undefined,
    parallelRequests: undefined,
    credentials: () => Promise.resolve([]),
    ...overrides,
  };
}

export function fimRequest(
  options: {
    readonly purpose?: Purpose;
    readonly limits?: Partial<RequestLimits>;
    readonly routing?: RoutingHints;
  } = {},
): ModelRequest {
  return {
    purpose: options.purpose ?? 'completion',
    input: { type: 'fim', path: 'a.ts', language: 'typescript', prefix: 'const a = ', suffix: ';\n', snippets: [] },
    limits: { maxOutputTokens: 100, stop: [], ...options.limits },
    ...(options.routing === undefined ? {} : { routing: options.routing }),
  };
}

export interface RecordingEgress extends Egress {
  readonly checked: readonly EgressRequest[];
  readonly recorded: readonly (EgressRequest & {
    readonly bytesReceived: number;
    readonly status: number | undefined;
  })[];
  /** Hosts that are forbidden from now on. */
  readonly forbidden: Set<string>;
}

export function createRecordingEgress(): RecordingEgress {
  const checked: EgressRequest[] = [];
  const recorded: RecordingEgress['recorded'][number][] = [];
  const forbidden = new Set<string>();
  return {
    checked,
    recorded,
    forbidden,
    check(request) {
      checked.push(request);
      const { host } = new URL(request.url);
      if (forbidden.has(host)) throw new ReaperError('privacy', `The settings forbid ${host}.`);
    },
    record: (entry) => void recorded.push(entry),
  };
}

export interface RouterFixture<C extends Clock = FakeClock> {
  readonly router: Router;
  readonly clock: C;
  readonly egress: RecordingEgress;
  readonly records: readonly RequestRecord[];
  readonly log: readonly string[];
  setProfiles(profiles: readonly ProviderProfile[]): void;
}

export interface FixtureOverrides {
  readonly fetch?: typeof globalThis.fetch;
  readonly random?: () => number;
  readonly routing?: Partial<RoutingSettings>;
  readonly prices?: Prices;
  readonly budget?: Budget;
}

export function createFixture(profiles: readonly ProviderProfile[], overrides: FixtureOverrides = {}): RouterFixture {
  return createFixtureWithClock(profiles, createFakeClock(), overrides);
}

export function createFixtureWithClock<C extends Clock>(
  initial: readonly ProviderProfile[],
  clock: C,
  overrides: FixtureOverrides = {},
): RouterFixture<C> {
  let current = initial;
  const changed = new Emitter<void>();
  const egress = createRecordingEgress();
  const records: RequestRecord[] = [];
  const log: string[] = [];
  const router = createRouter({
    profiles: { list: () => current, onDidChange: changed.event },
    egress,
    fetch: overrides.fetch ?? ((...args) => globalThis.fetch(...args)),
    clock,
    logger: createRecordingLogger(log),
    random: overrides.random ?? (() => 0),
    routing: () => ({ ...defaultRouting, ...overrides.routing }),
    ...(overrides.prices === undefined ? {} : { prices: overrides.prices }),
    ...(overrides.budget === undefined ? {} : { budget: overrides.budget }),
  });
  router.onRequestFinished((record) => records.push(record));
  return {
    router,
    clock,
    egress,
    records,
    log,
    setProfiles(profiles) {
      current = profiles;
      changed.fire();
    },
  };
}

function createRecordingLogger(lines: string[]): Logger {
  const logger: Logger = {
    debug: (message) => void lines.push(`debug ${message}`),
    info: (message) => void lines.push(`info ${message}`),
    warn: (message) => void lines.push(`warn ${message}`),
    error: (message) => void lines.push(`error ${message}`),
    child: () => logger,
  };
  return logger;
}

/** All parts of a stream; text deltas joined by the caller if it wants to. */
export async function collect(stream: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

export function textOf(parts: readonly StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
}

/** What the provider wrote: all but the word on who it is. */
export function withoutSource(parts: readonly StreamPart[]): StreamPart[] {
  return parts.filter(({ type }) => type !== 'source');
}

export const never = new AbortController().signal;

// Just under mocha's 10 s, so that a test that waits in vain ends by itself and says where.
const LONGEST_WAIT_MS = 9000;

/** Lets sockets and promises go on until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const startedMs = performance.now();
  while (!condition()) {
    if (performance.now() - startedMs > LONGEST_WAIT_MS) throw new Error(`Waited in vain for ${String(condition)}`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
