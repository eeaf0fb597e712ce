/** Which of several keys is used: the first one that is neither rejected, out of credit, nor told to wait. */
import type { Clock } from '../base/clock.ts';
import { type ErrorKind, ReaperError } from '../base/errors.ts';
import type { Credential } from './credential.ts';
import type { ProviderProfile } from './provider-definition.ts';
import { readCredentials } from './read-credentials.ts';

export interface PickedKey {
  /** `undefined`: the provider has none, and may need none. */
  readonly credential: Credential | undefined;
  /** Keys that could still be used if this one is not accepted. */
  readonly others: number;
}

export interface KeyRing {
  /** Throws one error for all keys if none is left. */
  pick(profile: ProviderProfile, hasRoom: (credential: Credential) => boolean): Promise<PickedKey>;
  /** Returns whether it was the key's fault. Nothing else is remembered than its id. */
  failed(credential: Credential, error: ReaperError): boolean;
  /** Settings or keys changed, or a test succeeded. */
  reset(): void;
}

// A limit without a time: long enough for most limits per minute to have moved on.
const UNTOLD_LIMIT_MS = 20_000;

interface Fault {
  readonly kind: ErrorKind;
  /** Clock time; `Infinity`: until somebody changes something. */
  readonly untilMs: number;
}

export function createKeyRing(clock: Clock): KeyRing {
  const faults = new Map<string, Fault>();

  function faultOf(credential: Credential): Fault | undefined {
    const fault = faults.get(credential.id);
    if (fault === undefined || fault.untilMs > clock.now()) return fault;
    faults.delete(credential.id);
    return undefined;
  }

  return {
    async pick(profile, hasRoom) {
      const stored = await readCredentials(profile);
      const [only] = stored;
      // With one key there is no choice: whether it may be tried again is a matter of the provider.
      if (stored.length < 2) return { credential: only, others: 0 };
      const good = stored.filter((credential) => faultOf(credential) === undefined);
      if (good.length > 0) return { credential: good.find(hasRoom) ?? good[0], others: good.length - 1 };
      const limited = stored
        .map((credential) => ({ credential, untilMs: faultOf(credential)?.untilMs ?? 0 }))
        .filter(({ untilMs }) => untilMs < Infinity)
        .sort((a, b) => a.untilMs - b.untilMs)[0];
      if (limited === undefined) throw exhausted(profile, stored.map(faultOf));
      return { credential: limited.credential, others: 0 };
    },
    failed(credential, error) {
      switch (error.kind) {
        case 'auth':
        case 'quota':
          faults.set(credential.id, { kind: error.kind, untilMs: Infinity });
          return true;
        case 'rate-limit':
          faults.set(credential.id, {
            kind: error.kind,
            untilMs: clock.now() + (error.retryAfterMs ?? UNTOLD_LIMIT_MS),
          });
          return true;
        default:
          return false;
      }
    },
    reset: () => faults.clear(),
  };
}

function exhausted({ definition }: ProviderProfile, faults: readonly (Fault | undefined)[]): ReaperError {
  const withoutCredit = faults.filter((fault) => fault?.kind === 'quota').length;
  const rejected = faults.length - withoutCredit;
  const all = `All ${faults.length} keys of ${definition.label} are used up`;
  return new ReaperError(
    rejected > 0 ? 'auth' : 'quota',
    `${all}: ${rejected} not accepted, ${withoutCredit} without credit. Set a valid one with “Reaper: Set API Key”, or top up the account.`,
  );
}
