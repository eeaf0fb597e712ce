/** The usual next token after the last one, two or three: a small table of majority votes for what the chains do not find. */
import { type Token } from './tokenizer.ts';
import { contextSymbol } from './token-index.ts';

/** Slots by order, from one token of context up; 6 bytes each, 1.4 MB in all. */
const SLOT_BITS = [15, 16, 17] as const;
const FIRST_SLOTS = [0, 2 ** 15, 2 ** 15 + 2 ** 16] as const;
const SLOTS = 2 ** 15 + 2 ** 16 + 2 ** 17;
const MAX_VOTES = 255;

export interface Successor {
  readonly token: Token;
  /** How many tokens of context it goes by. */
  readonly order: number;
  /** By how many votes it leads over all others that were seen here. */
  readonly lead: number;
}

export class Successors {
  readonly #tokens = new Int32Array(SLOTS);
  /** Some bits of the context's hash, to tell contexts that share a slot. */
  readonly #tags = new Uint8Array(SLOTS);
  readonly #leads = new Uint8Array(SLOTS);

  get memoryBytes(): number {
    return this.#tokens.byteLength + this.#tags.byteLength + this.#leads.byteLength;
  }

  clear(): void {
    for (const table of [this.#tokens, this.#tags, this.#leads]) {
      table.fill(0);
    }
  }

  /** Learns that `tokens[place]` follows the tokens before it. */
  learn(tokens: Int32Array, place: number): void {
    const token = tokens[place]!;
    let hash = 0;
    for (let order = 0; order < SLOT_BITS.length && order < place; order++) {
      hash = mix(hash, tokens[place - 1 - order]!);
      const slot = FIRST_SLOTS[order]! + (hash >>> (32 - SLOT_BITS[order]!));
      const lead = this.#leads[slot]!;
      if (lead === 0) {
        this.#tokens[slot] = token;
        this.#tags[slot] = hash;
        this.#leads[slot] = 1;
      } else if (this.#tokens[slot] === token && this.#tags[slot] === (hash & 0xff)) {
        this.#leads[slot] = Math.min(MAX_VOTES, lead + 1);
      } else {
        this.#leads[slot] = lead - 1;
      }
    }
  }

  /** By the longest context that is known and whose token the caller takes. */
  find(tokens: Int32Array, end: number, accepts: (token: Token) => boolean): Successor | undefined {
    let best: Successor | undefined;
    let hash = 0;
    for (let order = 0; order < SLOT_BITS.length && order < end; order++) {
      hash = mix(hash, tokens[end - 1 - order]!);
      const slot = FIRST_SLOTS[order]! + (hash >>> (32 - SLOT_BITS[order]!));
      const token = this.#tokens[slot]!;
      const lead = this.#leads[slot]!;
      if (lead > 0 && this.#tags[slot] === (hash & 0xff) && accepts(token)) {
        best = { token, order: order + 1, lead };
      }
    }
    return best;
  }
}

function mix(hash: number, token: Token): number {
  const mixed = Math.imul(hash ^ (contextSymbol(token) + 1), 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
}
