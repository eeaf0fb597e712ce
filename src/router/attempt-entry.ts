/** From a plan to the stream of its wire: key, protocol, kept answer, model in memory, turn at the server, budget. */
import { untilAborted } from '../base/abort.ts';
import type { AttemptPlan, AttemptServices, ModelLoading } from './attempt.ts';
import type { AttemptCost } from './attempt-cost.ts';
import { missingKeyError } from './attempt-errors.ts';
import type { Credential } from './credential.ts';
import type { Admission } from './limits/admission.ts';
import { withOwnReasoning } from './own-reasoning.ts';
import { needsCredential } from './read-credentials.ts';
import { secretsOf } from './redact-secrets.ts';
import type { StreamPart } from './stream-part.ts';
import type { MeteredFetch } from './transport.ts';
import type { WireModule } from './wire.ts';

export interface AttemptEntryOptions {
  readonly plan: AttemptPlan;
  readonly services: AttemptServices;
  readonly metered: MeteredFetch;
  readonly cost: AttemptCost;
  readonly admission: Admission;
  /** Of the attempt. */
  readonly signal: AbortSignal;
}

export interface AttemptEntry {
  /** Once. Throws what a store, a wire, a limit or a budget throws. */
  open(): Promise<AsyncIterable<StreamPart>>;
  readonly credentialId: string | undefined;
  readonly secrets: readonly string[];
  readonly loading: ModelLoading;
  /** Before that nothing was asked of the provider; a kept answer never is. */
  readonly wasSent: boolean;
  /** The answer was given before. */
  readonly isReplay: boolean;
}

export function createAttemptEntry(options: AttemptEntryOptions): AttemptEntry {
  const { plan, services, metered, cost, admission, signal } = options;
  const { candidate, request } = plan;
  const { profile } = candidate;
  let credential: Credential | undefined;
  let secrets: readonly string[] = [];
  let loading: ModelLoading = 'none';
  let wasSent = false;
  let isReplay = false;

  async function waitForModel(wire: WireModule): Promise<void> {
    const load = services.warmUps.load(candidate, wire, credential);
    if (load === undefined) return;
    loading = 'under-way';
    await untilAborted(load, signal);
    loading = 'done';
  }

  /** Only what `single` asks for is kept: the others want several answers. */
  function cacheKey(): string | undefined {
    return plan.strategy === 'single'
      ? services.cache.keyOf({ candidate, request, credentialId: credential?.id })
      : undefined;
  }

  function send(wire: WireModule): AsyncIterable<StreamPart> {
    wasSent = true;
    return wire.stream({
      baseUrl: candidate.baseUrl,
      model: candidate.model,
      credential,
      options: profile.options,
      headers: profile.headers,
      input: withOwnReasoning(request.input, candidate.providerId),
      limits: request.limits,
      fim: candidate.fim,
      purpose: request.purpose,
      ...(request.routing === undefined ? {} : { routing: request.routing }),
      fetch: metered.fetch,
      exchange: metered.exchange,
      signal,
      onFimLearned: (fim) => services.onFimLearned(candidate, fim),
    });
  }

  return {
    async open() {
      credential = await untilAborted(plan.credential(), signal);
      secrets = secretsOf(credential, profile.headers);
      if (credential === undefined && needsCredential(profile)) throw missingKeyError(candidate);
      const [wire] = await untilAborted(Promise.all([profile.definition.wire(), cost.ready()]), signal);
      const key = cacheKey();
      const kept = key === undefined ? undefined : services.cache.find(key);
      if (kept !== undefined) {
        isReplay = true;
        return replay(kept);
      }
      await waitForModel(wire);
      signal.throwIfAborted();
      const turn = admission.enter(credential?.id, plan.otherKeys());
      if (turn !== undefined) await untilAborted(turn, signal);
      signal.throwIfAborted();
      cost.reserve();
      const stream = send(wire);
      return key === undefined ? stream : services.cache.keeping(key, stream);
    },
    get credentialId() {
      return credential?.id;
    },
    get secrets() {
      return secrets;
    },
    get loading() {
      return loading;
    },
    get wasSent() {
      return wasSent;
    },
    get isReplay() {
      return isReplay;
    },
  };
}

async function* replay(parts: readonly StreamPart[]): AsyncGenerator<StreamPart, void, undefined> {
  yield* parts;
}
