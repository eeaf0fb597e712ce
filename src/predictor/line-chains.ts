/** Finds lines of the project by what stands before them: the line above, the last line of the same indentation, or their own text. */
import { growingInt32, reserve } from './growing-array.ts';
import { indentDelta } from './line-break.ts';
import { NOWHERE, contextSymbol, isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import { NAME, type Vocabulary } from './vocabulary.ts';

const HEAD_BITS = 16;
const INITIAL = 1 << 10;

/** Numbered entries under hashed keys, newest first. */
export class Chains {
  readonly #previous: Int32Array<ArrayBuffer>;
  readonly #heads = new Int32Array(2 ** HEAD_BITS).fill(NOWHERE);
  #length = 0;

  constructor(max: number) {
    this.#previous = growingInt32(Math.min(INITIAL, max), max);
  }

  get length(): number {
    return this.#length;
  }

  get memoryBytes(): number {
    return this.#previous.byteLength + this.#heads.byteLength;
  }

  /** The number of the entry, or `NOWHERE` if there is no room. */
  push(key: number): number {
    if (!reserve(this.#previous, this.#length + 1)) {
      return NOWHERE;
    }
    const head = key >>> (32 - HEAD_BITS);
    this.#previous[this.#length] = this.#heads[head]!;
    this.#heads[head] = this.#length;
    return this.#length++;
  }

  newest(key: number): number {
    return this.#heads[key >>> (32 - HEAD_BITS)]!;
  }

  older(entry: number): number {
    return this.#previous[entry]!;
  }

  clear(): void {
    this.#heads.fill(NOWHERE);
    this.#length = 0;
  }
}

export class LineChains {
  /** First token of each line but the first of a file, in order. */
  readonly starts: Int32Array<ArrayBuffer>;
  /** By the shape of the line above; entries are lines. */
  readonly byShapeAbove: Chains;
  /** By their own text; entries are lines. */
  readonly byText: Chains;
  /** Lines that end a block, by the shape of the last line with their indentation. */
  readonly bySibling: Chains;
  readonly siblingStarts: Int32Array<ArrayBuffer>;
  /** Where the line of the same indentation ends: at its line break. */
  readonly siblingEnds: Int32Array<ArrayBuffer>;

  constructor(maxLines: number) {
    const maxSiblings = Math.ceil(maxLines / 3);
    this.starts = growingInt32(Math.min(INITIAL, maxLines), maxLines);
    this.siblingStarts = growingInt32(Math.min(INITIAL, maxSiblings), maxSiblings);
    this.siblingEnds = growingInt32(Math.min(INITIAL, maxSiblings), maxSiblings);
    this.byShapeAbove = new Chains(maxLines);
    this.byText = new Chains(maxLines);
    this.bySibling = new Chains(maxSiblings);
  }

  get lineCount(): number {
    return this.byShapeAbove.length;
  }

  get memoryBytes(): number {
    const arrays = this.starts.byteLength + this.siblingStarts.byteLength + this.siblingEnds.byteLength;
    return arrays + this.byShapeAbove.memoryBytes + this.byText.memoryBytes + this.bySibling.memoryBytes;
  }

  clear(): void {
    this.byShapeAbove.clear();
    this.byText.clear();
    this.bySibling.clear();
  }
}

/** Enters the lines of one file as its tokens come in. */
export class LineReader {
  readonly #lines: LineChains;
  readonly #tokens: Int32Array;
  readonly #vocabulary: Vocabulary;
  readonly #siblings = new SiblingStack();
  /** The last line break, or the start of the file. */
  #before: number;
  /** The line that is being read, if it was entered. */
  #line = NOWHERE;

  constructor(lines: LineChains, tokens: Int32Array, vocabulary: Vocabulary, fileStart: number) {
    this.#lines = lines;
    this.#tokens = tokens;
    this.#vocabulary = vocabulary;
    this.#before = fileStart;
  }

  /** To be called with each line break in turn. */
  readBreak(at: number): void {
    const lines = this.#lines;
    this.endLine(at);
    if (reserve(lines.starts, lines.lineCount + 1)) {
      this.#line = lines.byShapeAbove.push(shapeOf(this.#tokens, this.#before, at + 1, this.#vocabulary));
      if (this.#line !== NOWHERE) {
        lines.starts[this.#line] = at + 1;
      }
    }
    const sibling = this.#siblings.next(this.#before, at, this.#tokens[at]!);
    if (sibling !== undefined && this.#line !== NOWHERE) {
      this.#enterSibling(sibling, at);
    }
    this.#before = at;
  }

  /** Also to be called at the end of the file: the last line has no break after it. */
  endLine(end: number): void {
    if (this.#line !== NOWHERE) {
      this.#lines.byText.push(textHash(this.#tokens, this.#before + 1, end));
      this.#line = NOWHERE;
    }
  }

  #enterSibling(sibling: SiblingLine, at: number): void {
    const { bySibling, siblingStarts, siblingEnds } = this.#lines;
    const room = bySibling.length + 1;
    if (reserve(siblingStarts, room) && reserve(siblingEnds, room)) {
      const entry = bySibling.push(shapeOf(this.#tokens, sibling.start, sibling.end, this.#vocabulary));
      if (entry !== NOWHERE) {
        siblingStarts[entry] = at + 1;
        siblingEnds[entry] = sibling.end;
      }
    }
  }
}

export interface SiblingLine {
  readonly start: number;
  readonly end: number;
}

/** Follows the indentation of lines, to know the last line of the same indentation when a block ends. */
class SiblingStack {
  readonly #indents: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #indent = 0;

  /** A line from `before` (the break or file start in front of it) to the break `at`: what the line after it is a sibling of, if that ends a block. */
  next(before: number, at: number, lineBreak: Token): SiblingLine | undefined {
    while (this.#indents.length > 0 && this.#indents.at(-1)! >= this.#indent) {
      this.#pop();
    }
    this.#indents.push(this.#indent);
    this.#starts.push(before + 1);
    this.#ends.push(at);
    const delta = indentDelta(lineBreak >> 1);
    this.#indent += delta;
    if (delta >= 0) {
      return undefined;
    }
    while (this.#indents.length > 0 && this.#indents.at(-1)! > this.#indent) {
      this.#pop();
    }
    const top = this.#indents.length - 1;
    return top >= 0 && this.#indents[top] === this.#indent
      ? { start: this.#starts[top]!, end: this.#ends[top]! }
      : undefined;
  }

  #pop(): void {
    this.#indents.pop();
    this.#starts.pop();
    this.#ends.pop();
  }
}

/** Hash of the tokens from `from` to `to`, the same for lines that differ in names only. */
export function shapeOf(tokens: Int32Array, from: number, to: number, vocabulary: Vocabulary): number {
  let hash = 17;
  for (let index = from; index < to; index++) {
    const token = tokens[index]!;
    const isName = !isBreakToken(token) && vocabulary.kind(token >> 1) === NAME;
    hash = Math.imul(hash ^ (isName ? 1 : contextSymbol(token)), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash, 0x85ebca6b);
}

/** Hash of the tokens from `from` to `to`. */
export function textHash(tokens: Int32Array, from: number, to: number): number {
  let hash = 29;
  for (let index = from; index < to; index++) {
    hash = Math.imul(hash ^ contextSymbol(tokens[index]!), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash, 0x85ebca6b);
}
