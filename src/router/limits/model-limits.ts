/** What keeps each model from being asked now, and what its limits leave: for the Doctor and for the status. */
import type { Candidate } from '../candidates.ts';
import type { Penalties, Standing } from '../penalties.ts';
import type { Admissions } from './admission.ts';
import type { Occupancy } from './concurrency.ts';
import type { Headroom } from './rate-headroom.ts';

export interface ModelLimits {
  readonly providerId: string;
  readonly model: string;
  /** Times are the router's clock, not the wall's. */
  readonly standing: Standing;
  /** For how long it still rests; `undefined`: it does not, or only a change by the user ends it; `0`: one request tries it now. */
  readonly restMs: number | undefined;
  /** Of all models at its address. */
  readonly occupancy: Occupancy | undefined;
  readonly headroom: readonly Headroom[];
}

export interface LimitsBoard {
  /** It is asked now, so it has limits to tell of. */
  asked(candidate: Candidate): void;
  /** In the order in which they were asked first. */
  all(nowMs: number): readonly ModelLimits[];
  /** Settings or keys changed: what is not there any more is not told of. */
  reset(): void;
}

export function createLimitsBoard(
  penalties: Pick<Penalties, 'standing'>,
  admissions: Pick<Admissions, 'report'>,
): LimitsBoard {
  const candidates = new Map<string, Candidate>();
  return {
    asked: (candidate) => void candidates.set(candidate.key, candidate),
    all: (nowMs) =>
      [...candidates.values()].map((candidate) => {
        const standing = penalties.standing(candidate);
        return {
          providerId: candidate.providerId,
          model: candidate.model,
          standing,
          restMs: restOf(standing, nowMs),
          ...admissions.report(candidate),
        };
      }),
    reset: () => candidates.clear(),
  };
}

function restOf(standing: Standing, nowMs: number): number | undefined {
  if (standing.type !== 'resting') return undefined;
  return standing.untilMs === Infinity ? 0 : Math.max(0, standing.untilMs - nowMs);
}
