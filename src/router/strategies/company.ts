/** Who may be asked beside others: where a second request would help nobody, or cost more than it can bring. */
import type { Candidate } from '../candidates.ts';
import type { Penalties } from '../penalties.ts';

export interface Company {
  mayJoin(candidate: Candidate, others: readonly Candidate[], maxOutputTokens: number): boolean;
}

// Who writes, and bills, to the end after it has lost may do so for a short answer only (facts/router §3.2).
const LONGEST_ABANDONED_ANSWER = 1024;

export function createCompany(penalties: Pick<Penalties, 'isOnTrial'>): Company {
  return {
    mayJoin(candidate, others, maxOutputTokens) {
      const { definition } = candidate.profile;
      // It always answers, and at once: nobody else would ever win.
      if (candidate.location === 'embedded' || definition.capabilities.joinsRaces === false) return false;
      if (others.some((other) => other === candidate || isSameMachine(other, candidate))) return false;
      // Just back from a failure: one request alone finds out.
      if (penalties.isOnTrial(candidate)) return false;
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
