/** Builds the router: wires routing, attempts, probing and bookkeeping together. */
import { delay, untilAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { errorMessage, isCancellation, ReaperError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import { Attempt, type AttemptPlan, type AttemptServices } from './attempt.ts';
import { createAttemptCosts } from './attempt-cost.ts';
import { createBookkeeping } from './bookkeeping.ts';
import type { Budget } from './budget.ts';
import type { Candidate } from './candidates.ts';
import { deadlinesOf } from './deadlines.ts';
import { createDiscovery } from './discovery.ts';
import type { Egress } from './egress.ts';
import { createHealthBoard } from './health.ts';
import { createLatencyEstimates } from './latency.ts';
import type { ModelRequest, Strategy } from './model-request.ts';
import { createPenalties } from './penalties.ts';
import { configuredModel, createProbes } from './probes.ts';
import type { Prices } from './prices.ts';
import type { ProviderProfile } from './provider-definition.ts';
import { createRoutes, type Route } from './route.ts';
import type { RouteFacts, Router } from './router.ts';
import { single } from './strategies/single.ts';
import type { StrategyFunction } from './strategies/strategy.ts';
import { createTransport } from './transport.ts';
import { createWarmUps } from './warm-up.ts';

export interface ProfileSource {
  /** In order of preference; the same array until something changes. */
  list(): readonly ProviderProfile[];
  /** Also when a key or a privacy setting changed: what was learned of the providers is then asked anew. */
  readonly onDidChange: Event<void>;
}

export interface RouterOptions {
  readonly profiles: ProfileSource;
  readonly egress: Egress;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, for jitter; `Math.random` if left out. */
  readonly random?: () => number;
  /** What models cost; no price is known if left out. */
  readonly prices?: Prices;
  /** Asked before anything is sent; no limits if left out. */
  readonly budget?: Budget;
}

const STRATEGIES: Readonly<Partial<Record<Strategy, StrategyFunction>>> = { single };

// A provider that is set up but not known yet is worth this wait, once: a loopback probe takes 5 ms, a remote one 200 ms.
const FIRST_PROBE_WAIT_MS = 1000;

export function createRouter(options: RouterOptions): Router {
  const { clock } = options;
  const profiles = (): readonly ProviderProfile[] => options.profiles.list();
  const logger = options.logger.child('router');
  const egress = withSafeRecord(options.egress, logger);
  const lifetime = new AbortController();
  const transport = createTransport({ fetch: options.fetch, egress });
  const penalties = createPenalties({ clock, random: options.random ?? Math.random });
  const latency = createLatencyEstimates();
  const health = createHealthBoard(clock, logger);
  const probes = createProbes({ transport, egress, clock });
  const discovery = createDiscovery({ profiles, probes, health, clock });
  const routes = createRoutes({ profiles, probes, penalties, egress, clock });
  const warmUps = createWarmUps({ transport, clock, logger, lifetime: lifetime.signal });
  const books = createBookkeeping({ penalties, latency, warmUps, health, discovery, logger });
  const running = new Map<string, Attempt>();
  const services: AttemptServices = {
    clock,
    transport,
    warmUps,
    costs: createAttemptCosts(options.prices, options.budget),
    onFimLearned: ({ profile, model }, fim) => probes.learnFim(profile, model, fim),
    onSettled(settled) {
      running.delete(settled.record.id);
      books.settled(settled);
    },
  };

  let facts: readonly RouteFacts[] = [];
  let factsOf: readonly Candidate[] | undefined;
  let factsAtLatency = -1;

  const subscription = options.profiles.onDidChange(() => {
    penalties.forgiveAll();
    health.reset();
    discovery.restart();
  });
  discovery.restart();

  function begin(plan: AttemptPlan): Attempt {
    penalties.began(plan.candidate);
    const attempt = new Attempt(plan, services);
    if (!attempt.isSettled) running.set(plan.id, attempt);
    return attempt;
  }

  async function waitForProbes(request: ModelRequest, signal: AbortSignal): Promise<void> {
    const unprobed = routes.unprobed(request);
    if (unprobed.length === 0) return;
    const asked = unprobed.map(({ profile, model }) => probes.runShared(profile, model, lifetime.signal));
    const patience = new AbortController();
    try {
      const answers = Promise.all(asked).catch(ignoreCancellation);
      await untilAborted(Promise.race([answers, delay(clock, FIRST_PROBE_WAIT_MS, patience.signal)]), signal);
    } finally {
      patience.abort();
    }
  }

  return {
    stream(request, signal) {
      let route: Route | undefined;
      let attempts = 0;
      const requestId = crypto.randomUUID();
      const startedMs = clock.now();
      const strategy = request.routing?.strategy ?? 'single';
      const deadlines = deadlinesOf(request);

      async function* candidates(): AsyncGenerator<Candidate, void, undefined> {
        stopIfAborted(signal, lifetime.signal);
        await waitForProbes(request, signal);
        route = routes.forRequest(request);
        for (const candidate of route.candidates) {
          stopIfAborted(signal, lifetime.signal);
          yield candidate;
        }
      }

      return (STRATEGIES[strategy] ?? single)({
        candidates: candidates(),
        begin: (candidate, role, reason) =>
          begin({
            id: `${requestId}.${++attempts}`,
            requestId,
            candidate,
            request,
            strategy,
            role,
            reason,
            // One limit for the whole request: a fallback has only what is left of it.
            deadlines: { ...deadlines, totalMs: deadlines.totalMs - (clock.now() - startedMs) },
            signal,
          }),
        excluded: () => route?.excluded() ?? [],
      });
    },

    completionRoute() {
      const candidates = routes.forCompletions();
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
      books.tested(profile.definition.id, result);
      return result;
    },

    health: () => profiles().map((profile) => health.of(profile.definition.id)),
    onRequestFinished: books.onRequestFinished,
    onHealthChanged: health.onChanged,

    dispose() {
      subscription.dispose();
      lifetime.abort();
      discovery.dispose();
      for (const attempt of running.values()) attempt.dispose();
      books.dispose();
      health.dispose();
    },
  };
}

function stopIfAborted(...signals: readonly AbortSignal[]): void {
  if (signals.some((signal) => signal.aborted)) throw new ReaperError('cancelled', 'Cancelled');
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

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
