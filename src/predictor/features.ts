/** What is known about a candidate, as numbers: the input of the confidence. */
import type { Candidate, Candidates, Start } from './candidates.ts';
import { type Continuations, END_OF_LINE, NO_NODE, ROOT } from './continuations.ts';
import type { Corpus } from './corpus.ts';
import { FEATURES } from './feature-names.ts';
import { folderOf } from './learnable.ts';
import { blankLinesOf, contextOfLineBreak } from './line-break.ts';
import { textHash } from './line-chains.ts';
import { TYPED_FILE } from './match-pool.ts';
import type { Situation } from './situation.ts';
import { NOWHERE, contextSymbol, isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import type { TypedText } from './typed-text.ts';
import { PUNCTUATION, type Vocabulary } from './vocabulary.ts';

const NONE = -1;
const MAX_REPEATS = 48;
/** Stands for the first character of any word, where that of punctuation is told. */
const ANY_WORD = 200;

export class Describer {
  readonly #corpus: Corpus;
  readonly #typed: TypedText;
  readonly #continuations: Continuations;
  readonly #row = new Float32Array(FEATURES.length);
  #column = 0;

  constructor(corpus: Corpus, typed: TypedText, continuations: Continuations) {
    this.#corpus = corpus;
    this.#typed = typed;
    this.#continuations = continuations;
  }

  /** Valid until the next call. */
  describe(start: Start, candidate: Candidate, { matches }: Candidates, situation: Situation): Float32Array {
    this.#column = 0;
    this.#describeProbability(start, candidate);
    this.#describeSupport(start, candidate, matches);
    this.#describeWords(start, candidate, situation);
    this.#describePlace(start, candidate);
    this.#describeAnalogy(candidate, situation);
    this.#describeLine(start, candidate, situation);
    this.#describeOtherLines(start, candidate, situation);
    return this.#row;
  }

  #put(...values: readonly number[]): void {
    for (const value of values) {
      this.#row[this.#column++] = value;
    }
  }

  #describeProbability(start: Start, { tokens }: Candidate): void {
    const continuations = this.#continuations;
    let node = ROOT;
    let sum = 0;
    let first = 0;
    let worst = 0;
    let log = 0;
    let characters = -start.partialWord.length;
    for (let at = 0; at <= tokens.length; at++) {
      const token = at < tokens.length ? tokens[at]! : END_OF_LINE;
      log = Math.log(node === NO_NODE ? 1e-3 : continuations.probability(node, token));
      sum += log;
      first = at === 0 ? log : first;
      worst = at === 0 ? 0 : Math.min(worst, log);
      if (at < tokens.length) {
        node = node === NO_NODE ? NO_NODE : continuations.child(node, token);
        characters += this.#corpus.vocabulary.length(token >> 1) + (token & 1);
      }
    }
    this.#put(sum, first, worst, log, tokens.length, characters, start.end - start.lineStart);
  }

  #describeSupport(start: Start, { tokens }: Candidate, fitting: readonly number[]): void {
    const { matches } = this.#continuations;
    const { files } = this.#corpus;
    let support = 0;
    let typed = 0;
    let folder = 0;
    let other = 0;
    const supportingFiles = new Set<number>();
    let nearest = 1e5;
    let weight = 0;
    let supportingWeight = 0;
    const seen = [0, 0, 0];
    const agree = [0, 0, 0];
    const home = folderOf(start.path);
    const longest = fitting.length > 0 ? matches.lengths[fitting[0]!]! : 0;
    for (const match of fitting) {
      const length = matches.lengths[match]!;
      const isSupporter = this.#continuesWith(match, tokens);
      weight += length * length;
      for (let level = 0; level < LEVELS.length && length >= LEVELS[level]!; level++) {
        seen[level]!++;
        agree[level]! += isSupporter ? 1 : 0;
      }
      if (!isSupporter) {
        continue;
      }
      supportingWeight += length * length;
      support = Math.max(support, length);
      const file = matches.files[match]!;
      supportingFiles.add(file);
      if (file === TYPED_FILE) {
        typed++;
        nearest = Math.min(nearest, start.end - matches.places[match]!);
      } else if (files[file]!.folder === home) {
        folder++;
      } else {
        other++;
      }
    }
    this.#put(support, longest, support - longest, Math.log1p(typed + folder + other));
    this.#put(Math.log1p(typed), Math.log1p(folder), Math.log1p(other), supportingFiles.size);
    this.#put(...seen.map((count, level) => (count > 0 ? agree[level]! / count : NONE)));
    this.#put(...seen.map((count) => Math.log1p(count)));
    this.#put(weight > 0 ? supportingWeight / weight : 0, Math.log(nearest));
  }

  #continuesWith(match: number, tokens: readonly Token[]): boolean {
    const { matches } = this.#continuations;
    for (let ahead = 0; ahead < tokens.length; ahead++) {
      if (matches.token(match, ahead) !== tokens[ahead]) {
        return false;
      }
    }
    return isBreakToken(matches.token(match, tokens.length));
  }

  #describeWords(start: Start, { tokens }: Candidate, { typedWords }: Situation): void {
    const { vocabulary } = this.#corpus;
    let words = 0;
    let newWords = 0;
    let characters = 0;
    for (const token of tokens) {
      if (vocabulary.kind(token >> 1) !== PUNCTUATION) {
        words++;
        characters += vocabulary.length(token >> 1);
        newWords += typedWords.has(token >> 1) ? 0 : 1;
      }
    }
    const { count, tokensAgo } = this.#withLine(start, tokens, (line, from, to) =>
      this.#typed.countLine(line, from, to),
    );
    this.#put(words, newWords, words > 0 ? newWords / words : 0, characters);
    this.#put(Math.log1p(count), count === 0 ? 12 : Math.log(tokensAgo));
  }

  /** Calls with the whole line that the candidate would complete. */
  #withLine<T>(start: Start, tokens: readonly Token[], use: (tokens: Int32Array, from: number, to: number) => T): T {
    const line = Int32Array.from([...this.#typed.tokens.subarray(start.lineStart, start.end), ...tokens]);
    return use(line, 0, line.length);
  }

  #describePlace(start: Start, { tokens, isGenerated }: Candidate): void {
    const { vocabulary } = this.#corpus;
    const typed = this.#typed.tokens;
    const lineBreak = typed[start.lineStart - 1]! >> 1;
    const hasBefore = start.end > start.lineStart;
    this.#put(contextOfLineBreak(lineBreak), Math.log1p(start.end), unitOf(vocabulary, tokens[0]!));
    this.#put(this.#continuations.topCount(ROOT) > 0 ? this.#continuations.topProbability(ROOT, 0) : 0);
    this.#put(isGenerated ? 1 : 0, unitOf(vocabulary, tokens.at(-1)!));
    this.#put(hasBefore ? unitOf(vocabulary, typed[start.end - 1]!) : 0);
  }

  #describeAnalogy({ analogy }: Candidate, { allVotes, bestAnalogy }: Situation): void {
    if (analogy === undefined) {
      this.#put(NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, 0, bestAnalogy);
      return;
    }
    const { source, renamed, renamedInPart, unmet, votes } = analogy;
    this.#put(source.score, source.exact, source.renamed, source.conflicts, source.lines);
    this.#put(source.file === TYPED_FILE ? 1 : 0, Math.log1p(Math.min(1e5, source.tokensAgo)));
    this.#put(renamed, renamedInPart, unmet, allVotes > 0 ? votes / allVotes : 0, bestAnalogy - source.score);
  }

  #describeLine(start: Start, { tokens, analogy }: Candidate, { candidates }: Situation): void {
    const { vocabulary } = this.#corpus;
    const typed = this.#typed;
    let parentheses = 0;
    let braces = 0;
    const weigh = (token: Token): void => {
      switch (vocabulary.firstUnit(token >> 1)) {
        case 40:
        case 91:
          parentheses++;
          break;
        case 41:
        case 93:
          parentheses--;
          break;
        case 123:
          braces++;
          break;
        case 125:
          braces--;
          break;
      }
    };
    for (let at = start.lineStart; at < start.end; at++) {
      weigh(typed.tokens[at]!);
    }
    tokens.forEach(weigh);
    const before = typed.lineCount >= 2 ? typed.lineStarts[typed.lineCount - 2]! : 0;
    const order = before > 0 && start.end === start.lineStart ? this.#sortOrder(before, tokens) : { sorts: 0, same: 0 };
    this.#put(start.partialWord.length, parentheses, braces, order.sorts, order.same, candidates, analogy?.votes ?? 0);
  }

  #describeOtherLines(start: Start, { tokens, sibling, followingVotes }: Candidate, situation: Situation): void {
    if (sibling === undefined) {
      this.#put(NONE, NONE, NONE, NONE, 0);
    } else {
      const { source, unmet, votes } = sibling;
      const share = situation.siblingVotes > 0 ? votes / situation.siblingVotes : 0;
      this.#put(source.score, source.exact, source.renamed, unmet, share);
    }
    const all = situation.followingVotes;
    this.#put(Math.log1p(followingVotes), all > 0 ? followingVotes / all : NONE);
    this.#put(Math.log1p(situation.mostFollowing) - Math.log1p(followingVotes));
    const repeats = this.#withLine(start, tokens, (line, _from, to) => this.#countInProject(line, to));
    this.#put(Math.log1p(repeats), blankLinesOf(this.#typed.tokens[start.lineStart - 1]! >> 1));
  }

  /** In how many places of the project the whole line stands, up to a limit. */
  #countInProject(line: Int32Array, length: number): number {
    const { lines, index } = this.#corpus;
    let count = 0;
    let place = lines.byText.newest(textHash(line, 0, length));
    for (let seen = 0; place !== NOWHERE && seen < MAX_REPEATS; seen++, place = lines.byText.older(place)) {
      const start = lines.starts[place]!;
      let same = 0;
      while (same < length && contextSymbol(index.tokens[start + same]!) === contextSymbol(line[same]!)) {
        same++;
      }
      count += same === length && this.#corpus.isVisible(this.#corpus.fileAt(start), start) ? 1 : 0;
    }
    return count;
  }

  /** How the line compares with the one above: at which token they part, and whether this one sorts after it. */
  #sortOrder(before: number, tokens: readonly Token[]): { sorts: number; same: number } {
    const { vocabulary } = this.#corpus;
    const typed = this.#typed.tokens;
    for (let at = 0; at < tokens.length; at++) {
      const above = typed[before + at]!;
      if (isBreakToken(above)) {
        return { sorts: 1, same: at };
      }
      if (above >> 1 !== tokens[at]! >> 1) {
        return { sorts: vocabulary.text(above >> 1) < vocabulary.text(tokens[at]! >> 1) ? 1 : -1, same: at };
      }
    }
    return { sorts: 0, same: tokens.length };
  }
}

const LEVELS = [3, 6, 10] as const;

function unitOf(vocabulary: Vocabulary, token: Token): number {
  const id = token >> 1;
  if (isBreakToken(token)) {
    return 0;
  }
  return vocabulary.kind(id) === PUNCTUATION ? vocabulary.firstUnit(id) : ANY_WORD;
}
