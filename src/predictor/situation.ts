/** What is known about a place, whichever candidate is looked at. */
import type { Candidates, Start } from './candidates.ts';
import type { TypedText } from './typed-text.ts';

/** What is the same for all candidates of one start. */
export interface Situation {
  readonly typedWords: ReadonlySet<number>;
  readonly allVotes: number;
  readonly bestAnalogy: number;
  readonly candidates: number;
  readonly siblingVotes: number;
  readonly followingVotes: number;
  readonly mostFollowing: number;
}

export function situationOf(
  typed: TypedText,
  start: Start,
  { analogies, siblings, following, list }: Candidates,
): Situation {
  const typedWords = new Set<number>();
  for (let at = 0; at < start.end; at++) {
    typedWords.add(typed.tokens[at]! >> 1);
  }
  let allVotes = 0;
  let bestAnalogy = 0;
  for (const { votes, source } of analogies.values()) {
    allVotes += votes;
    bestAnalogy = Math.max(bestAnalogy, source.score);
  }
  let siblingVotes = 0;
  for (const { votes } of siblings.values()) {
    siblingVotes += votes;
  }
  let followingVotes = 0;
  let mostFollowing = 0;
  for (const { votes } of following.values()) {
    followingVotes += votes;
    mostFollowing = Math.max(mostFollowing, votes);
  }
  const candidates = list.length;
  return { typedWords, allVotes, bestAnalogy, candidates, siblingVotes, followingVotes, mostFollowing };
}
