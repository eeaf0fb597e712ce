/** Builds the router: wires routing, attempts, probing and bookkeeping together. */
import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import { createAffinities } from './affinity.ts';
import { createAsk } from './ask.ts';
import type { AttemptServices } from './attempt.ts';
import { createAttemptCosts } from './attempt-cost.ts';
import { createBookkeeping, tellsOfSpeed } from './bookkeeping.ts';
import type { Branch, BranchServices } from './branch.ts';
import type { Budget } from './budget.ts';
import type { Candidate } from './candidates.ts';
import { watchConnections } from './capability-report.ts';
import { resolveRouting } from './default-routing.ts';
import { createDegradations } from './degradation.ts';
import { createDiscovery } from './discovery.ts';
import type { Egress } from './egress.ts';
import { createHealthBoard } from './health.ts';
import { createHedges } from './hedges.ts';
import { createKeyRing } from './key-ring.ts';
import { createLatencyEstimates } from './latency.ts';
import { createAdmissions } from './limits/admission.ts';
import { createLimitsBoard } from './limits/model-limits.ts';
import type { ModelUse } from './need.ts';
import { createOrdering } from './order.ts';
import { createPenalties } from './penalties.ts';
import { configuredModel, createProbes } from './probes.ts';
import { noPrices, type Prices } from './prices.ts';
import type { ProviderProfile } from './provider-definition.ts';
import { withEqualRequestsShared } from './response-cache/equal-requests.ts';
import { createLazyCache } from './response-cache/lazy-cache.ts';
import { createRetryBudget } from './retries.ts';
import { createRoutes, wishOf } from './route.ts';
import type { RouteFacts, Router } from './router.ts';
import type { RoutingSettings } from './routing-settings.ts';
import { createSpeeds } from './speed.ts';
import { createTransport } from './transport.ts';
import { createWarmUps } from './warm-up.ts';

export interface ProfileSource {
  /** Those that may be used for it, in order of preference; the same array until something changes. */
  list(use: ModelUse): readonly ProviderProfile[];
  /** Also when a key or a privacy setting changed: what was learned of the providers is then asked anew. */
  readonly onDidChange: Event<void>;
}

export interface RouterOptions {
  readonly profiles: ProfileSource;
  readonly egress: Egress;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Read at each request. */
  readonly routing: () => RoutingSettings;
  /** From 0 to 1, for jitter; `Math.random` if left out. */
  readonly random?: () => number;
  /** What models cost; no price is known if left out. */
  readonly prices?: Prices;
  /** Asked before anything is sent; no limits if left out. */
  readonly budget?: Budget;
}

export function createRouter(options: RouterOptions): Router {
  const { clock, routing, random = Math.random, prices = noPrices } = options;
  const profiles = allOf(options.profiles);
  const logger = options.logger.child('router');
  const egress = withSafeRecord(options.egress, logger);
  const lifetime = new AbortController();
  const connections = watchConnections();
  const transport = createTransport({ fetch: options.fetch, egress, onAnswered: connections.answered });
  const penalties = createPenalties({ clock, random });
  const admissions = createAdmissions(clock);
  const limits = createLimitsBoard(penalties, admissions);
  const cache = createLazyCache({ clock, isOn: () => routing().responseCache });
  const latency = createLatencyEstimates();
  const speeds = createSpeeds(clock);
  const health = createHealthBoard(clock, logger);
  const degradations = createDegradations(clock, logger);
  const probes = createProbes({ transport, egress, clock });
  const discovery = createDiscovery({ profiles, probes, health, clock });
  const ordering = createOrdering({ clock, speeds, prices, random });
  const listed = (use: ModelUse): readonly ProviderProfile[] => options.profiles.list(use);
  const routes = createRoutes({ profiles: listed, probes, penalties, admissions, egress, ordering, clock });
  const warmUps = createWarmUps({ transport, clock, logger, lifetime: lifetime.signal });
  const books = createBookkeeping({ penalties, latency, warmUps, health, discovery, logger });
  const affinities = createAffinities();
  const keys = createKeyRing(clock);
  const running = new Set<Branch>();
  const attempts: AttemptServices = {
    clock,
    transport,
    warmUps,
    costs: createAttemptCosts(options.prices, options.budget),
    admissions,
    cache,
    onFimLearned: ({ profile, model }, fim) => probes.learnFim(profile, model, fim),
    onSettled: () => undefined,
  };
  const branches: BranchServices = {
    clock,
    random,
    attempts,
    keys,
    hasRoom: (candidate, id, request) => admissions.hasRoom(candidate, id, request),
    retryBudget: createRetryBudget(),
    began(candidate) {
      limits.asked(candidate);
      penalties.began(candidate);
      speeds.began(candidate.key);
    },
    settled(settled) {
      speeds.settled(settled.candidate.key, settled.record, tellsOfSpeed(settled));
      books.settled(settled);
    },
    gaveUp: books.failed,
    ended: (branch) => void running.delete(branch),
  };
  const ask = createAsk({
    routing,
    routes,
    ordering,
    affinities,
    degradations,
    penalties,
    admissions,
    hedges: createHedges(speeds, random),
    probes,
    branches,
    clock,
    random,
    cacheLoading: () => cache.loading(),
    lifetime: lifetime.signal,
    onBegin: (branch) => void running.add(branch),
  });

  const stream = withEqualRequestsShared(ask, (request) => {
    const settings = routing();
    return settings.responseCache && resolveRouting(settings, request).strategy === 'single';
  });

  let facts: readonly RouteFacts[] = [];
  let factsOf: readonly Candidate[] | undefined;
  let factsAtLatency = -1;

  const subscription = options.profiles.onDidChange(() => {
    penalties.forgiveAll();
    admissions.reset();
    limits.reset();
    if (!routing().responseCache) cache.clear();
    keys.reset();
    affinities.reset();
    degradations.reset();
    health.reset();
    discovery.restart();
  });
  discovery.restart();

  return {
    stream,

    completionRoute() {
      const candidates = routes.forCompletions(wishOf(COMPLETION, resolveRouting(routing(), COMPLETION)));
      if (candidates !== factsOf || latency.version !== factsAtLatency) {
        factsOf = candidates;
        factsAtLatency = latency.version;
        facts = candidates.map((candidate) => ({
          providerId: candidate.providerId,
          model: candidate.model === '' ? undefined : candidate.model,
          location: candidate.location,
          parallelRequests: candidate.parallelRequests,
          firstTokenMs: latency.of(candidate.key),
        }));
      }
      return facts;
    },

    async test(profile, signal) {
      const result = await probes.runNow(profile, configuredModel(profile), signal);
      if (books.tested(profile.definition.id, result)) keys.reset();
      return result;
    },

    limits: () => limits.all(clock.now()),
    connections: () => connections.hosts(),
    health: () => profiles().map((profile) => health.of(profile.definition.id)),
    degradations: degradations.current,
    onDegradationChanged: degradations.onChanged,
    onRequestFinished: books.onRequestFinished,
    onHealthChanged: health.onChanged,

    dispose() {
      subscription.dispose();
      lifetime.abort();
      discovery.dispose();
      connections.dispose();
      for (const branch of running) branch.dispose();
      books.dispose();
      degradations.dispose();
      health.dispose();
    },
  };
}

// What ghost text is asked for with, as far as the order depends on it.
const COMPLETION = {
  purpose: 'completion',
  input: { type: 'fim', path: '', language: '', prefix: '', suffix: '', snippets: [] },
  limits: { maxOutputTokens: Infinity, stop: [] },
} as const;

/** Those of either use, the ones for completions first; the same array until something changes. */
function allOf(source: ProfileSource): () => readonly ProviderProfile[] {
  let from: readonly (readonly ProviderProfile[])[] = [];
  let all: readonly ProviderProfile[] = [];
  return () => {
    const lists = [source.list('completion'), source.list('chat')];
    if (lists.some((list, index) => list !== from[index])) {
      from = lists;
      const ids = new Set<string>();
      all = lists.flat().filter(({ definition: { id } }) => !ids.has(id) && ids.add(id));
    }
    return all;
  };
}

/** Whoever watches the egress log must not be able to end a stream. */
function withSafeRecord(egress: Egress, logger: Logger): Egress {
  return {
    check: (request) => egress.check(request),
    record(entry) {
      try {
        egress.record(entry);
      } catch (error) {
        logger.error(`The egress log failed: ${errorMessage(error)}`, error);
      }
    },
  };
}
