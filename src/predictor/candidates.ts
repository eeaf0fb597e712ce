/** Collects what the rest of the line may be: the likeliest tokens, what followed the longest matches, and analogies. */
import { type Analogy, findAnalogies, keyOf } from './analogies.ts';
import { END_OF_LINE, NO_NODE, ROOT, type Continuations } from './continuations.ts';
import { type FollowingLine, findFollowingLines } from './following-lines.ts';
import type { Corpus } from './corpus.ts';
import { folderOf } from './learnable.ts';
import { isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import type { TypedText } from './typed-text.ts';

const MAX_TOKENS = 40;
const BEAM_WIDTH = 3;
const BEAM_BRANCHES = 3;
const BEAM_FINISHED = 3;
/** Natural logarithm of the probability below which a beam is given up. */
const BEAM_FLOOR = -5;
const MAX_COPIES = 12;
const MAX_BEFORE_ANALOGIES = 10;
const MAX_ANALOGIES = 8;
const MAX_SIBLINGS = 5;
const MAX_FOLLOWING = 6;

export interface Candidate {
  readonly tokens: readonly Token[];
  readonly analogy: Analogy | undefined;
  readonly sibling: Analogy | undefined;
  /** Votes of the lines that stand below lines like those above. */
  readonly followingVotes: number;
  readonly isGenerated: boolean;
}

/** Where a prediction begins: after the first `end` tokens, with a first token that fits what is typed of it. */
export interface Start {
  readonly end: number;
  readonly lineStart: number;
  readonly path: string;
  readonly accepts: (token: Token) => boolean;
  /** The part of a word that is typed already and that the prediction repeats. */
  readonly partialWord: string;
  /** Characters of the predicted text that stand before the cursor already. */
  readonly skip: number;
}

export interface Candidates {
  readonly list: readonly Candidate[];
  readonly analogies: ReadonlyMap<string, Analogy>;
  readonly siblings: ReadonlyMap<string, Analogy>;
  readonly following: ReadonlyMap<string, FollowingLine>;
  /** The matches at the root, longest first. */
  readonly matches: readonly number[];
}

export function collectCandidates(
  corpus: Corpus,
  typed: TypedText,
  continuations: Continuations,
  start: Start,
): Candidates {
  continuations.begin(start.end, folderOf(start.path), start.accepts);
  const found = new Map<string, Candidate>();
  const analogies = findAnalogies(corpus, typed, start, 'above');
  const siblings = findAnalogies(corpus, typed, start, 'sibling');
  const following = findFollowingLines(corpus, typed, start);
  const add = (tokens: readonly Token[], isGenerated: boolean): void => {
    const key = keyOf(tokens);
    if (tokens.length > 0 && !found.has(key)) {
      const followingVotes = following.get(key)?.votes ?? 0;
      found.set(key, {
        tokens,
        analogy: analogies.get(key),
        sibling: siblings.get(key),
        followingVotes,
        isGenerated,
      });
    }
  };
  for (const tokens of searchBeam(continuations)) {
    add(tokens, true);
  }
  const matches = longestMatches(continuations, start);
  for (const match of matches.slice(0, MAX_COPIES)) {
    if (found.size >= MAX_BEFORE_ANALOGIES) {
      break;
    }
    add(copyLine(continuations, match), false);
  }
  for (const [kind, most] of [
    [analogies, MAX_ANALOGIES],
    [siblings, MAX_SIBLINGS],
  ] as const) {
    const best = [...kind.values()].sort((a, b) => b.source.score - a.source.score);
    for (const analogy of best.slice(0, most)) {
      add(analogy.tokens, false);
    }
  }
  const voted = [...following.values()].sort((a, b) => b.votes - a.votes);
  for (const line of voted.slice(0, MAX_FOLLOWING)) {
    add(line.tokens, false);
  }
  return { list: [...found.values()], analogies, siblings, following, matches };
}

function searchBeam(continuations: Continuations): Token[][] {
  const finished: Token[][] = [];
  let beam: { readonly tokens: Token[]; readonly node: number; readonly score: number }[] = [
    { tokens: [], node: ROOT, score: 0 },
  ];
  for (let step = 0; step < MAX_TOKENS && beam.length > 0 && finished.length < BEAM_FINISHED; step++) {
    const next: typeof beam = [];
    for (const { tokens, node, score } of beam) {
      const branches = Math.min(BEAM_BRANCHES, continuations.topCount(node));
      for (let rank = 0; rank < branches; rank++) {
        const token = continuations.topToken(node, rank);
        const total = score + Math.log(continuations.topProbability(node, rank));
        if (total < BEAM_FLOOR) {
          break;
        }
        if (token === END_OF_LINE) {
          finished.push(tokens);
        } else {
          next.push({ tokens: [...tokens, token], node, score: total });
        }
      }
    }
    beam = next
      .sort((a, b) => b.score - a.score)
      .slice(0, BEAM_WIDTH)
      .map((entry) => ({ ...entry, node: continuations.child(entry.node, entry.tokens.at(-1)!) }))
      .filter(({ node }) => node !== NO_NODE);
  }
  return finished;
}

function longestMatches({ matches, rootMatches }: Continuations, { accepts }: Start): number[] {
  const fitting: number[] = [];
  for (let match = 0; match < rootMatches; match++) {
    if (accepts(matches.token(match))) {
      fitting.push(match);
    }
  }
  return fitting.sort((a, b) => matches.lengths[b]! - matches.lengths[a]! || matches.weights[b]! - matches.weights[a]!);
}

/** What stands from a match to the end of its line; nothing if that is too far. */
function copyLine({ matches }: Continuations, match: number): Token[] {
  const tokens: Token[] = [];
  while (tokens.length <= MAX_TOKENS) {
    const token = matches.token(match, tokens.length);
    if (isBreakToken(token)) {
      return tokens;
    }
    tokens.push(token);
  }
  return [];
}
