/** A growing sequence of tokens that answers where the same last few tokens occurred before, newest first, by hash chains. */
import { growingInt32, reserve } from './growing-array.ts';
import { RAW_BREAK, contextOfLineBreak } from './line-break.ts';
import type { Token } from './tokenizer.ts';

/** Stands before the first token of each file, so that no context reaches into the file before. */
export const FILE_START: Token = (RAW_BREAK - 1) << 1;
export const NOWHERE = -1;

export interface TokenIndexOptions {
  /** How many tokens the key of a chain spans, at most 4: with fewer there is too much to walk through, with more too little is found. */
  readonly order: number;
  readonly maxTokens: number;
  /** Number of chains, a power of two. */
  readonly heads: number;
}

export class TokenIndex {
  readonly tokens: Int32Array<ArrayBuffer>;
  readonly #previous: Int32Array<ArrayBuffer>;
  readonly #heads: Int32Array;
  readonly #order: number;
  readonly #shift: number;
  #length = 0;
  /** Tokens from here on are stored, but not yet found. */
  #linked = 0;

  constructor({ order, maxTokens, heads }: TokenIndexOptions) {
    this.tokens = growingInt32(Math.min(1 << 12, maxTokens), maxTokens);
    this.#previous = growingInt32(Math.min(1 << 12, maxTokens), maxTokens);
    this.#heads = new Int32Array(heads).fill(NOWHERE);
    this.#order = order;
    this.#shift = 32 - Math.log2(heads);
  }

  get length(): number {
    return this.#length;
  }

  get memoryBytes(): number {
    return this.tokens.byteLength + this.#previous.byteLength + this.#heads.byteLength;
  }

  /** Appends a token and makes its place findable by the tokens before it; false if there is no room. */
  push(token: Token): boolean {
    if (!this.append(token)) {
      return false;
    }
    this.link(this.#length);
    return true;
  }

  append(token: Token): boolean {
    if (!reserve(this.tokens, this.#length + 1) || !reserve(this.#previous, this.#length + 1)) {
      return false;
    }
    this.tokens[this.#length++] = token;
    return true;
  }

  /** Makes the places before `end` findable that are not yet. */
  link(end: number): void {
    for (; this.#linked < end; this.#linked++) {
      if (this.#linked >= this.#order) {
        const head = this.#headOf(this.tokens, this.#linked);
        this.#previous[this.#linked] = this.#heads[head]!;
        this.#heads[head] = this.#linked;
      }
    }
  }

  /** The newest place whose preceding tokens have the same hash as those before `end`, or `NOWHERE`. To be verified. */
  newest(context: Int32Array, end: number): number {
    return end < this.#order ? NOWHERE : this.#heads[this.#headOf(context, end)]!;
  }

  older(place: number): number {
    return this.#previous[place]!;
  }

  /** Drops the tokens from `length` on. */
  truncate(length: number): void {
    while (this.#linked > length) {
      this.#linked--;
      if (this.#linked >= this.#order) {
        this.#heads[this.#headOf(this.tokens, this.#linked)] = this.#previous[this.#linked]!;
      }
    }
    this.#length = length;
  }

  /** Forgets all chains; `link` makes them anew. */
  unlink(): void {
    this.#heads.fill(NOWHERE);
    this.#linked = 0;
  }

  #headOf(tokens: Int32Array, end: number): number {
    let hash = 0;
    for (let back = 0; back < this.#order; back++) {
      hash = (hash + Math.imul(contextSymbol(tokens[end - 1 - back]!) + 1, MULTIPLIERS[back]!)) | 0;
    }
    return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> this.#shift;
  }
}

/** Odd, one for each place of a context. */
const MULTIPLIERS = [0x9e3779b1, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

const FIRST_WORD_TOKEN = 256 << 1;
const BREAK_SYMBOLS = Int32Array.from({ length: 256 }, (_, code) => contextOfLineBreak(code));

/** What is compared when contexts are: blanks before a token and blank lines do not matter. */
export function contextSymbol(token: Token): number {
  return token < FIRST_WORD_TOKEN ? BREAK_SYMBOLS[token >> 1]! : token >> 1;
}

export function isBreakToken(token: Token): boolean {
  return token < FIRST_WORD_TOKEN;
}
