/** One request from its settings to its strategy: what the router does before the first candidate is asked. */
import { delay, untilAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { isCancellation, ReaperError } from '../base/errors.ts';
import type { Affinities } from './affinity.ts';
import { Branch, type BranchServices } from './branch.ts';
import type { Candidate } from './candidates.ts';
import { deadlinesOf } from './deadlines.ts';
import { resolveRouting, type ResolvedRouting } from './default-routing.ts';
import type { Degradations } from './degradation.ts';
import type { Hedges } from './hedges.ts';
import type { Admissions } from './limits/admission.ts';
import type { ModelRequest } from './model-request.ts';
import { needOf } from './need.ts';
import type { Ordering } from './order.ts';
import type { Penalties } from './penalties.ts';
import type { Probes } from './probes.ts';
import { type Route, type Routes, wishOf } from './route.ts';
import type { RoutingSettings } from './routing-settings.ts';
import type { Several } from './strategies/several.ts';
import { single } from './strategies/single.ts';
import type { StrategyRun } from './strategies/strategy.ts';
import type { StreamPart } from './stream-part.ts';

export interface AskServices {
  readonly routing: () => RoutingSettings;
  readonly routes: Routes;
  readonly ordering: Ordering;
  readonly affinities: Affinities;
  readonly degradations: Degradations;
  readonly penalties: Penalties;
  readonly admissions: Admissions;
  readonly hedges: Hedges;
  readonly probes: Probes;
  readonly branches: BranchServices;
  readonly clock: Clock;
  readonly random: () => number;
  /** What keeps answers, if the user wants them kept: a promise until it is there. */
  readonly cacheLoading: () => Promise<unknown> | undefined;
  /** Of the router. */
  readonly lifetime: AbortSignal;
  onBegin(branch: Branch): void;
}

// A provider that is set up but not known yet is worth this wait, once: a loopback probe takes 5 ms, a remote one 200 ms.
const FIRST_PROBE_WAIT_MS = 1000;

/** Nothing happens before the first `next` of the result. */
export function createAsk(
  services: AskServices,
): (request: ModelRequest, signal: AbortSignal) => AsyncIterable<StreamPart> {
  const { routes, ordering, affinities, clock, lifetime } = services;
  let several: Several | undefined;

  async function loadSeveral(): Promise<void> {
    const { createSeveral } = await import('./strategies/several.ts');
    several ??= createSeveral(services);
  }

  /** Code that most requests do without. Waited for before anybody is chosen, so that the choice is as fresh as ever. */
  async function waitForCode(routing: ResolvedRouting, signal: AbortSignal): Promise<void> {
    const cacheLoading = services.cacheLoading();
    if (cacheLoading !== undefined) await untilAborted(cacheLoading, signal);
    if (routing.strategy !== 'single' && several === undefined) await untilAborted(loadSeveral(), signal);
  }

  async function waitForProbes(request: ModelRequest, signal: AbortSignal): Promise<void> {
    const unprobed = routes.unprobed(request);
    if (unprobed.length === 0) return;
    const asked = unprobed.map(({ profile, model }) => services.probes.runShared(profile, model, lifetime));
    const patience = new AbortController();
    try {
      const answers = Promise.all(asked).catch(ignoreCancellation);
      await untilAborted(Promise.race([answers, delay(clock, FIRST_PROBE_WAIT_MS, patience.signal)]), signal);
    } finally {
      patience.abort();
    }
  }

  async function start(
    request: ModelRequest,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<StreamPart, void, undefined>> {
    stopIfAborted(signal, lifetime);
    const startedMs = clock.now();
    const routing = resolveRouting(services.routing(), request);
    await waitForCode(routing, signal);
    await waitForProbes(request, signal);
    const ready = ordering.ready(routing);
    if (ready !== undefined) await untilAborted(ready, signal);
    const route = routes.forRequest(request, routing, affinities.of(request, routing.stickiness));
    services.branches.retryBudget.earn();
    const run = runOf(request, { routing, route, startedMs }, signal);
    return routing.strategy === 'single' || several === undefined
      ? single(run)
      : several.strategies[routing.strategy](run);
  }

  function runOf(
    request: ModelRequest,
    {
      routing,
      route,
      startedMs,
    }: { readonly routing: ResolvedRouting; readonly route: Route; readonly startedMs: number },
    signal: AbortSignal,
  ): StrategyRun {
    const requestId = crypto.randomUUID();
    const deadlines = deadlinesOf(request);
    const { use } = needOf(request);
    let attempts = 0;
    return {
      request,
      routing,
      route,
      hedges: services.hedges,
      clock,
      random: services.random,
      begin(candidate, { strategy, role, reason, wins, isAlone, firstUsefulTokenMs, input }) {
        const firstMs = Math.min(deadlines.firstUsefulTokenMs, firstUsefulTokenMs ?? Infinity);
        const branch = new Branch(
          {
            requestId,
            nextId: () => `${requestId}.${++attempts}`,
            candidate,
            request: input === undefined ? request : { ...request, input },
            strategy,
            role,
            wins,
            reason,
            // One limit for the whole request: a fallback has only what is left of it.
            deadlines: () => ({
              ...deadlines,
              firstUsefulTokenMs: firstMs,
              totalMs: deadlines.totalMs - (clock.now() - startedMs),
            }),
            hasAnother: () => isAlone?.() === false || route.hasNext(),
            signal,
          },
          services.branches,
        );
        services.onBegin(branch);
        return branch;
      },
      answering(candidate, reason) {
        const missed = route.missedBy(candidate);
        affinities.answered(request, candidate);
        // A request for one provider by name says nothing of the first choice.
        if (request.routing?.providers === undefined) services.degradations.answered(use, candidate, missed);
        const { providerId, model } = candidate;
        return { type: 'source', providerId, model, reason, isDegraded: missed !== undefined };
      },
      mayJoin: (candidate, others) =>
        several?.company.mayJoin(candidate, others, request.limits.maxOutputTokens) === true,
      byStrength: (candidates: readonly Candidate[]) =>
        ordering.ordered(candidates, { ...wishOf(request, routing), order: 'smartest', local: 'as-listed' }),
    };
  }

  return (request, signal) => lazyStream(() => start(request, signal));
}

/** Without a layer of its own around each part. */
function lazyStream(
  start: () => Promise<AsyncGenerator<StreamPart, void, undefined>>,
): AsyncGenerator<StreamPart, void, undefined> {
  let stream: AsyncGenerator<StreamPart, void, undefined> | undefined;
  let starting: Promise<AsyncGenerator<StreamPart, void, undefined>> | undefined;
  let isOver = false;
  const done = { done: true, value: undefined } as const;

  async function begin(): Promise<AsyncGenerator<StreamPart, void, undefined>> {
    try {
      stream = await start();
      return stream;
    } catch (error) {
      isOver = true;
      throw error;
    }
  }

  const result: AsyncGenerator<StreamPart, void, undefined> = {
    next() {
      if (stream !== undefined) return stream.next();
      if (isOver) return Promise.resolve(done);
      starting ??= begin();
      return starting.then((started) => started.next());
    },
    async return() {
      isOver = true;
      const started = stream ?? (await starting?.catch(() => undefined));
      return (await started?.return()) ?? done;
    },
    async throw(error: unknown) {
      await result.return();
      throw error;
    },
    [Symbol.asyncIterator]: () => result,
    async [Symbol.asyncDispose]() {
      await result.return();
    },
  };
  return result;
}

function stopIfAborted(...signals: readonly AbortSignal[]): void {
  if (signals.some((signal) => signal.aborted)) throw new ReaperError('cancelled', 'Cancelled');
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
