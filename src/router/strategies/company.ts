/** Who may be asked beside others: where a second request would help nobody, or cost more than it can bring. */
import type { Clock } from '../../base/clock.ts';
import type { Candidate } from '../candidates.ts';
import type { Admissions } from '../limits/admission.ts';
import type { Penalties } from '../penalties.ts';

export interface Company {
  mayJoin(candidate: Candidate, others: readonly Candidate[], maxOutputTokens: number): boolean;
}

// Who writes, and bills, to the end after it has lost may do so for a short answer only (facts/router §3.2).
const LONGEST_ABANDONED_ANSWER = 1024;

// Who is this near to a limit keeps the rest of it for requests that nobody else answers (facts/router §3.2).
const LEAST_LEFT = 0.2;

export interface CompanyOptions {
  readonly penalties: Pick<Penalties, 'isOnTrial'>;
  readonly admissions: Pick<Admissions, 'report'>;
  readonly clock: Clock;
}

export function createCompany({ penalties, admissions, clock }: CompanyOptions): Company {
  function isShort(candidate: Candidate): boolean {
    const { occupancy, headroom } = admissions.report(candidate);
    if (occupancy !== undefined && occupancy.running >= occupancy.allowed) return true;
    return headroom.some(
      ({ limit, remaining, resetsAtMs }) =>
        limit !== undefined && resetsAtMs > clock.now() && remaining < limit * LEAST_LEFT,
    );
  }

  return {
    mayJoin(candidate, others, maxOutputTokens) {
      const { definition } = candidate.profile;
      // It always answers, and at once: nobody else would ever win.
      if (candidate.location === 'embedded' || definition.capabilities.joinsRaces === false) return false;
      if (others.some((other) => other === candidate || isSameMachine(other, candidate))) return false;
      // Just back from a failure: one request alone finds out.
      if (penalties.isOnTrial(candidate)) return false;
      if (others.length > 0 && isShort(candidate)) return false;
      return definition.capabilities.stopsBillingOnDisconnect || maxOutputTokens <= LONGEST_ABANDONED_ANSWER;
    },
  };
}

/** Two requests to one local server share one processor. */
function isSameMachine(one: Candidate, other: Candidate): boolean {
  return one.location === 'local' && other.location === 'local' && originOf(one) === originOf(other);
}

function originOf({ baseUrl }: Candidate): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl;
}
