/** Asks servers what they can do, and remembers it per provider, address and model. */
import { forkAbort, untilAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { errorMessage, ReaperError } from '../base/errors.ts';
import type { Egress } from './egress.ts';
import { hostOf, reaperErrorWithin } from './http-errors.ts';
import type { ProviderProfile } from './provider-definition.ts';
import { readCredential } from './read-credentials.ts';
import { secretsOf, withoutSecrets } from './redact-secrets.ts';
import type { Transport } from './transport.ts';
import type { FimMode, ProbeResult } from './wire.ts';

export interface ProbesOptions {
  readonly transport: Transport;
  readonly egress: Egress;
  readonly clock: Clock;
}

export interface Probes {
  /** The last result for this address and model; `undefined` before the first one. */
  known(profile: ProviderProfile, model: string | undefined): ProbeResult | undefined;
  /** Asks, and remembers. Equal probes in the background share one; rejects only with `cancelled`. */
  runShared(profile: ProviderProfile, model: string | undefined, signal: AbortSignal): Promise<ProbeResult>;
  /** Asks anew, and remembers: the user wants to know. */
  runNow(profile: ProviderProfile, model: string | undefined, signal: AbortSignal): Promise<ProbeResult>;
  /** A request showed that the model takes holes in another way than was thought: that counts until the user tests anew. */
  learnFim(profile: ProviderProfile, model: string, fim: FimMode): void;
  learnedFim(profile: ProviderProfile, model: string): FimMode | undefined;
  /** Grows with everything that is found out. */
  readonly version: number;
}

interface Occasion {
  readonly limitMs: number;
  readonly mayAskUser: boolean;
}

// Nobody waits for it; a server that needs longer is no use for ghost text, and is asked again later.
const BACKGROUND: Occasion = { limitMs: 3000, mayAskUser: false };
// Somebody waits for it: enough for a cold TLS connection through a proxy.
const TEST: Occasion = { limitMs: 10_000, mayAskUser: true };

export function createProbes(options: ProbesOptions): Probes {
  const results = new Map<string, ProbeResult>();
  const running = new Map<string, { readonly signal: AbortSignal; readonly answer: Promise<ProbeResult> }>();
  const learned = new Map<string, FimMode>();
  let version = 0;

  async function ask(
    profile: ProviderProfile,
    model: string | undefined,
    occasion: Occasion,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    const result = await runProbe(options, profile, model, occasion, signal);
    results.set(probeKey(profile, model), result);
    version++;
    return result;
  }

  return {
    known: (profile, model) => results.get(probeKey(profile, model)),
    runShared(profile, model, signal) {
      const key = probeKey(profile, model);
      const current = running.get(key);
      if (current !== undefined && !current.signal.aborted) return current.answer;
      const started = { signal, answer: ask(profile, model, BACKGROUND, signal) };
      running.set(key, started);
      const forget = (): void => {
        if (running.get(key) === started) running.delete(key);
      };
      started.answer.then(forget, forget);
      return started.answer;
    },
    runNow(profile, model, signal) {
      for (const key of learned.keys()) {
        if (key.startsWith(`${profile.definition.id} `)) learned.delete(key);
      }
      return ask(profile, model, TEST, signal);
    },
    learnFim(profile, model, fim) {
      learned.set(fimKey(profile, model), fim);
      version++;
    },
    learnedFim: (profile, model) => learned.get(fimKey(profile, model)),
    get version() {
      return version;
    },
  };
}

/** The model a profile's completions go to, as far as it is known without asking. */
export function configuredModel(profile: ProviderProfile): string | undefined {
  return profile.completionModel ?? profile.definition.completionModel;
}

export function baseUrlOf(profile: ProviderProfile): string | undefined {
  const { definition } = profile;
  if (definition.location === 'embedded') return '';
  return profile.baseUrl ?? definition.baseUrlFor?.(profile.options) ?? definition.baseUrl;
}

/** What a result is remembered by. */
export function probeKey(profile: ProviderProfile, model: string | undefined): string {
  return `${profile.definition.id} ${baseUrlOf(profile) ?? ''} ${model ?? ''}`;
}

/** Another template in the settings is worth another try. */
function fimKey(profile: ProviderProfile, model: string): string {
  return `${probeKey(profile, model)} ${profile.fimFamily ?? ''}`;
}

async function runProbe(
  options: ProbesOptions,
  profile: ProviderProfile,
  model: string | undefined,
  { limitMs, mayAskUser }: Occasion,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { definition } = profile;
  const baseUrl = baseUrlOf(profile);
  if (baseUrl === undefined) {
    return unreachable(`No base URL is set for ${definition.label}. Set it in the settings.`);
  }
  const fork = forkAbort(signal);
  const metered = options.transport({ providerId: definition.id, purpose: 'probe', signal: fork.signal });
  let expired = false;
  const timer = options.clock.setTimeout(() => {
    expired = true;
    fork.abort();
  }, limitMs);
  let secrets = secretsOf(undefined, profile.headers);
  try {
    signal.throwIfAborted();
    if (definition.location !== 'embedded') {
      options.egress.check({ url: baseUrl, purpose: 'probe', providerId: definition.id, bytesSent: 0 });
    }
    const credential = await untilAborted(readCredential(profile), fork.signal);
    secrets = secretsOf(credential, profile.headers);
    const wire = await untilAborted(definition.wire(), fork.signal);
    const call = {
      baseUrl,
      model,
      credential,
      options: profile.options,
      headers: profile.headers,
      fetch: metered.fetch,
      exchange: metered.exchange,
      mayAskUser,
      signal: fork.signal,
    };
    const result = await untilAborted(wire.probe(call), fork.signal);
    return resultWithoutSecrets(result, secrets);
  } catch (error) {
    if (signal.aborted) throw new ReaperError('cancelled', 'Cancelled', { cause: error });
    if (expired) return unreachable(`${hostOf(baseUrl)} did not answer within ${limitMs / 1000} s.`);
    return unreachable(withoutSecrets(reaperErrorWithin(error)?.message ?? errorMessage(error), secrets));
  } finally {
    timer.dispose();
    fork.abort();
    fork.dispose();
    metered.close();
  }
}

/** Also the names of models are what a server says. */
function resultWithoutSecrets(result: ProbeResult, secrets: readonly string[]): ProbeResult {
  const { problem, model } = result;
  return {
    ...result,
    models: result.models.map((name) => withoutSecrets(name, secrets)),
    ...(model === undefined ? {} : { model: withoutSecrets(model, secrets) }),
    problem: problem === undefined ? undefined : withoutSecrets(problem, secrets),
  };
}

/** What is known of a server that could not be asked. */
export function unreachable(problem: string): ProbeResult {
  return {
    reachable: false,
    keyAccepted: undefined,
    modelPresent: undefined,
    models: [],
    fim: { type: 'none' },
    roundTripMs: 0,
    slots: undefined,
    problem,
  };
}
