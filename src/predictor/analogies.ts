/** Lines that went on from a place like this one in all but names: their continuation, with the names of here. */
import type { Corpus } from './corpus.ts';
import { TYPED_FILE } from './match-pool.ts';
import type { Renaming } from './renaming.ts';
import { type Anchoring, type Source, type SourceQuery, SourceFinder } from './source-finder.ts';
import { isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import type { TypedText } from './typed-text.ts';
import { NAME } from './vocabulary.ts';

const MAX_SOURCES = 40;
const MAX_TOKENS = 40;

export interface Analogy {
  readonly tokens: readonly Token[];
  /** The best place that says so. */
  readonly source: Source;
  /** Words that were renamed as a whole, in part, and those that no comparison met. */
  readonly renamed: number;
  readonly renamedInPart: number;
  readonly unmet: number;
  /** Squared scores of all places that say so. */
  votes: number;
}

export interface AnalogyQuery extends SourceQuery {
  readonly accepts: (token: Token) => boolean;
}

/** By what they predict (`keyOf`). */
export function findAnalogies(
  corpus: Corpus,
  typed: TypedText,
  query: AnalogyQuery,
  anchoring: Anchoring,
): Map<string, Analogy> {
  const analogies = new Map<string, Analogy>();
  const finder = new SourceFinder(corpus, typed, query, anchoring);
  for (const source of finder.find().slice(0, MAX_SOURCES)) {
    const found = continueFrom(corpus, typed, query, source, finder.renamingOf(source));
    if (found === undefined) {
      continue;
    }
    const key = keyOf(found.tokens);
    const known = analogies.get(key);
    const votes = Math.max(0, source.score) ** 2;
    if (known === undefined) {
      analogies.set(key, { ...found, votes });
    } else {
      known.votes += votes;
    }
  }
  return analogies;
}

export function keyOf(tokens: readonly Token[]): string {
  return tokens.join(',');
}

function continueFrom(
  corpus: Corpus,
  typed: TypedText,
  { end, accepts }: AnalogyQuery,
  source: Source,
  renaming: Renaming,
): Omit<Analogy, 'votes'> | undefined {
  const isTyped = source.file === TYPED_FILE;
  const from = isTyped ? typed.tokens : corpus.index.tokens;
  const limit = isTyped ? end : corpus.index.length;
  const tokens: Token[] = [];
  let renamed = 0;
  let renamedInPart = 0;
  let unmet = 0;
  for (let place = source.place; ; place++) {
    if (place >= limit || tokens.length === MAX_TOKENS) {
      return undefined;
    }
    const token = from[place]!;
    if (isBreakToken(token)) {
      break;
    }
    let word = token >> 1;
    if (corpus.vocabulary.kind(word) === NAME) {
      const met = renaming.get(word);
      if (met !== undefined) {
        renamed += met === word ? 0 : 1;
        word = met;
      } else {
        const inPart = renaming.renamePart(word);
        renamedInPart += inPart === word ? 0 : 1;
        unmet += inPart === word ? 1 : 0;
        word = inPart;
      }
    }
    tokens.push((word << 1) | (token & 1));
  }
  return tokens.length > 0 && accepts(tokens[0]!) ? { tokens, source, renamed, renamedInPart, unmet } : undefined;
}
