/** All that is known of the workspace: the tokens of its files, bounded, with the least relevant files dropped first. */
import type { CorpusFile, CorpusLimits } from './corpus-file.ts';
import { distance, folderOf, hashOf, isWorthLearning } from './learnable.ts';
import { detectIndentUnit } from './line-break.ts';
import { LineChains, LineReader } from './line-chains.ts';
import { nearestFirst } from './nearest-first.ts';
import type { LearnableFile } from './predictor.ts';
import { Successors } from './successors.ts';
import { FILE_START, TokenIndex, isBreakToken } from './token-index.ts';
import { START_OF_TEXT, type TokenSink, tokenize } from './tokenizer.ts';
import { VocabularyChange } from './vocabulary-change.ts';
import { Vocabulary } from './vocabulary.ts';

/** Suffix matches below this many tokens come from `Successors`; measured: 3 is no better, 6 loses one line in twenty. */
export const PROJECT_ORDER = 4;
/** Learned at a stretch, about half a millisecond. */
const SLICE_CHARACTERS = 16_384;
/** Dropped at a time when there is no room, so that it need not be done for each file. */
const KEPT_SHARE_WHEN_FULL = 0.75;
/** A file that is farther than this share of what is known is not worth making room for, or room is made all the time. */
const NEAR_SHARE = 0.5;
/** If less than this is living, room is made by clearing out the dead. */
const FULL_SHARE = 0.9;
/** A tree of forgotten and replaced files is rebuilt once they outweigh this share of the living, and this many tokens. */
const MAX_DEAD_SHARE = 0.25;
const MIN_DEAD_TOKENS = 50_000;

export class Corpus {
  readonly #limits: CorpusLimits;
  readonly index: TokenIndex;
  readonly lines: LineChains;
  readonly successors = new Successors();
  vocabulary: Vocabulary;
  /** In the order of their tokens. */
  files: CorpusFile[] = [];
  #byPath = new Map<string, CorpusFile>();
  #deadTokens = 0;
  #focus = '';
  #clock = 0;
  #own: CorpusFile | undefined;
  #ownFrom = 0;
  /** Files so far away found no room. */
  #horizon = Number.POSITIVE_INFINITY;
  #rebuilding = false;
  #forgotten = false;

  constructor(limits: CorpusLimits) {
    this.#limits = limits;
    this.vocabulary = new Vocabulary(limits.maxWords, limits.maxWordUnits);
    const heads = 2 ** Math.round(Math.log2(limits.maxTokens / 4));
    this.index = new TokenIndex({ order: PROJECT_ORDER, maxTokens: limits.maxTokens, heads });
    this.lines = new LineChains(Math.ceil(limits.maxTokens / 7));
  }

  get liveFiles(): number {
    return this.#byPath.size;
  }

  get liveTokens(): number {
    return this.index.length - this.#deadTokens;
  }

  get memoryBytes(): number {
    return this.index.memoryBytes + this.lines.memoryBytes + this.successors.memoryBytes + this.vocabulary.memoryBytes;
  }

  /** While it is being rebuilt, nothing that it answers can be relied on. */
  get isRebuilding(): boolean {
    return this.#rebuilding;
  }

  get wantsRebuild(): boolean {
    const { liveTokens } = this;
    return this.#forgotten || this.#deadTokens > Math.max(MIN_DEAD_TOKENS, liveTokens * MAX_DEAD_SHARE);
  }

  /** A restored file may be suggested from. */
  confirm(path: string): void {
    const file = this.#byPath.get(path);
    if (file !== undefined) {
      file.isUnconfirmed = false;
    }
  }

  /** Of the file that is being typed, only what stands from a place on counts: the text before is known better. */
  lookFrom(path: string, ownFrom: number): void {
    this.#own = this.#byPath.get(path);
    this.#ownFrom = ownFrom;
  }

  /** Whether a place in a file (by its index) may be suggested from. */
  isVisible(index: number, place: number): boolean {
    const file = this.files[index]!;
    return file.alive && !file.isUnconfirmed && (file !== this.#own || place >= this.#ownFrom);
  }

  fileOf(path: string): CorpusFile | undefined {
    return this.#byPath.get(path);
  }

  /** Where the user is now: what is near stays when room runs out. */
  focusOn(path: string): void {
    if (this.#focus === '' || folderOf(path) !== folderOf(this.#focus)) {
      this.#horizon = Number.POSITIVE_INFINITY;
    }
    this.#focus = path;
    const file = this.#byPath.get(path);
    if (file !== undefined) {
      file.touched = ++this.#clock;
    }
  }

  /** Learns a file anew, in slices. Answers whether anything changed: not if it is known as it is, unfit, or too far away. */
  *learn(file: LearnableFile): Generator<void, boolean> {
    const hash = hashOf(file.text);
    const known = this.#byPath.get(file.path);
    if (known?.hash === hash) {
      known.isUnconfirmed = false;
      return false;
    }
    const wasKnown = this.drop(file.path);
    if (!isWorthLearning(file.text) || this.#isTooFar(file.path)) {
      return wasKnown;
    }
    // Source has three to four characters a token.
    if (this.index.length + file.text.length / 3 > this.#limits.maxTokens || this.vocabulary.isFull) {
      if (this.#isFarthest(file.path)) {
        return wasKnown;
      }
      yield* this.rebuild();
    }
    yield* this.#append(file, hash);
    return true;
  }

  /** The file is not suggested from any more; its tokens go at the next rebuild, which comes soon. */
  forget(path: string): void {
    if (this.drop(path)) {
      this.#forgotten = true;
    }
  }

  drop(path: string): boolean {
    const file = this.#byPath.get(path);
    if (file === undefined) {
      return false;
    }
    file.alive = false;
    this.#deadTokens += file.end - file.start;
    this.#byPath.delete(path);
    return true;
  }

  /** Drops dead files and, for want of room, the farthest; after forgetting also the words that only they used. */
  *rebuild(): Generator<void, void> {
    this.#rebuilding = true;
    const kept = this.#filesToKeep();
    const words =
      this.#forgotten || this.vocabulary.isFull ? new VocabularyChange(this.vocabulary, this.#limits) : undefined;
    this.#forgotten = false;
    const { tokens } = this.index;
    let to = 0;
    for (const file of kept) {
      const start = to;
      for (let from = file.start; from < file.end; from++) {
        tokens[to++] = words === undefined ? tokens[from]! : words.rename(tokens[from]!);
      }
      file.start = start;
      file.end = to;
      yield;
    }
    this.vocabulary = words?.vocabulary ?? this.vocabulary;
    this.files = kept;
    // Some may have been forgotten meanwhile.
    this.#byPath = new Map(kept.filter(({ alive }) => alive).map((file) => [file.path, file]));
    this.#deadTokens = kept.reduce((sum, file) => sum + (file.alive ? 0 : file.end - file.start), 0);
    this.index.unlink();
    this.index.truncate(to);
    this.lines.clear();
    this.successors.clear();
    for (const file of kept) {
      this.#linkWhole(file);
      yield;
    }
    this.#rebuilding = false;
  }

  /** Takes over stored tokens, whose words are those of this vocabulary. Links them in slices. */
  *restore(files: readonly CorpusFile[]): Generator<void, void> {
    for (const file of files) {
      this.files.push(file);
      this.#byPath.set(file.path, file);
      this.#linkWhole(file);
      yield;
    }
  }

  /** The index in `files` of the file that a place is in. */
  fileAt(place: number): number {
    let low = 0;
    let high = this.files.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.files[middle]!.start <= place) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  #isTooFar(path: string): boolean {
    // The file being edited itself is never too far.
    return path !== this.#focus && distance(path, this.#focus) >= this.#horizon;
  }

  /** Whether there is no room for this file: it takes the place of others only if it is much nearer. So are all as far left out. */
  #isFarthest(path: string): boolean {
    if (this.liveTokens < this.#limits.maxTokens * FULL_SHARE && !this.vocabulary.isFull) {
      return false;
    }
    this.#horizon =
      this.#focus === '' ? 0 : nearestFirst(this.#byPath.values(), this.#focus, this.liveTokens * NEAR_SHARE).horizon;
    return this.#isTooFar(path);
  }

  *#append(file: LearnableFile, hash: number): Generator<void, void> {
    const { index } = this;
    if (!index.append(FILE_START)) {
      return;
    }
    const entry: CorpusFile = {
      path: file.path,
      folder: folderOf(file.path),
      hash,
      start: index.length - 1,
      end: index.length,
      alive: true,
      isUnconfirmed: false,
      touched: ++this.#clock,
    };
    this.files.push(entry);
    this.#byPath.set(file.path, entry);
    const sink: TokenSink = {
      word: (text, start, end) => this.vocabulary.intern(text, start, end),
      token: (token) => index.append(token),
    };
    const unit = detectIndentUnit(file.text);
    const reader = this.#readerOf(entry);
    let state = START_OF_TEXT;
    do {
      const from = entry.end;
      state = tokenize(file.text, unit, sink, state, state.at + SLICE_CHARACTERS);
      entry.end = index.length;
      this.#link(entry, from, reader);
      yield;
    } while (state.at < file.text.length && entry.alive);
    reader.endLine(entry.end);
  }

  #readerOf(file: CorpusFile): LineReader {
    return new LineReader(this.lines, this.index.tokens, this.vocabulary, file.start);
  }

  #linkWhole(file: CorpusFile): void {
    const reader = this.#readerOf(file);
    this.#link(file, file.start + 1, reader);
    reader.endLine(file.end);
  }

  /** Makes the tokens of a file from `from` on findable. */
  #link(file: CorpusFile, from: number, reader: LineReader): void {
    const { index, successors } = this;
    index.link(file.end);
    for (let at = from; at < file.end; at++) {
      successors.learn(index.tokens, at);
      if (isBreakToken(index.tokens[at]!)) {
        reader.readBreak(at);
      }
    }
  }

  /** The living, in the order of their tokens; if there are too many, those near the focus. */
  #filesToKeep(): CorpusFile[] {
    const { maxTokens } = this.#limits;
    const isTooMuch = this.liveTokens > maxTokens * KEPT_SHARE_WHEN_FULL || this.vocabulary.isFull;
    const budget = isTooMuch ? Math.min(maxTokens, this.liveTokens) * KEPT_SHARE_WHEN_FULL : Number.POSITIVE_INFINITY;
    const { files, horizon } = nearestFirst(this.#byPath.values(), this.#focus, budget);
    this.#horizon = Math.min(this.#horizon, horizon);
    return files.sort((a, b) => a.start - b.start);
  }
}
