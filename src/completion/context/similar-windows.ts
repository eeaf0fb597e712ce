/** Windows of other open files that use the same words as the code around the cursor. */
import { estimateTokenCount } from 'tokenx';
import type { SlicedWork } from '../../codebase/background.ts';
import type { CodeWindow, OpenFile, OpenFiles } from '../../codebase/open-files.ts';
import type { DocumentView, Position } from '../../editor/document.ts';

export interface SimilarWindow {
  readonly file: OpenFile;
  readonly window: CodeWindow;
  /** How much of what stands near the cursor occurs in the window; only to be compared. */
  readonly score: number;
}

/** One per file, so that one file does not fill the prompt. */
export function* similarWindows(
  document: DocumentView,
  position: Position,
  files: readonly OpenFile[],
  openFiles: OpenFiles,
): SlicedWork<readonly SimilarWindow[]> {
  const weights = nearWords(document, position, openFiles);
  const rarity = (word: number): number => Math.log(1 + openFiles.windowCount / (1 + openFiles.frequency(word)));
  const rarities = new Map<number, number>();
  const rarityOf = (word: number): number => {
    let known = rarities.get(word);
    if (known === undefined) {
      known = rarity(word);
      rarities.set(word, known);
    }
    return known;
  };
  yield;
  const best: SimilarWindow[] = [];
  for (const file of files) {
    let top: SimilarWindow | undefined;
    for (const window of file.windows) {
      const score = similarity(window.words, weights, rarityOf);
      if (score > 0 && (top === undefined || score > top.score)) {
        top = { file, window, score };
      }
      yield;
    }
    if (top !== undefined) {
      best.push(top);
    }
  }
  return best.toSorted((a, b) => b.score - a.score || (a.file.path < b.file.path ? -1 : 1));
}

/**
 * The rare words that both have, nearer ones counting more, against the size of the window. On 750 places in five trees the
 * four best windows name the next member in 48 % of the cases, with plain Jaccard similarity to the last 60 lines in 32 %.
 */
function similarity(
  words: readonly number[],
  weights: ReadonlyMap<number, number>,
  rarityOf: (word: number) => number,
): number {
  let both = 0;
  let all = 1;
  for (const word of words) {
    const rarity = rarityOf(word);
    all += rarity;
    both += rarity * (weights.get(word) ?? 0);
  }
  return both / Math.sqrt(all);
}

const LINES_ABOVE = 40;
/** Below the cursor stands what is written already, so a line counts as two there. */
const LINES_BELOW = 10;
const BELOW_COUNTS = 2;
/** The distance in lines at which a word counts half. */
const HALF_WEIGHT_LINES = 4;

/** The words around the cursor, and how near they are: 1 on its line. */
function nearWords(document: DocumentView, position: Position, openFiles: OpenFiles): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  const last = Math.min(document.lineCount - 1, position.line + LINES_BELOW);
  for (let line = Math.max(0, position.line - LINES_ABOVE); line <= last; line++) {
    const distance = line <= position.line ? position.line - line : (line - position.line) * BELOW_COUNTS;
    const weight = HALF_WEIGHT_LINES / (HALF_WEIGHT_LINES + distance);
    for (const word of openFiles.wordsOf(document.lineAt(line).slice(0, LONGEST_LINE))) {
      weights.set(word, Math.max(weights.get(word) ?? 0, weight));
    }
  }
  return weights;
}

const LONGEST_LINE = 400;

/** A window that was shown stays unless another is better by this factor. */
const BETTER_BY = 2;

export interface WindowLimits {
  readonly count: number;
  readonly budgetTokens: number;
  /** The choice for the last request. */
  readonly before: readonly SimilarWindow[];
}

/** The best ones that fit; those of the last choice stay, with their text as it is now, unless others are clearly better. */
export function chooseWindows(
  candidates: readonly SimilarWindow[],
  { count, budgetTokens, before }: WindowLimits,
): readonly SimilarWindow[] {
  const score = (candidate: SimilarWindow): number =>
    before.some((old) => isSamePlace(old, candidate)) ? candidate.score * BETTER_BY : candidate.score;
  const chosen: SimilarWindow[] = [];
  let left = budgetTokens;
  for (const candidate of candidates.toSorted((a, b) => score(b) - score(a))) {
    const tokens = tokensOf(candidate.window);
    if (tokens <= left) {
      chosen.push(candidate);
      left -= tokens;
    }
    if (chosen.length === count) {
      break;
    }
  }
  return chosen;
}

const counted = new WeakMap<CodeWindow, number>();

function tokensOf(window: CodeWindow): number {
  let tokens = counted.get(window);
  if (tokens === undefined) {
    tokens = estimateTokenCount(window.text);
    counted.set(window, tokens);
  }
  return tokens;
}

function isSamePlace(a: SimilarWindow, b: SimilarWindow): boolean {
  return a.file.uri === b.file.uri && a.window.firstLine === b.window.firstLine;
}
