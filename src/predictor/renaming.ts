/** How names of one place became those of another: whole words, and the parts in which two words differ. */
import type { Vocabulary } from './vocabulary.ts';

/** Shorter parts occur by chance. */
const MIN_PART = 3;
const MAX_WORD = 60;

export class Renaming {
  readonly #words = new Map<number, number>();
  readonly #vocabulary: Vocabulary;
  readonly #parts: (readonly [from: string, to: string])[] = [];

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** What a word became; `undefined` for one that was not met. */
  get(word: number): number | undefined {
    return this.#words.get(word);
  }

  add(word: number, became: number): void {
    this.#words.set(word, became);
    if (word !== became) {
      this.addParts(this.#vocabulary.text(word), this.#vocabulary.text(became));
    }
  }

  /** Notes that a text became another, whole and in its differing middle, in all spellings of the first letter. */
  addParts(from: string, to: string): void {
    let start = 0;
    while (start < from.length && start < to.length && from[start] === to[start]) {
      start++;
    }
    let end = 0;
    while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) {
      end++;
    }
    const middle = [from.slice(start, from.length - end), to.slice(start, to.length - end)] as const;
    for (const [a, b] of [[from, to] as const, middle]) {
      if (a.length >= MIN_PART && a !== b) {
        this.#parts.push([a, b], [capitalized(a), capitalized(b)], [uncapitalized(a), uncapitalized(b)]);
      }
    }
  }

  /** A word that was not met, with the first of its parts renamed that was; the word itself if there is none. */
  renamePart(word: number): number {
    if (this.#parts.length === 0) {
      return word;
    }
    const text = this.#vocabulary.text(word);
    for (const [from, to] of this.#parts) {
      const at = text.indexOf(from);
      if (at >= 0) {
        const renamed = text.slice(0, at) + to + text.slice(at + from.length);
        if (renamed !== text && renamed !== '' && renamed.length <= MAX_WORD) {
          return this.#vocabulary.intern(renamed, 0, renamed.length);
        }
      }
    }
    return word;
  }
}

function capitalized(text: string): string {
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1);
}

function uncapitalized(text: string): string {
  return text === '' ? text : text[0]!.toLowerCase() + text.slice(1);
}
