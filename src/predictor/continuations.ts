/** What may come next, token by token, as a tree: probabilities by interpolating matches of all lengths. */
import { type Corpus, PROJECT_ORDER } from './corpus.ts';
import { MatchPool } from './match-pool.ts';
import { RAW_BREAK } from './line-break.ts';
import { FILE_START, isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import type { TypedText } from './typed-text.ts';

/** Any line break. */
export const END_OF_LINE: Token = 0;
export const ROOT = 0;
export const NO_NODE = -1;

const MAX_NODES = 512;
const TOP = 8;
/** Distinct tokens that are counted at a node; more are noise. */
const MAX_DISTINCT = 64;
/** Places looked at: before the cursor, and after each predicted token. Twice as many gain one line in two hundred. */
const ROOT_PLACES = 600;
const NODE_PLACES = 48;
/** Fewer matches than this are worth a new look into the chains. */
const ENOUGH_MATCHES = 12;
/** Match lengths that are counted together, from 1 to `MAX_MATCH`. */
const LEVEL_OF_LENGTH = [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 11] as const;
const LEVELS = 12;
/** Majority votes count as so many places at the most. */
const MAX_USUAL_COUNT = 6;
/** For what was never seen at a place. */
const UNSEEN = 1e-3;

export class Continuations {
  readonly matches: MatchPool;
  readonly #typed: TypedText;
  readonly #corpus: Corpus;
  #end = 0;
  #nodes = 0;
  readonly #parents = new Int16Array(MAX_NODES);
  readonly #tokensOf = new Int32Array(MAX_NODES);
  readonly #firstMatch = new Int32Array(MAX_NODES);
  readonly #endMatch = new Int32Array(MAX_NODES);
  readonly #firstChild = new Int16Array(MAX_NODES);
  readonly #nextSibling = new Int16Array(MAX_NODES);
  readonly #topTokens = new Int32Array(MAX_NODES * TOP);
  readonly #topProbabilities = new Float32Array(MAX_NODES * TOP);
  readonly #topCounts = new Uint8Array(MAX_NODES);
  /** Scratch for counting at one node. */
  readonly #distinct = new Int32Array(MAX_DISTINCT);
  readonly #counts = new Float64Array(MAX_DISTINCT * LEVELS);
  readonly #probabilities = new Float64Array(MAX_DISTINCT);

  constructor(corpus: Corpus, typed: TypedText) {
    this.#corpus = corpus;
    this.#typed = typed;
    this.matches = new MatchPool(corpus, typed);
  }

  get memoryBytes(): number {
    return this.matches.memoryBytes + MAX_NODES * (18 + TOP * 8);
  }

  /** A new tree for what follows the first `end` tokens; `accepts` says which first tokens fit what is typed already. */
  begin(end: number, folder: string, accepts: (token: Token) => boolean): void {
    this.#end = end;
    this.#nodes = 0;
    this.matches.begin(folder);
    this.matches.collect(end, end, ROOT_PLACES);
    this.#addNode(NO_NODE, 0, 0);
    this.#count(ROOT, accepts);
  }

  get rootMatches(): number {
    return this.#endMatch[ROOT]!;
  }

  /** The likeliest tokens after a node, best first. */
  topCount(node: number): number {
    return this.#topCounts[node]!;
  }

  topToken(node: number, rank: number): Token {
    return this.#topTokens[node * TOP + rank]!;
  }

  topProbability(node: number, rank: number): number {
    return this.#topProbabilities[node * TOP + rank]!;
  }

  probability(node: number, token: Token): number {
    for (let rank = 0; rank < this.#topCounts[node]!; rank++) {
      if (this.#topTokens[node * TOP + rank] === token) {
        return Math.max(UNSEEN, this.#topProbabilities[node * TOP + rank]!);
      }
    }
    return UNSEEN;
  }

  /** The line break that most of the long matches go on with, if the line ends for more than half of them. */
  likeliestBreak(): Token | undefined {
    const weights = new Map<Token, number>();
    let all = 0;
    for (let match = 0; match < this.rootMatches; match++) {
      const token = this.matches.token(match);
      const weight = this.matches.lengths[match]! ** 2 * this.matches.weights[match]!;
      all += weight;
      if (isBreakToken(token) && token >> 1 !== RAW_BREAK && token !== FILE_START) {
        weights.set(token, (weights.get(token) ?? 0) + weight);
      }
    }
    const [token, weight] = [...weights].sort((a, b) => b[1] - a[1])[0] ?? [undefined, 0];
    return weight > all / 2 ? token : undefined;
  }

  /** The node after a token; `NO_NODE` when the tree is full. */
  child(node: number, token: Token): number {
    for (let child = this.#firstChild[node]!; child !== NO_NODE; child = this.#nextSibling[child]!) {
      if (this.#tokensOf[child] === token) {
        return child;
      }
    }
    if (this.#nodes === MAX_NODES) {
      return NO_NODE;
    }
    const firstMatch = this.matches.count;
    this.matches.follow(this.#firstMatch[node]!, this.#endMatch[node]!, token);
    const child = this.#addNode(node, token, firstMatch);
    if (this.#endMatch[child]! - firstMatch < ENOUGH_MATCHES) {
      this.#lookUp(child);
    }
    this.#count(child, acceptAll);
    return child;
  }

  #addNode(parent: number, token: Token, firstMatch: number): number {
    const node = this.#nodes++;
    this.#parents[node] = parent;
    this.#tokensOf[node] = token;
    this.#firstMatch[node] = firstMatch;
    this.#endMatch[node] = this.matches.count;
    this.#firstChild[node] = NO_NODE;
    this.#nextSibling[node] = NO_NODE;
    if (parent !== NO_NODE) {
      this.#nextSibling[node] = this.#firstChild[parent]!;
      this.#firstChild[parent] = node;
    }
    return node;
  }

  /** Replaces the matches of a node by those that its context finds in the chains. */
  #lookUp(node: number): void {
    const { index } = this.#typed;
    const end = this.#withPath(node);
    this.matches.count = this.#firstMatch[node]!;
    this.matches.collect(end, this.#end, NODE_PLACES);
    index.truncate(this.#end);
    this.#endMatch[node] = this.matches.count;
  }

  /** Appends the tokens on the way to a node to the typed ones; answers where they end. */
  #withPath(node: number): number {
    const path: Token[] = [];
    for (let at = node; at !== ROOT; at = this.#parents[at]!) {
      path.push(this.#tokensOf[at]!);
    }
    const { index } = this.#typed;
    for (let at = path.length - 1; at >= 0; at--) {
      index.append(path[at]!);
    }
    return index.length;
  }

  /** Weighs the tokens that follow the matches of a node: from short contexts to long, each level trusting its own counts the more of them there are. */
  #count(node: number, accepts: (token: Token) => boolean): void {
    const counts = this.#counts;
    let distinct = 0;
    let longest = 0;
    for (let match = this.#firstMatch[node]!; match < this.#endMatch[node]!; match++) {
      const token = endOfLineOr(this.matches.token(match));
      const at = accepts(token) ? this.#slotFor(token, distinct) : MAX_DISTINCT;
      if (at < MAX_DISTINCT) {
        distinct = Math.max(distinct, at + 1);
        const length = this.matches.lengths[match]!;
        longest = Math.max(longest, length);
        counts[at * LEVELS + LEVEL_OF_LENGTH[length]!]! += this.matches.weights[match]!;
      }
    }
    if (longest <= PROJECT_ORDER) {
      distinct = this.#countUsual(node, accepts, distinct);
    }
    this.#interpolate(distinct);
    this.#keepTop(node, distinct);
  }

  #slotFor(token: Token, distinct: number): number {
    let at = 0;
    while (at < distinct && this.#distinct[at] !== token) {
      at++;
    }
    if (at === distinct && at < MAX_DISTINCT) {
      this.#distinct[at] = token;
      this.#counts.fill(0, at * LEVELS, (at + 1) * LEVELS);
    }
    return at;
  }

  /** Where the chains know little: what mostly follows the last tokens anywhere. Answers the number of distinct tokens. */
  #countUsual(node: number, accepts: (token: Token) => boolean, distinct: number): number {
    const { index } = this.#typed;
    const end = this.#withPath(node);
    const usual = this.#corpus.successors.find(index.tokens, end, (token) => accepts(endOfLineOr(token)));
    index.truncate(this.#end);
    if (usual === undefined) {
      return distinct;
    }
    const at = this.#slotFor(endOfLineOr(usual.token), distinct);
    if (at === MAX_DISTINCT) {
      return distinct;
    }
    this.#counts[at * LEVELS + usual.order]! += Math.min(MAX_USUAL_COUNT, usual.lead);
    return Math.max(distinct, at + 1);
  }

  #interpolate(distinct: number): void {
    const counts = this.#counts;
    const probabilities = this.#probabilities;
    for (let at = 0; at < distinct; at++) {
      for (let level = LEVELS - 2; level >= 0; level--) {
        counts[at * LEVELS + level]! += counts[at * LEVELS + level + 1]!;
      }
      probabilities[at] = 0.3 / (distinct + 1);
    }
    for (let level = 1; level < LEVELS; level++) {
      let sum = 0;
      let seen = 0;
      for (let at = 0; at < distinct; at++) {
        const count = counts[at * LEVELS + level]!;
        sum += count;
        seen += count > 0 ? 1 : 0;
      }
      if (sum === 0) {
        return;
      }
      // Witten-Bell with constants tried on the fit trees.
      const trust = sum / (sum + 0.7 * seen + 0.3);
      for (let at = 0; at < distinct; at++) {
        probabilities[at] = (trust * counts[at * LEVELS + level]!) / sum + (1 - trust) * probabilities[at]!;
      }
    }
  }

  #keepTop(node: number, distinct: number): void {
    const base = node * TOP;
    let kept = 0;
    for (let at = 0; at < distinct; at++) {
      const probability = this.#probabilities[at]!;
      let rank = kept;
      while (rank > 0 && this.#topProbabilities[base + rank - 1]! < probability) {
        rank--;
      }
      if (rank >= TOP) {
        continue;
      }
      kept = Math.min(TOP, kept + 1);
      for (let move = kept - 1; move > rank; move--) {
        this.#topTokens[base + move] = this.#topTokens[base + move - 1]!;
        this.#topProbabilities[base + move] = this.#topProbabilities[base + move - 1]!;
      }
      this.#topTokens[base + rank] = this.#distinct[at]!;
      this.#topProbabilities[base + rank] = probability;
    }
    this.#topCounts[node] = kept;
  }
}

function endOfLineOr(token: Token): Token {
  return isBreakToken(token) ? END_OF_LINE : token;
}

function acceptAll(): boolean {
  return true;
}
