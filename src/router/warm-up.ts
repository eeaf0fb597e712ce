/**
 * Brings a local model into memory before the first request for it. Ollama loads at the first request and gives the loading up
 * when that request is given up, which every request for ghost text soon is: a model that needs longer would never be there.
 */
import { forkAbort } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Candidate } from './candidates.ts';
import type { Credential } from './credential.ts';
import { secretsOf, withoutSecrets } from './redact-secrets.ts';
import type { Transport } from './transport.ts';
import type { WireModule } from './wire.ts';

export interface WarmUpsOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the router: a load outlives the requests that wait for it. */
  readonly lifetime: AbortSignal;
}

export interface WarmUps {
  /** The load that a request has to wait for; `undefined` if the model should be in memory, or needs no loading. Never rejects. */
  load(candidate: Candidate, wire: WireModule, credential: Credential | undefined): Promise<void> | undefined;
  /** It answered, so it is in memory. */
  answered(candidate: Candidate): void;
  /** It was late or gone: it may have been thrown out of memory. */
  failed(candidate: Candidate): void;
}

// Ollama keeps a model for 5 minutes unless it is told otherwise; asking about one that is there takes a few milliseconds.
const STAYS_WARM_MS = 240_000;
// Ollama itself gives up after 5 minutes; a model that needs more than two is none for ghost text.
const LOAD_LIMIT_MS = 120_000;

export function createWarmUps(options: WarmUpsOptions): WarmUps {
  const { transport, clock, logger, lifetime } = options;
  const warmUntilMs = new Map<string, number>();
  const loading = new Map<string, Promise<void>>();

  async function run(
    { profile, providerId, baseUrl, model, key }: Candidate,
    warmUp: NonNullable<WireModule['warmUp']>,
    credential: Credential | undefined,
  ): Promise<void> {
    const fork = forkAbort(lifetime);
    const timer = clock.setTimeout(() => fork.abort(), LOAD_LIMIT_MS);
    const { fetch, exchange, close } = transport({ providerId, purpose: 'probe', signal: fork.signal });
    try {
      await warmUp({
        baseUrl,
        model,
        credential,
        options: profile.options,
        headers: profile.headers,
        fetch,
        exchange,
        signal: fork.signal,
      });
    } catch (error) {
      // The request that waited goes ahead and meets the error itself.
      const reason = withoutSecrets(errorMessage(error), secretsOf(credential, profile.headers));
      logger.debug(`${providerId} did not load ${model}: ${reason}`);
    } finally {
      timer.dispose();
      fork.dispose();
      close();
      stayWarm(key);
    }
  }

  function stayWarm(key: string): void {
    warmUntilMs.set(key, clock.now() + STAYS_WARM_MS);
  }

  return {
    load(candidate, wire, credential) {
      const { key } = candidate;
      const { warmUp } = wire;
      if (warmUp === undefined || clock.now() < (warmUntilMs.get(key) ?? 0)) return undefined;
      let load = loading.get(key);
      if (load === undefined) {
        load = run(candidate, warmUp, credential).finally(() => loading.delete(key));
        loading.set(key, load);
      }
      return load;
    },
    answered: ({ key }) => stayWarm(key),
    failed: ({ key }) => void warmUntilMs.delete(key),
  };
}
