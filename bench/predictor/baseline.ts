/** The reference: a plain order-7 interpolated n-gram cache of project and file (Witten-Bell), greedy to the end of the line. */
import { detectIndentUnit, isLineBreak } from '../../src/predictor/line-break.ts';
import { detokenize, tokenize } from '../../src/predictor/tokenizer.ts';
import { Vocabulary } from '../../src/predictor/vocabulary.ts';

const ORDER = 7;
const MAX_TOKENS = 40;
/** Contexts with more successors than this are not searched for candidates, only counted. */
const MAX_SEARCHED = 2000;
/** For what was never seen. */
const UNSEEN = 1e-5;

export interface Guess {
  /** To the end of the line, without white space at its ends. */
  readonly text: string;
  /** Product over its tokens, the line break included. */
  readonly probability: number;
  readonly next: string;
}

export interface Tokens {
  readonly values: readonly number[];
  /** Where each token ends in the text. */
  readonly ends: readonly number[];
}

export class NgramCache {
  readonly #words = new Vocabulary(1 << 20, 1 << 24);
  readonly #project = new Counts();

  read(text: string): Tokens {
    const values: number[] = [];
    const ends: number[] = [];
    tokenize(text, detectIndentUnit(text), {
      word: (source, start, end) => this.#words.intern(source, start, end),
      token: (token, _start, end) => {
        values.push(token);
        ends.push(end);
      },
    });
    return { values, ends };
  }

  learn({ values }: Tokens): void {
    this.#project.add(values, 0, 1);
  }

  unlearn({ values }: Tokens): void {
    this.#project.add(values, 0, -1);
  }

  /** A cache for one file that grows as the file is written. */
  openFile(): OpenFile {
    return new OpenFile(this.#project, this.#words);
  }
}

export class OpenFile {
  readonly #project: Counts;
  readonly #words: Vocabulary;
  readonly #file = new Counts();
  readonly #written: number[] = [];

  constructor(project: Counts, words: Vocabulary) {
    this.#project = project;
    this.#words = words;
  }

  write(tokens: readonly number[]): void {
    const from = this.#written.length;
    this.#written.push(...tokens);
    this.#file.add(this.#written, from, 1);
  }

  /** What follows some tokens of a line that is not written yet. */
  complete(line: readonly number[]): Guess {
    const context = [...this.#written.slice(-ORDER), ...line];
    const found: number[] = [];
    let probability = 1;
    let next = '';
    while (found.length < MAX_TOKENS) {
      const best = this.#likeliest(context);
      probability *= best.probability;
      next ||= best.token < 0 || isLineBreak(best.token >> 1) ? '\n' : this.#words.text(best.token >> 1);
      if (best.token < 0 || isLineBreak(best.token >> 1)) {
        break;
      }
      found.push(best.token);
      context.push(best.token);
    }
    return { text: detokenize(found, 2, (id) => this.#words.text(id)).trim(), probability, next };
  }

  #likeliest(context: readonly number[]): { token: number; probability: number } {
    const project = this.#project.contexts(context);
    const file = this.#file.contexts(context);
    const candidates = new Set<number>();
    for (const table of [project, file]) {
      for (const { counts } of table.toReversed()) {
        if (candidates.size < 50 && counts.size <= MAX_SEARCHED) {
          for (const token of counts.keys()) {
            candidates.add(token);
          }
        }
      }
    }
    let best = { token: -1, probability: 0 };
    for (const token of candidates) {
      const probability = wittenBell(project, file, token);
      best = probability > best.probability ? { token, probability } : best;
    }
    return best;
  }
}

interface Successors {
  readonly counts: Map<number, number>;
  total: number;
}

class Counts {
  readonly #contexts = new Map<number, Successors>();

  add(tokens: readonly number[], from: number, change: 1 | -1): void {
    for (let at = from; at < tokens.length; at++) {
      let key = 0;
      for (let order = 0; order < ORDER && order <= at; order++) {
        key = order === 0 ? 0 : mix(key, tokens[at - order]!);
        let successors = this.#contexts.get(key);
        if (successors === undefined) {
          successors = { counts: new Map(), total: 0 };
          this.#contexts.set(key, successors);
        }
        const count = (successors.counts.get(tokens[at]!) ?? 0) + change;
        successors.total += change;
        if (count === 0) {
          successors.counts.delete(tokens[at]!);
        } else {
          successors.counts.set(tokens[at]!, count);
        }
      }
    }
  }

  /** What followed the last tokens, from no context to the longest that is known. */
  contexts(tokens: readonly number[]): Successors[] {
    const found: Successors[] = [];
    let key = 0;
    for (let order = 0; order < ORDER && order <= tokens.length; order++) {
      key = order === 0 ? 0 : mix(key, tokens.at(-order)!);
      const successors = this.#contexts.get(key);
      if (successors === undefined || successors.total === 0) {
        break;
      }
      found.push(successors);
    }
    return found;
  }
}

/** 53 bits in two halves, so that collisions do not matter. */
function mix(key: number, token: number): number {
  const high = Math.imul(Math.floor(key / 2 ** 26) ^ Math.imul(token + 1, 0x9e3779b1), 0x85ebca6b);
  const low = Math.imul((key % 2 ** 26) ^ Math.imul(token + 0x1234567, 0xc2b2ae35), 0x27d4eb2f);
  return ((high ^ (high >>> 13)) >>> 5) * 2 ** 26 + ((low ^ (low >>> 15)) >>> 6);
}

function wittenBell(project: readonly Successors[], file: readonly Successors[], token: number): number {
  let probability = UNSEEN;
  for (let order = 0; order < Math.max(project.length, file.length); order++) {
    const [a, b] = [project[order], file[order]];
    const total = (a?.total ?? 0) + (b?.total ?? 0);
    const distinct = Math.max(a?.counts.size ?? 0, b?.counts.size ?? 0);
    const count = (a?.counts.get(token) ?? 0) + (b?.counts.get(token) ?? 0);
    probability = (count + distinct * probability) / (total + distinct);
  }
  return probability;
}
