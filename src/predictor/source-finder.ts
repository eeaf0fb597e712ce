/** Finds the places whose text before is like that before the cursor in all but names, and tells what the names became. */
import type { Corpus } from './corpus.ts';
import { stemOf } from './learnable.ts';
import { shapeOf } from './line-chains.ts';
import { TYPED_FILE } from './match-pool.ts';
import { Renaming } from './renaming.ts';
import { FILE_START, NOWHERE, contextSymbol, isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import type { TypedText } from './typed-text.ts';
import { NAME } from './vocabulary.ts';

/** Tokens compared backwards: about ten lines. */
const MAX_COMPARED = 80;
const MAX_CONFLICTS = 3;
/** Lines of the typed file, newest first, and of the project that are compared. Twice as many gain nothing. */
const MAX_TYPED_LINES = 1500;
const MAX_PROJECT_LINES = 300;
const NEAR_TOKENS = 3000;

/** What is compared: the lines above, or where a block ends, the last line of the same indentation and those above it. */
export type Anchoring = 'above' | 'sibling';

export interface SourceQuery {
  readonly end: number;
  /** First token of the line that the cursor is in. */
  readonly lineStart: number;
  readonly path: string;
}

export interface Source {
  /** Index in the files of the corpus, or `TYPED_FILE`. */
  readonly file: number;
  /** The token that followed. */
  readonly place: number;
  /** Where the compared lines end there. */
  readonly anchor: number;
  readonly score: number;
  readonly exact: number;
  readonly renamed: number;
  readonly conflicts: number;
  readonly lines: number;
  readonly tokensAgo: number;
}

export class SourceFinder {
  readonly #corpus: Corpus;
  readonly #typed: TypedText;
  readonly #query: SourceQuery;
  readonly #anchoring: Anchoring;
  /** Where the compared lines end in the typed text. */
  #typedAnchor = 0;
  readonly #sources: Source[] = [];
  readonly #comparison: Comparison;

  constructor(corpus: Corpus, typed: TypedText, query: SourceQuery, anchoring: Anchoring) {
    this.#corpus = corpus;
    this.#typed = typed;
    this.#query = query;
    this.#anchoring = anchoring;
    this.#comparison = new Comparison(corpus, typed);
  }

  /** Best first. */
  find(): Source[] {
    if (this.#query.lineStart < 2) {
      return [];
    }
    if (this.#anchoring === 'above') {
      this.#findAbove();
    } else {
      this.#findSiblings();
    }
    return this.#sources.sort((a, b) => b.score - a.score);
  }

  /** The names of here for those of there. */
  renamingOf(source: Source): Renaming {
    const { path } = this.#query;
    const { vocabulary, files } = this.#corpus;
    const renaming = new Renaming(vocabulary);
    this.#compare(source.file, source.place, source.anchor, (a, b) => renaming.add(a, b));
    if (source.file !== TYPED_FILE) {
      const [there, here] = [stemOf(files[source.file]!.path), stemOf(path)];
      if (there !== here) {
        renaming.addParts(there, here);
      }
    }
    return renaming;
  }

  #findAbove(): void {
    const { end, lineStart } = this.#query;
    const { lineCount, lineStarts, tokens } = this.#typed;
    const ownLine = lineCount - 1;
    this.#typedAnchor = end;
    const typedInLine = end - lineStart;
    for (let line = ownLine - 1; line >= 0 && line >= ownLine - MAX_TYPED_LINES; line--) {
      const start = lineStarts[line]!;
      this.#consider(TYPED_FILE, start, start + typedInLine);
    }
    const { lines, vocabulary } = this.#corpus;
    const above = Math.max(0, lineStarts[Math.max(0, ownLine - 1)]! - 1);
    let line = lines.byShapeAbove.newest(shapeOf(tokens, above, lineStart, vocabulary));
    for (let seen = 0; line !== NOWHERE && seen < MAX_PROJECT_LINES; seen++, line = lines.byShapeAbove.older(line)) {
      const start = lines.starts[line]!;
      const file = this.#corpus.fileAt(start);
      if (this.#corpus.isVisible(file, start)) {
        this.#consider(file, start, start + typedInLine);
      }
    }
  }

  #findSiblings(): void {
    const typed = this.#typed;
    const { lines, vocabulary } = this.#corpus;
    const ownLine = typed.lineCount - 1;
    const sibling = typed.siblingOf(ownLine);
    if (sibling < 0) {
      return;
    }
    this.#typedAnchor = typed.lineStarts[sibling + 1]! - 1;
    for (let line = ownLine - 1; line >= 0 && line >= ownLine - MAX_TYPED_LINES; line--) {
      const other = typed.siblingOf(line);
      if (other >= 0) {
        this.#consider(TYPED_FILE, typed.lineStarts[line]!, typed.lineStarts[other + 1]! - 1);
      }
    }
    const shape = shapeOf(typed.tokens, typed.lineStarts[sibling]!, this.#typedAnchor, vocabulary);
    let entry = lines.bySibling.newest(shape);
    for (let seen = 0; entry !== NOWHERE && seen < MAX_PROJECT_LINES; seen++, entry = lines.bySibling.older(entry)) {
      const start = lines.siblingStarts[entry]!;
      const file = this.#corpus.fileAt(start);
      if (this.#corpus.isVisible(file, start)) {
        this.#consider(file, start, lines.siblingEnds[entry]!);
      }
    }
  }

  #consider(file: number, start: number, anchor: number): void {
    const { end, lineStart } = this.#query;
    const typedInLine = end - lineStart;
    const place = start + typedInLine;
    const limit = file === TYPED_FILE ? lineStart : this.#corpus.index.length;
    if (place >= limit || !this.#comparison.sameShape(this.#tokensOf(file), start, lineStart, typedInLine)) {
      return;
    }
    const { exact, renamed, conflicts, lines } = this.#compare(file, place, anchor);
    if (lines === 0 && typedInLine < 2 && this.#anchoring === 'above') {
      return;
    }
    if (this.#anchoring === 'sibling' && exact + renamed < 1) {
      return;
    }
    const tokensAgo = file === TYPED_FILE ? end - place : Number.POSITIVE_INFINITY;
    // Tried on the fit trees: names that had to be renamed count half, the file itself and nearness count a little.
    const nearness = file === TYPED_FILE ? 1 + 3 * Math.max(0, 1 - tokensAgo / NEAR_TOKENS) : 0;
    const score = exact + 0.5 * renamed - 2 * conflicts + nearness;
    this.#sources.push({ file, place, anchor, score, exact, renamed, conflicts, lines, tokensAgo });
  }

  #compare(file: number, place: number, anchor: number, met?: Met): Comparison {
    const from = this.#tokensOf(file);
    const { end, lineStart } = this.#query;
    this.#comparison.begin(met);
    if (this.#anchoring === 'sibling') {
      this.#comparison.compare(from, place, end, end - lineStart);
    }
    return this.#comparison.compare(from, anchor, this.#typedAnchor, MAX_COMPARED);
  }

  #tokensOf(file: number): Int32Array {
    return file === TYPED_FILE ? this.#typed.tokens : this.#corpus.index.tokens;
  }
}

type Met = (word: number, became: number) => void;

class Comparison {
  readonly #corpus: Corpus;
  readonly #typed: TypedText;
  /** Names met and what they became. */
  readonly #from = new Int32Array(2 * MAX_COMPARED);
  readonly #to = new Int32Array(2 * MAX_COMPARED);
  #names = 0;
  #met: Met | undefined;
  exact = 0;
  renamed = 0;
  conflicts = 0;
  lines = 0;

  constructor(corpus: Corpus, typed: TypedText) {
    this.#corpus = corpus;
    this.#typed = typed;
  }

  begin(met: Met | undefined): void {
    this.#met = met;
    this.#names = 0;
    this.exact = 0;
    this.renamed = 0;
    this.conflicts = 0;
    this.lines = 0;
  }

  /** Whether the same number of tokens from two places on differ in names only. */
  sameShape(from: Int32Array, start: number, typedStart: number, count: number): boolean {
    for (let index = 0; index < count; index++) {
      const a = from[start + index]!;
      const b = this.#typed.tokens[typedStart + index]!;
      if (contextSymbol(a) !== contextSymbol(b) && !(this.#isName(a) && this.#isName(b))) {
        return false;
      }
    }
    return true;
  }

  /** Goes backwards from two places as long as they agree in all but names, at most so many tokens. */
  compare(from: Int32Array, place: number, end: number, most: number): this {
    const typed = this.#typed.tokens;
    const limit = Math.min(most, place, end);
    for (let back = 1; back <= limit; back++) {
      const a = from[place - back]!;
      const b = typed[end - back]!;
      if (isBreakToken(a) || isBreakToken(b)) {
        if (contextSymbol(a) !== contextSymbol(b) || a === FILE_START) {
          break;
        }
        this.lines += back > 1 ? 1 : 0;
        this.exact += back > 1 ? 0.5 : 0;
      } else if (this.#isName(a) && this.#isName(b)) {
        this.#meet(a >> 1, b >> 1);
        if (this.conflicts > MAX_CONFLICTS) {
          break;
        }
      } else if (a >> 1 === b >> 1) {
        this.exact += 0.5;
      } else {
        break;
      }
    }
    return this;
  }

  #meet(word: number, became: number): void {
    let known = 0;
    while (known < this.#names && this.#from[known] !== word) {
      known++;
    }
    if (known === this.#names) {
      this.#from[known] = word;
      this.#to[known] = became;
      this.#names++;
      this.#met?.(word, became);
      this.exact += word === became ? 1 : 0;
      this.renamed += word === became ? 0 : 1;
    } else if (this.#to[known] === became) {
      this.exact += 0.5;
    } else {
      this.conflicts++;
    }
  }

  #isName(token: Token): boolean {
    return !isBreakToken(token) && this.#corpus.vocabulary.kind(token >> 1) === NAME;
  }
}
