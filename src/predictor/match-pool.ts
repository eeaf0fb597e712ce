/** Places where the text before the cursor, or its last few tokens, occurred before; by node of what is predicted. */
import type { Corpus } from './corpus.ts';
import { NOWHERE, contextSymbol } from './token-index.ts';
import type { TypedText } from './typed-text.ts';
import { PROJECT_ORDER } from './corpus.ts';

/** Matches longer than this are as good as certain; comparing further only costs time. */
const MAX_MATCH = 24;
const CAPACITY = 16_384;

/** Stands for the file that is being typed, where a file of the corpus is asked for. */
export const TYPED_FILE = -1;

/** How far a place counts by where it is: what is near repeats more. Tried on the fit trees; flat around these values. */
const WEIGHT = { typed: 2, typedNear: 2, nearTokens: 2000, sameFolder: 1.5, project: 1 } as const;

export class MatchPool {
  /** The token that followed. */
  readonly places = new Int32Array(CAPACITY);
  /** How many tokens before it agree. */
  readonly lengths = new Uint8Array(CAPACITY);
  /** Index in the files of the corpus, or `TYPED_FILE`. */
  readonly files = new Int32Array(CAPACITY);
  readonly weights = new Float32Array(CAPACITY);
  count = 0;

  readonly #corpus: Corpus;
  readonly #typed: TypedText;
  #folder = '';

  constructor(corpus: Corpus, typed: TypedText) {
    this.#corpus = corpus;
    this.#typed = typed;
  }

  get memoryBytes(): number {
    return this.places.byteLength + this.lengths.byteLength + this.files.byteLength + this.weights.byteLength;
  }

  begin(folder: string): void {
    this.count = 0;
    this.#folder = folder;
  }

  /** What stands at a match, or `ahead` tokens after it. */
  token(match: number, ahead = 0): number {
    const place = this.places[match]! + ahead;
    if (this.files[match] === TYPED_FILE) {
      return place < this.#typed.index.length ? this.#typed.tokens[place]! : 0;
    }
    return place < this.#corpus.index.length ? this.#corpus.index.tokens[place]! : 0;
  }

  /** Adds the places like `end`, `typedEnd` being where the typed text ends; looks at no more than `limit` of each kind. */
  collect(end: number, typedEnd: number, limit: number): void {
    const typed = this.#typed;
    let place = typed.index.newest(typed.tokens, end);
    for (let seen = 0; place !== NOWHERE && seen < limit; seen++, place = typed.index.older(place)) {
      if (place < typedEnd && this.count < CAPACITY) {
        const length = commonSuffix(typed.tokens, end, typed.tokens, place);
        if (length >= 1) {
          const nearness = Math.max(0, 1 - (end - place) / WEIGHT.nearTokens);
          this.#add(place, length, TYPED_FILE, WEIGHT.typed + WEIGHT.typedNear * nearness);
        }
      }
    }
    const corpus = this.#corpus;
    place = corpus.index.newest(typed.tokens, end);
    for (let seen = 0; place !== NOWHERE && seen < limit; seen++, place = corpus.index.older(place)) {
      const length = commonSuffix(typed.tokens, end, corpus.index.tokens, place);
      if (length >= PROJECT_ORDER && this.count < CAPACITY) {
        const index = corpus.fileAt(place);
        if (corpus.isVisible(index, place)) {
          const file = corpus.files[index]!;
          this.#add(place, length, index, file.folder === this.#folder ? WEIGHT.sameFolder : WEIGHT.project);
        }
      }
    }
  }

  /** Adds those of the matches `from` to `to` that go on with the token, moved on by it. */
  follow(from: number, to: number, token: number): void {
    for (let match = from; match < to && this.count < CAPACITY; match++) {
      if (this.token(match) === token) {
        const length = Math.min(MAX_MATCH, this.lengths[match]! + 1);
        this.#add(this.places[match]! + 1, length, this.files[match]!, this.weights[match]!);
      }
    }
  }

  #add(place: number, length: number, file: number, weight: number): void {
    this.places[this.count] = place;
    this.lengths[this.count] = length;
    this.files[this.count] = file;
    this.weights[this.count++] = weight;
  }
}

function commonSuffix(a: Int32Array, aEnd: number, b: Int32Array, bEnd: number): number {
  const limit = Math.min(MAX_MATCH, aEnd, bEnd);
  let length = 0;
  while (length < limit && contextSymbol(a[aEnd - 1 - length]!) === contextSymbol(b[bEnd - 1 - length]!)) {
    length++;
  }
  return length;
}
