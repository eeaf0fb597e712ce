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
 * `before`: the choice for the last prompt of this document. It stays, word for word, unless it lacks something
 * indispensable or a part of it has changed: consecutive prompts then share their beginning, and the server's cache holds.
 */
export function* chooseSignatures(
  candidates: readonly Candidate[],
  nearby: NearbyNames,
  budgetTokens: number,
  before: readonly ChosenSignature[],
): SlicedWork<readonly ChosenSignature[]> {
  if (stillServes(before, candidates, budgetTokens)) {
    return before;
  }
  const chosen: ChosenSignature[] = [];
  let left = budgetTokens;
  const kept = new Set(before.map(({ candidate }) => candidate.declaration));
  for (const candidate of inOrder(candidates, kept)) {
    const most = Math.min(left, Math.ceil(budgetTokens * LARGEST_SHARE));
    const text = yield* signatureText(candidate.declaration, most, ({ name }) => nearby.relevance(name));
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

function stillServes(
  before: readonly ChosenSignature[],
  candidates: readonly Candidate[],
  budgetTokens: number,
): boolean {
  const known = new Set<Declaration>(candidates.map(({ declaration }) => declaration));
  const has = new Set<Declaration>(before.map(({ candidate }) => candidate.declaration));
  const tokens = before.reduce((sum, { text }) => sum + text.tokens, 0);
  return (
    before.length > 0 &&
    tokens <= budgetTokens &&
    [...has].every((declaration) => known.has(declaration)) &&
    // A cut one was cut for the names that were near then; it is good as long as it is there.
    candidates.every(({ declaration, rank }) => rank > INDISPENSABLE_RANK || has.has(declaration))
  );
}

/** What was chosen before goes ahead of what is equally far: a new choice changes as little as it can. */
function inOrder(candidates: readonly Candidate[], kept: ReadonlySet<Declaration>): readonly Candidate[] {
  const rank = ({ declaration, rank: own }: Candidate): number => (kept.has(declaration) && own > 0 ? own / 2 : own);
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}
