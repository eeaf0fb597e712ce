/** One round of the doctor: asks every provider that is in use, each with a deadline, and tells what it has after each answer. */
import { delay, forkAbort } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import { errorMessage, isCancellation } from '../../base/errors.ts';
import type { Profiles } from '../../config/profiles.ts';
import { unreachable } from '../../router/probes.ts';
import type { ProviderProfile } from '../../router/provider-definition.ts';
import type { ProbeResult } from '../../router/wire.ts';
import type { ProbeText } from '../probe-text.ts';
import { type Answer, isAsked } from './provider-findings.ts';

export interface ExaminationOptions {
  readonly profiles: Pick<Profiles, 'all' | 'list' | 'isSetUp'>;
  readonly test: (profile: ProviderProfile, signal: AbortSignal) => Promise<ProbeResult>;
  readonly describe: (profile: ProviderProfile, result: ProbeResult) => ProbeText;
  readonly clock: Clock;
}

export interface Examination {
  /** By the id of the provider. */
  readonly answers: ReadonlyMap<string, Answer | 'gave-up'>;
  readonly asked: number;
}

/** A probe has deadlines of its own; this one holds whatever a server or a wire does. */
const PROBE_DEADLINE_MS = 15_000;

/** Resolves when all have answered or the user gave up. Never rejects. */
export async function examine(
  { profiles, test, describe, clock }: ExaminationOptions,
  signal: AbortSignal,
  onAnswer: (examination: Examination) => void,
): Promise<void> {
  const asked = profiles.all().filter((profile) => isAsked(profile, profiles));
  const answers = new Map<string, Answer | 'gave-up'>();
  const tell = (): void => onAnswer({ answers: new Map(answers), asked: asked.length });
  tell();
  await Promise.all(
    asked.map(async (profile) => {
      answers.set(profile.definition.id, await askOne(profile));
      tell();
    }),
  );

  async function askOne(profile: ProviderProfile): Promise<Answer | 'gave-up'> {
    const probe = forkAbort(signal);
    try {
      const late = delay(clock, PROBE_DEADLINE_MS, probe.signal).then(() => undefined);
      const result = await Promise.race([test(profile, probe.signal), late]);
      return result === undefined ? 'gave-up' : { result, ...describe(profile, result) };
    } catch (error) {
      return isCancellation(error) ? 'gave-up' : failed(error);
    } finally {
      probe.abort();
      probe.dispose();
    }
  }
}

/** A probe does not throw; if one does all the same, the others are told. */
function failed(error: unknown): Answer {
  const problem = errorMessage(error);
  return {
    result: unreachable(problem),
    ok: false,
    headline: problem,
    details: [],
    fix: undefined,
  };
}
