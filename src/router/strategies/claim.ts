/** One of several can win, and who comes to its end by itself is first before anybody sees it: its record is made then. */
import type { Candidate } from '../candidates.ts';

/** Whether this one has won: the first that asks. */
export type Claim = (candidate: Candidate) => boolean;

export function createClaim(): Claim {
  let winner: Candidate | undefined;
  return (candidate) => {
    winner ??= candidate;
    return winner === candidate;
  };
}
