/** Words of the workspace as numbers: an open-addressing hash table over one pool of UTF-16 units, no string per word. */
import { growingInt32, growingUint16, growingUint8, maxLengthOf, reserve } from './growing-array.ts';
import { KEYWORDS } from './keywords.ts';

/** Ids below this are line breaks (`line-break.ts`); words begin here. */
export const FIRST_WORD_ID = 256;
/** Returned by `intern` once the table is full: a character that occurs in no sane source. */
const UNKNOWN_WORD = FIRST_WORD_ID;
/** Longer runs of word characters are cut: hashes, base64, minified text. */
export const MAX_WORD_UNITS = 64;

const INITIAL_WORDS = 1 << 12;
const INITIAL_UNITS = 1 << 15;

/** What a word is: punctuation or white space; a name, number or other text; a keyword of some language. */
export const PUNCTUATION = 0;
export const NAME = 1;
const KEYWORD = 2;

export class Vocabulary {
  readonly #maxWords: number;
  readonly #slots: Int32Array<ArrayBuffer>;
  /** Word `FIRST_WORD_ID + i` is `#units` from `#offsets[i]` to `#offsets[i + 1]`. */
  readonly #offsets: Int32Array<ArrayBuffer>;
  readonly #units: Uint16Array<ArrayBuffer>;
  readonly #kinds: Uint8Array<ArrayBuffer>;
  #slotMask: number;
  #count = 0;

  constructor(maxWords: number, maxUnits: number) {
    this.#maxWords = maxWords;
    // At most two thirds full, counted in powers of two.
    const maxSlots = 2 ** Math.ceil(Math.log2(maxWords * 1.5));
    this.#slots = growingInt32(Math.min(maxSlots, INITIAL_WORDS * 2), maxSlots);
    this.#slotMask = this.#slots.length - 1;
    this.#offsets = growingInt32(Math.min(maxWords, INITIAL_WORDS) + 1, maxWords + 1);
    this.#units = growingUint16(Math.min(maxUnits, INITIAL_UNITS), maxUnits);
    this.#kinds = growingUint8(Math.min(maxWords, INITIAL_WORDS), maxWords);
    this.intern('\u0000', 0, 1);
    for (const keyword of KEYWORDS) {
      this.#kinds[this.intern(keyword, 0, keyword.length) - FIRST_WORD_ID] = KEYWORD;
    }
  }

  get size(): number {
    return this.#count;
  }

  get memoryBytes(): number {
    return this.#slots.byteLength + this.#offsets.byteLength + this.#units.byteLength + this.#kinds.byteLength;
  }

  /** Whether no further word finds room: time to drop those that are no longer used. */
  get isFull(): boolean {
    return this.#count >= this.#maxWords || this.#offsets[this.#count]! + MAX_WORD_UNITS > maxLengthOf(this.#units);
  }

  intern(text: string, start: number, end: number): number {
    const slot = this.#slotOf(text, start, end);
    const known = this.#slots[slot]!;
    if (known !== 0) {
      return known - 1 + FIRST_WORD_ID;
    }
    return this.isFull ? UNKNOWN_WORD : this.#append(slot, text, start, end);
  }

  kind(id: number): number {
    return this.#kinds[id - FIRST_WORD_ID]!;
  }

  text(id: number): string {
    return String.fromCharCode(...this.units(id));
  }

  /** A view that holds until the next `intern`. */
  units(id: number): Uint16Array {
    const index = id - FIRST_WORD_ID;
    return this.#units.subarray(this.#offsets[index], this.#offsets[index + 1]);
  }

  firstUnit(id: number): number {
    return this.#units[this.#offsets[id - FIRST_WORD_ID]!]!;
  }

  length(id: number): number {
    const index = id - FIRST_WORD_ID;
    return this.#offsets[index + 1]! - this.#offsets[index]!;
  }

  startsWith(id: number, text: string): boolean {
    const offset = this.#offsets[id - FIRST_WORD_ID]!;
    if (this.length(id) < text.length) {
      return false;
    }
    for (let index = 0; index < text.length; index++) {
      if (this.#units[offset + index] !== text.charCodeAt(index)) {
        return false;
      }
    }
    return true;
  }

  #append(slot: number, text: string, start: number, end: number): number {
    const offset = this.#offsets[this.#count]!;
    const length = end - start;
    reserve(this.#units, offset + length);
    for (let index = 0; index < length; index++) {
      this.#units[offset + index] = text.charCodeAt(start + index);
    }
    const word = this.#count++;
    reserve(this.#offsets, this.#count + 1);
    reserve(this.#kinds, this.#count);
    this.#offsets[this.#count] = offset + length;
    this.#kinds[word] = isWordUnit(text.charCodeAt(start)) ? NAME : PUNCTUATION;
    this.#slots[slot] = word + 1;
    if (this.#count * 1.5 > this.#slots.length) {
      this.#rehash();
    }
    return word + FIRST_WORD_ID;
  }

  #slotOf(text: string, start: number, end: number): number {
    let hash = 0;
    for (let index = start; index < end; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x9e3779b1);
    }
    const length = end - start;
    let slot = (hash ^ (hash >>> 15)) & this.#slotMask;
    for (;;) {
      const known = this.#slots[slot]!;
      if (known === 0 || this.#equals(known - 1, text, start, length)) {
        return slot;
      }
      slot = (slot + 1) & this.#slotMask;
    }
  }

  #equals(word: number, text: string, start: number, length: number): boolean {
    const offset = this.#offsets[word]!;
    if (this.#offsets[word + 1]! - offset !== length) {
      return false;
    }
    for (let index = 0; index < length; index++) {
      if (this.#units[offset + index] !== text.charCodeAt(start + index)) {
        return false;
      }
    }
    return true;
  }

  #rehash(): void {
    const length = this.#slots.length * 2;
    if (!reserve(this.#slots, length)) {
      return;
    }
    this.#slots.fill(0);
    this.#slotMask = length - 1;
    for (let word = 0; word < this.#count; word++) {
      let hash = 0;
      for (let unit = this.#offsets[word]!; unit < this.#offsets[word + 1]!; unit++) {
        hash = Math.imul(hash ^ this.#units[unit]!, 0x9e3779b1);
      }
      let slot = (hash ^ (hash >>> 15)) & this.#slotMask;
      while (this.#slots[slot] !== 0) {
        slot = (slot + 1) & this.#slotMask;
      }
      this.#slots[slot] = word + 1;
    }
  }
}

const IS_WORD_UNIT = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$') {
  IS_WORD_UNIT[character.charCodeAt(0)] = 1;
}

/** Letters, digits, `_`, `$` and all beyond ASCII, so that surrogate pairs stay together. */
export function isWordUnit(unit: number): boolean {
  return unit >= 128 || IS_WORD_UNIT[unit] === 1;
}
