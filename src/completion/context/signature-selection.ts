/** Chooses the signatures that go into a prompt, and keeps to the choice as long as it serves. */
import type { SlicedWork } from '../../codebase/background.ts';
import type { Declaration } from '../../codebase/declaration.ts';
import type { Candidate } from './signature-candidates.ts';
import { type SignatureText, signatureText } from './signature-text.ts';
import type { NearbyNames } from './nearby-names.ts';

export interface ChosenSignature {
  readonly candidate: Candidate;
  readonly text: SignatureText;
}

/** One declaration gets at most this share of the budget, so that one huge class does not push out all others. */
const LARGEST_SHARE = 0.4;
/** What nearby use makes indispensable: a choice without it is made anew. */
const INDISPENSABLE_RANK = 3;

/**
 * `before`: what is still true of the choice for the last prompt of this document. It stays, word for word, unless it
 * lacks something indispensable: consecutive prompts then share their beginning, and the server's cache holds. What stays
 * of it in a new choice keeps its text as well.
 */
export function* chooseSignatures(
  candidates: readonly Candidate[],
  nearby: NearbyNames,
  budgetTokens: number,
  before: readonly ChosenSignature[],
): SlicedWork<readonly ChosenSignature[]> {
  const old = new Map(before.map((signature) => [signature.candidate.declaration, signature]));
  if (stillServes(old, candidates, nearby, budgetTokens)) {
    return before;
  }
  yield;
  const chosen: ChosenSignature[] = [];
  let left = budgetTokens;
  for (const candidate of inOrder(candidates, old)) {
    const most = Math.min(left, Math.ceil(budgetTokens * LARGEST_SHARE));
    const known = old.get(candidate.declaration);
    const text =
      known !== undefined && known.text.tokens <= most && !lacksMember(known, candidate, nearby)
        ? known.text
        : yield* signatureText(candidate.declaration, most, ({ name }) => nearby.relevance(name));
    if (text !== undefined) {
      chosen.push({ candidate, text });
      left -= text.tokens;
    }
    if (left < SMALLEST_USEFUL) {
      break;
    }
    yield;
  }
  return chosen;
}

/** Fewer tokens hold no signature. */
const SMALLEST_USEFUL = 6;

type OldChoice = ReadonlyMap<Declaration, ChosenSignature>;

function stillServes(
  old: OldChoice,
  candidates: readonly Candidate[],
  nearby: NearbyNames,
  budgetTokens: number,
): boolean {
  const tokens = [...old.values()].reduce((sum, { text }) => sum + text.tokens, 0);
  return (
    old.size > 0 &&
    tokens <= budgetTokens &&
    candidates.every((candidate) => {
      const chosen = old.get(candidate.declaration);
      return chosen === undefined ? candidate.rank > INDISPENSABLE_RANK : !lacksMember(chosen, candidate, nearby);
    })
  );
}

/** A member that was left out has more to do with the cursor's line than this, and its owner stands there. */
const MUCH_RELEVANCE = 0.5;

function lacksMember({ text }: ChosenSignature, { rank }: Candidate, nearby: NearbyNames): boolean {
  return rank < 0 && [...text.leftOut].some(({ name }) => nearby.relevance(name) > MUCH_RELEVANCE);
}

/** What was chosen before goes ahead of what is equally far: a new choice changes as little as it can. */
function inOrder(candidates: readonly Candidate[], old: OldChoice): readonly Candidate[] {
  const rank = ({ declaration, rank: own }: Candidate): number => (old.has(declaration) && own > 0 ? own / 2 : own);
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}
