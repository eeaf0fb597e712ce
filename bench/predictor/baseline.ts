/** The reference: a plain order-7 interpolated n-gram cache (project and file, Witten-Bell), greedy to the end of the line. */
const ORDER = 7;
/** Any line break is this one token. */
export const END_OF_LINE = 0;
const MAX_TOKENS = 40;

type Counts = Map<number, number>;
class Table {
  readonly #contexts = new Map<number, Counts & { total?: number }>();
  add(tokens: readonly number[], sign: 1 | -1, from = 0): void {
    for (let at = from; at < tokens.length; at++) {
      let key = 7;
      for (let order = 0; order < ORDER && order <= at; order++) {
        if (order > 0) key = mix(key, tokens[at - order]!);
        let counts = this.#contexts.get(key);
        if (counts === undefined) this.#contexts.set(key, (counts = new Map()));
        const next = (counts.get(tokens[at]!) ?? 0) + sign;
        if (next === 0) counts.delete(tokens[at]!);
        else counts.set(tokens[at]!, next);
        counts.total = (counts.total ?? 0) + sign;
      }
    }
  }
  /** Counts for each order, shortest context first. */
  contexts(tokens: readonly number[]): (Counts & { total?: number })[] {
    const found: (Counts & { total?: number })[] = [];
    let key = 7;
    for (let order = 0; order < ORDER && order <= tokens.length; order++) {
      if (order > 0) key = mix(key, tokens[tokens.length - order]!);
      const counts = this.#contexts.get(key);
      if (counts === undefined || counts.size === 0) break;
      found.push(counts);
    }
    return found;
  }
}

/** 53 bits in two halves, so that collisions do not matter. */
function mix(key: number, token: number): number {
  const high = Math.floor(key / 2 ** 26);
  const low = key % 2 ** 26;
  const a = Math.imul(high ^ Math.imul(token + 1, 0x9e3779b1), 0x85ebca6b);
  const b = Math.imul(low ^ Math.imul(token + 0x1234567, 0xc2b2ae35), 0x27d4eb2f);
  return ((a ^ (a >>> 13)) >>> 5) * 2 ** 26 + ((b ^ (b >>> 15)) >>> 6);
}

export interface Guess {
  readonly tokens: readonly number[];
  readonly probability: number;
  readonly first: number;
}

export class NgramCache {
  readonly #project = new Table();
  learn(tokens: readonly number[]): void {
    this.#project.add(tokens, 1);
  }
  unlearn(tokens: readonly number[]): void {
    this.#project.add(tokens, -1);
  }

  /** A cache for one file, fed as it grows. */
  openFile(): {
    extend(tokens: readonly number[]): void;
    completeWith(part: readonly number[], accept?: (token: number) => boolean): Guess;
  } {
    const file = new Table();
    const context: number[] = [];
    return {
      extend: (tokens) => {
        const from = context.length;
        context.push(...tokens);
        file.add(context, 1, from);
      },
      completeWith: (part, accept) => this.#complete(file, [...context.slice(-ORDER), ...part], accept),
    };
  }

  #complete(file: Table, context: number[], accept?: (token: number) => boolean): Guess {
    const tokens: number[] = [];
    let probability = 1;
    let first = -1;
    while (tokens.length < MAX_TOKENS) {
      const { token, p } = this.#next(file, context, tokens.length === 0 ? accept : undefined);
      if (tokens.length === 0 && first < 0) first = token;
      probability *= p;
      if (token >> 1 < 256) break;
      tokens.push(token);
      context.push(token);
    }
    return { tokens, probability, first };
  }

  #next(file: Table, context: readonly number[], accept?: (token: number) => boolean): { token: number; p: number } {
    const project = this.#project.contexts(context);
    const local = file.contexts(context);
    const candidates = new Set<number>();
    for (const table of [project, local]) {
      for (let order = table.length - 1; order >= 0 && candidates.size < 50; order--) {
        if (table[order]!.size > 2000) continue;
        for (const token of table[order]!.keys()) if (accept === undefined || accept(token)) candidates.add(token);
      }
    }
    let best = -1,
      bestP = 0;
    for (const token of candidates) {
      const p = wittenBell(project, local, token);
      if (p > bestP) {
        best = token;
        bestP = p;
      }
    }
    return { token: best, p: bestP };
  }
}

function wittenBell(
  project: readonly (Counts & { total?: number })[],
  local: readonly (Counts & { total?: number })[],
  token: number,
): number {
  let p = 1e-5;
  for (let order = 0; order < Math.max(project.length, local.length); order++) {
    const a = project[order],
      b = local[order];
    const n = (a?.total ?? 0) + (b?.total ?? 0);
    const u = Math.max(a?.size ?? 0, b?.size ?? 0);
    p = ((a?.get(token) ?? 0) + (b?.get(token) ?? 0) + u * p) / (n + u);
  }
  return p;
}
