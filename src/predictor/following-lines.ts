/** Lines that stand a little below lines like the last ones, elsewhere: the next import, case or option, one left out. */
import { keyOf } from './analogies.ts';
import type { Corpus } from './corpus.ts';
import { folderOf } from './learnable.ts';
import { textHash } from './line-chains.ts';
import { NOWHERE, contextSymbol, isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import type { TypedText } from './typed-text.ts';

/** Lines above the cursor that are looked up, and places looked at for each. */
const LOOK_BACK = 3;
const MAX_PLACES = 40;
const MAX_TOKENS = 40;
/** Votes by how many lines too far down it stands. */
const VOTES = [1, 0.5, 0.3] as const;
const SAME_FOLDER = 2;

export interface FollowingLine {
  readonly tokens: readonly Token[];
  votes: number;
}

export interface FollowingQuery {
  readonly end: number;
  readonly lineStart: number;
  readonly path: string;
  readonly accepts: (token: Token) => boolean;
}

/** By what they predict (`keyOf`). */
export function findFollowingLines(
  corpus: Corpus,
  typed: TypedText,
  query: FollowingQuery,
): Map<string, FollowingLine> {
  const found = new Map<string, FollowingLine>();
  const { byText, starts, lineCount } = corpus.lines;
  const { tokens } = corpus.index;
  const folder = folderOf(query.path);
  const ownLine = typed.lineCount - 1;
  for (let back = 1; back <= LOOK_BACK && ownLine - back >= 0; back++) {
    const from = typed.lineStarts[ownLine - back]!;
    const to = typed.lineStarts[ownLine - back + 1]! - 1;
    let line = byText.newest(textHash(typed.tokens, from, to));
    for (let seen = 0; line !== NOWHERE && seen < MAX_PLACES; seen++, line = byText.older(line)) {
      const index = corpus.fileAt(starts[line]!);
      if (!corpus.isVisible(index, starts[line]!) || !sameLine(tokens, starts[line]!, typed.tokens, from, to)) {
        continue;
      }
      const file = corpus.files[index]!;
      const weight = file.folder === folder ? SAME_FOLDER : 1;
      for (let ahead = back; ahead < back + VOTES.length && line + ahead < lineCount; ahead++) {
        const start = starts[line + ahead]!;
        if (start >= file.end) {
          break;
        }
        vote(found, restOfLine(corpus, typed, query, start), weight * VOTES[ahead - back]!);
      }
    }
  }
  return found;
}

function vote(found: Map<string, FollowingLine>, tokens: readonly Token[], votes: number): void {
  if (tokens.length === 0) {
    return;
  }
  const key = keyOf(tokens);
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, { tokens, votes });
  } else {
    known.votes += votes;
  }
}

/** The tokens of a line behind what is typed of it; none if it begins otherwise. */
function restOfLine(corpus: Corpus, typed: TypedText, query: FollowingQuery, start: number): Token[] {
  const { tokens, length } = corpus.index;
  const rest: Token[] = [];
  for (let at = query.lineStart; at < query.end; at++) {
    if (contextSymbol(typed.tokens[at]!) !== contextSymbol(tokens[start + at - query.lineStart]!)) {
      return rest;
    }
  }
  let place = start + query.end - query.lineStart;
  if (place >= length || !query.accepts(tokens[place]!)) {
    return rest;
  }
  for (; place < length && !isBreakToken(tokens[place]!); place++) {
    if (rest.length === MAX_TOKENS) {
      return [];
    }
    rest.push(tokens[place]!);
  }
  return rest;
}

function sameLine(tokens: Int32Array, start: number, typed: Int32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (contextSymbol(typed[at]!) !== contextSymbol(tokens[start + at - from]!)) {
      return false;
    }
  }
  return isBreakToken(tokens[start + to - from]!);
}
