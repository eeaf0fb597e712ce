/** What is left of the limits that servers told of, per key and model, less what was sent since: who has no room is not asked. */
import type { Clock } from '../../base/clock.ts';
import type { RateSignal, RateUnit } from './rate-signals.ts';

export interface TokenNeed {
  readonly input: number;
  /** The most that may come. Azure takes it off in advance, and others may. */
  readonly output: number;
}

export interface Shortage {
  /** Clock time. */
  readonly untilMs: number;
  readonly unit: RateUnit;
}

export interface HeadroomUse {
  /** Provider, address and model. */
  readonly target: string;
  readonly credentialId: string | undefined;
  /** Keys that could be used in place of this one. */
  readonly otherKeys: number;
  readonly need: TokenNeed;
}

/** What one attempt takes: off at once, corrected by what the server says, given back when it was not used. */
export interface Charge {
  /** Any answer of the server, with what it says of its limits; `[]` if it says nothing. */
  answered(signals: readonly RateSignal[]): void;
  /** Once. The tokens that were used in the end; `undefined`: none, it never arrived. */
  settle(used: TokenNeed | undefined): void;
}

export interface Headroom {
  readonly unit: RateUnit;
  readonly window: string;
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetsAtMs: number;
}

export interface RateHeadroom {
  /** `undefined`: some key has room, or nothing is known. `need` is asked for only where something is known. */
  shortage(target: string, need: () => TokenNeed): Shortage | undefined;
  /** The same for one key. */
  shortageOfKey(target: string, credentialId: string | undefined, need: () => TokenNeed): Shortage | undefined;
  charge(use: HeadroomUse): Charge;
  /** Of all keys, for display. */
  known(target: string): readonly Headroom[];
  /** Settings or keys changed. */
  reset(): void;
}

interface Bucket {
  readonly signal: RateSignal;
  readonly resetsAtMs: number;
  /** Sent since the server told, and not yet in what it told. */
  spent: number;
}

interface KeyLimits {
  readonly buckets: Map<string, Bucket>;
  /** Of attempts that the server did not answer yet. */
  readonly charges: Set<TokenNeed>;
}

interface TargetLimits {
  readonly keys: Map<string, KeyLimits>;
  keysInUse: number;
}

export function createRateHeadroom(clock: Clock): RateHeadroom {
  const targets = new Map<string, TargetLimits>();

  function limitsOf({ target, credentialId = '', otherKeys }: HeadroomUse): KeyLimits {
    const ofTarget = targets.get(target) ?? { keys: new Map<string, KeyLimits>(), keysInUse: 1 };
    targets.set(target, ofTarget);
    ofTarget.keysInUse = otherKeys + 1;
    const ofKey = ofTarget.keys.get(credentialId) ?? { buckets: new Map<string, Bucket>(), charges: new Set() };
    ofTarget.keys.set(credentialId, ofKey);
    return ofKey;
  }

  /** The latest of those that have no room, for none of them may be passed over. */
  function shortageIn(limits: KeyLimits, need: () => TokenNeed): Shortage | undefined {
    let worst: Shortage | undefined;
    let wanted: TokenNeed | undefined;
    for (const [key, { signal, resetsAtMs, spent }] of limits.buckets) {
      if (resetsAtMs <= clock.now()) {
        // It is whole again; how large it is then, the next answer tells.
        limits.buckets.delete(key);
        continue;
      }
      wanted ??= need();
      const amount = amountOf(wanted, signal.unit);
      // More than the limit itself will never fit: the server has to say so, or to be more generous than its word.
      if (signal.limit !== undefined && amount > signal.limit) continue;
      let left = signal.remaining - spent;
      for (const charge of limits.charges) left -= amountOf(charge, signal.unit);
      if (left < amount && resetsAtMs > (worst?.untilMs ?? 0)) worst = { untilMs: resetsAtMs, unit: signal.unit };
    }
    return worst;
  }

  return {
    shortage(target, need) {
      const ofTarget = targets.get(target);
      if (ofTarget === undefined) return undefined;
      let soonest: Shortage | undefined;
      let short = 0;
      for (const [credentialId, limits] of ofTarget.keys) {
        const shortage = shortageIn(limits, need);
        // Tokens of a sign-in are replaced every hour; nothing is left to know of the old one.
        if (limits.buckets.size === 0 && limits.charges.size === 0) ofTarget.keys.delete(credentialId);
        if (shortage === undefined) continue;
        short++;
        if (soonest === undefined || shortage.untilMs < soonest.untilMs) soonest = shortage;
      }
      return short >= ofTarget.keysInUse ? soonest : undefined;
    },
    shortageOfKey(target, credentialId = '', need) {
      const limits = targets.get(target)?.keys.get(credentialId);
      return limits === undefined ? undefined : shortageIn(limits, need);
    },
    charge(use) {
      const limits = limitsOf(use);
      const charge: TokenNeed = { ...use.need };
      limits.charges.add(charge);
      let told = false;
      return {
        answered(signals) {
          for (const signal of signals) {
            const resetsAtMs = clock.now() + signal.resetMs;
            limits.buckets.set(`${signal.unit} ${signal.window}`, { signal, resetsAtMs, spent: 0 });
          }
          told ||= signals.length > 0;
          // What the server tells includes what it has just answered.
          if (told) limits.charges.delete(charge);
        },
        settle(used) {
          limits.charges.delete(charge);
          if (told || used === undefined) return;
          for (const bucket of limits.buckets.values()) bucket.spent += amountOf(used, bucket.signal.unit);
        },
      };
    },
    known(target) {
      const keys = targets.get(target)?.keys.values() ?? [];
      return [...keys].flatMap(({ buckets }) =>
        [...buckets.values()]
          .filter(({ resetsAtMs }) => resetsAtMs > clock.now())
          .map(({ signal: { unit, window, limit, remaining }, spent, resetsAtMs }) => {
            return { unit, window, limit, remaining: Math.max(0, remaining - spent), resetsAtMs };
          }),
      );
    },
    reset: () => targets.clear(),
  };
}

function amountOf({ input, output }: TokenNeed, unit: RateUnit): number {
  switch (unit) {
    case 'requests':
      return 1;
    case 'tokens':
      return input + output;
    case 'input-tokens':
      return input;
    case 'output-tokens':
      // Anthropic counts what was written, not what may be: any room is enough to begin.
      return Math.min(output, 1);
  }
}
