/** The tokens of the text before the cursor, kept from call to call so that only what changed is read again. */
import { MAX_PREFIX_CHARACTERS, endOfPrefix } from './prefix.ts';
import { growingInt32, reserve } from './growing-array.ts';
import { type IndentUnit, detectIndentUnit, indentDelta } from './line-break.ts';
import { FILE_START, TokenIndex, contextSymbol, isBreakToken } from './token-index.ts';
import { START_OF_TEXT, type TokenSink, tokenize } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';

const MAX_TOKENS = MAX_PREFIX_CHARACTERS + 2;
const LINE_HEADS = 1 << 10;

export class TypedText {
  readonly index = new TokenIndex({ order: 1, maxTokens: MAX_TOKENS, heads: 1 << 12 });
  unit: IndentUnit = 2;
  /** Columns by which the line of the cursor is indented. */
  indent = 0;
  /** First token of each line that is not blank. */
  readonly lineStarts = growingInt32(1 << 10, MAX_TOKENS);
  lineCount = 0;
  #vocabulary: Vocabulary | undefined;
  #path = '';
  #text = '';
  /** By line: where its line break is in the text, the indentation before it, its hash, and the line of the same hash before. */
  readonly #breaks = growingInt32(1 << 10, MAX_TOKENS);
  readonly #indents = growingInt32(1 << 10, MAX_TOKENS);
  readonly #lineHeads = new Int32Array(LINE_HEADS).fill(-1);
  readonly #sameLines = growingInt32(1 << 10, MAX_TOKENS);
  /** By line: how far it is indented, on the scale of `indentDelta`. */
  readonly #depths = growingInt32(1 << 10, MAX_TOKENS);
  #hashedLines = 0;

  get tokens(): Int32Array {
    return this.index.tokens;
  }

  /** First token of the line that the cursor is in. */
  get lastLineStart(): number {
    return this.lineCount === 0 ? 1 : this.lineStarts[this.lineCount - 1]!;
  }

  get memoryBytes(): number {
    return this.index.memoryBytes + 5 * this.lineStarts.byteLength;
  }

  read(path: string, prefix: string, vocabulary: Vocabulary): void {
    const text = endOfPrefix(prefix);
    const unit = detectIndentUnit(text);
    const isSame = path === this.#path && unit === this.unit && vocabulary === this.#vocabulary;
    const line = isSame ? this.#lineOf(commonLength(this.#text, text)) : 0;
    this.#path = path;
    this.#vocabulary = vocabulary;
    this.unit = unit;
    this.#text = text;
    this.#truncate(line);
    const from = line === 0 ? START_OF_TEXT : { at: this.#breaks[line]!, indent: this.#indents[line]! };
    const sink: TokenSink = {
      word: (source, start, end) => vocabulary.intern(source, start, end),
      token: (token, start, _end, indent) => {
        this.index.push(token);
        if (isBreakToken(token)) {
          this.#pushLine(start, indent);
        }
      },
    };
    this.indent = tokenize(text, unit, sink, from).indent;
    this.#hashLines();
  }

  /** For a line that ends a block: the last line above with the same indentation, or -1. */
  siblingOf(line: number): number {
    const depth = this.#depths[line]!;
    if (line === 0 || depth >= this.#depths[line - 1]!) {
      return -1;
    }
    let above = line - 1;
    while (above >= 0 && this.#depths[above]! > depth) {
      above--;
    }
    return above >= 0 && this.#depths[above] === depth ? above : -1;
  }

  /** How often a line of these tokens stands above, and how many tokens ago the last time (0 if never). */
  countLine(tokens: Int32Array, from: number, to: number): { readonly count: number; readonly tokensAgo: number } {
    let count = 0;
    let tokensAgo = 0;
    let line = this.#lineHeads[hashLine(tokens, from, to)]!;
    for (; line >= 0; line = this.#sameLines[line]!) {
      if (this.#isLine(line, tokens, from, to)) {
        count++;
        tokensAgo ||= this.index.length - this.lineStarts[line]!;
      }
    }
    return { count, tokensAgo };
  }

  /** The last line that begins at or before the offset of what changed, and whose line break is before it. */
  #lineOf(offset: number): number {
    let line = this.lineCount - 1;
    while (line > 0 && this.#breaks[line]! >= offset) {
      line--;
    }
    return Math.max(0, line);
  }

  /** Keeps the lines before `line`; with 0, nothing. */
  #truncate(line: number): void {
    while (this.#hashedLines > Math.max(0, line - 1)) {
      this.#hashedLines--;
      const start = this.lineStarts[this.#hashedLines]!;
      const head = hashLine(this.tokens, start, this.lineStarts[this.#hashedLines + 1]! - 1);
      this.#lineHeads[head] = this.#sameLines[this.#hashedLines]!;
    }
    if (line > 0) {
      this.index.truncate(this.lineStarts[line]! - 1);
      this.lineCount = line;
      return;
    }
    this.index.truncate(0);
    this.index.push(FILE_START);
    this.lineCount = 0;
    this.#pushLine(0, 0);
  }

  #pushLine(offset: number, indent: number): void {
    for (const array of [this.lineStarts, this.#breaks, this.#indents, this.#sameLines, this.#depths]) {
      reserve(array, this.lineCount + 1);
    }
    this.lineStarts[this.lineCount] = this.index.length;
    this.#breaks[this.lineCount] = offset;
    this.#indents[this.lineCount] = indent;
    const delta = this.lineCount === 0 ? 0 : indentDelta(this.tokens[this.index.length - 1]! >> 1);
    this.#depths[this.lineCount] = this.lineCount === 0 ? 0 : this.#depths[this.lineCount - 1]! + delta;
    this.lineCount++;
  }

  /** Makes the lines above the cursor's findable. */
  #hashLines(): void {
    for (; this.#hashedLines < this.lineCount - 1; this.#hashedLines++) {
      const line = this.#hashedLines;
      const head = hashLine(this.tokens, this.lineStarts[line]!, this.lineStarts[line + 1]! - 1);
      this.#sameLines[line] = this.#lineHeads[head]!;
      this.#lineHeads[head] = line;
    }
  }

  #isLine(line: number, tokens: Int32Array, from: number, to: number): boolean {
    const start = this.lineStarts[line]!;
    if (this.lineStarts[line + 1]! - 1 - start !== to - from) {
      return false;
    }
    for (let index = 0; index < to - from; index++) {
      if (contextSymbol(this.tokens[start + index]!) !== contextSymbol(tokens[from + index]!)) {
        return false;
      }
    }
    return true;
  }
}

function hashLine(tokens: Int32Array, from: number, to: number): number {
  let hash = 0;
  for (let index = from; index < to; index++) {
    hash = Math.imul(hash ^ contextSymbol(tokens[index]!), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash & (LINE_HEADS - 1);
}

function commonLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let index = 0;
  while (index < limit && a.charCodeAt(index) === b.charCodeAt(index)) {
    index++;
  }
  return index;
}
