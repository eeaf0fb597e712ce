/** The embedded completion model: learns files, and predicts the rest of the line with a calibrated confidence. */
import { type Start, collectCandidates } from './candidates.ts';
import { CONFIDENCE_THRESHOLD, confidenceOf } from './confidence.ts';
import { Continuations, END_OF_LINE, ROOT } from './continuations.ts';
import type { CorpusLimits } from './corpus-file.ts';
import { Corpus } from './corpus.ts';
import { Describer } from './features.ts';
import { situationOf } from './situation.ts';
import { folderOf } from './learnable.ts';
import type { Prediction, PredictionQuery } from './predictor.ts';
import { type TextAfter, allowsSuggestion, placeAfter, readAfter, withoutTail } from './text-after.ts';
import { isBreakToken } from './token-index.ts';
import { type Token, detokenize } from './tokenizer.ts';
import { TypedText } from './typed-text.ts';
import { isWordUnit } from './vocabulary.ts';

export interface ScoredCandidate {
  /** What would be inserted, to the end of the line. */
  readonly text: string;
  readonly isWorthShowing: boolean;
  /** Columns as in `FEATURES`. */
  readonly features: Float32Array;
}

/** What the caller of `predict` leaves open. */
export interface PredictOptions {
  /** Milliseconds, from any origin; further lines are given up when the first took long. */
  readonly now: () => number;
}

/** No more time than this goes into further lines, so that the first is not late. */
const FURTHER_LINES_MS = 1.5;
/** A further line must be this likely; it is what the calibration calls four in five. */
const FURTHER_LINE_CONFIDENCE = 0.8;
const MAX_FURTHER_LINES = 5;

export class WorkspaceModel {
  readonly corpus: Corpus;
  readonly #typed = new TypedText();
  readonly #continuations: Continuations;
  readonly #describer: Describer;

  constructor(limits: CorpusLimits) {
    this.corpus = new Corpus(limits);
    this.#continuations = new Continuations(this.corpus, this.#typed);
    this.#describer = new Describer(this.corpus, this.#typed, this.#continuations);
  }

  get memoryBytes(): number {
    return this.corpus.memoryBytes + this.#typed.memoryBytes + this.#continuations.memoryBytes;
  }

  /** The rest of the line, and further lines that are as good as certain; `undefined` below the threshold. */
  predict(query: PredictionQuery, { now }: PredictOptions): Prediction | undefined {
    const startedAt = now();
    const after = readAfter(query.suffix);
    if (!allowsSuggestion(after) || this.corpus.isRebuilding) {
      return undefined;
    }
    this.corpus.lookFrom(query.path, placeAfter(this.corpus, query.path, after));
    const best = this.#bestLine(query.path, query.prefix, after, isWorthShowing);
    if (best === undefined || best.confidence < CONFIDENCE_THRESHOLD) {
      return undefined;
    }
    let { text } = best;
    const lines = after.tail === '' ? Math.min(query.maxLines - 1, MAX_FURTHER_LINES) : 0;
    let confidence = best.confidence;
    for (let line = 0; line < lines && now() - startedAt < FURTHER_LINES_MS; line++) {
      const next = this.#furtherLine(query.path, query.prefix + text, after);
      confidence *= next?.confidence ?? 0;
      if (next === undefined || confidence < FURTHER_LINE_CONFIDENCE * CONFIDENCE_THRESHOLD) {
        break;
      }
      text += next.text;
    }
    return { text, confidence: best.confidence };
  }

  /** All candidates for the rest of the line, unordered. */
  candidates(path: string, prefix: string): ScoredCandidate[] {
    const { corpus } = this;
    this.#typed.read(path, prefix, corpus.vocabulary);
    const scored: ScoredCandidate[] = [];
    for (const start of this.#starts(path)) {
      const candidates = collectCandidates(corpus, this.#typed, this.#continuations, start);
      const situation = situationOf(this.#typed, start, candidates);
      for (const candidate of candidates.list) {
        const features = this.#describer.describe(start, candidate, candidates, situation).slice();
        const text = this.#textOf(candidate.tokens, start);
        scored.push({ text, isWorthShowing: isWorthShowing(text), features });
      }
    }
    return scored;
  }

  /** The likeliest next token, `\n` for the end of the line; for measuring. */
  nextToken(path: string, prefix: string): string | undefined {
    this.#typed.read(path, prefix, this.corpus.vocabulary);
    const start = this.#starts(path)[0]!;
    this.#continuations.begin(start.end, folderOf(path), start.accepts);
    if (this.#continuations.topCount(ROOT) === 0) {
      return undefined;
    }
    const token = this.#continuations.topToken(ROOT, 0);
    return token === END_OF_LINE ? '\n' : this.corpus.vocabulary.text(token >> 1);
  }

  #bestLine(
    path: string,
    prefix: string,
    { tail, nextLines }: TextAfter,
    isFit: (text: string) => boolean,
  ): Prediction | undefined {
    let best: Prediction | undefined;
    const typedLine = prefix.slice(prefix.lastIndexOf('\n') + 1);
    for (const { text: predicted, features } of this.candidates(path, prefix)) {
      const text = withoutTail(predicted, tail);
      const repeatsNext = nextLines.length > 0 && (typedLine + predicted).trim() === nextLines[0];
      if (text !== undefined && isFit(text) && !repeatsNext) {
        const confidence = confidenceOf(features);
        if (best === undefined || confidence > best.confidence) {
          best = { text, confidence };
        }
      }
    }
    return best;
  }

  /** The line after a text, with the line break before it. */
  #furtherLine(path: string, prefix: string, after: TextAfter): Prediction | undefined {
    const typed = this.#typed;
    typed.read(path, prefix, this.corpus.vocabulary);
    this.#continuations.begin(typed.index.length, folderOf(path), () => true);
    const lineBreak = this.#continuations.likeliestBreak();
    if (lineBreak === undefined) {
      return undefined;
    }
    const breakText = detokenize([lineBreak], typed.unit, () => '', typed.indent);
    const line = this.#bestLine(path, prefix + breakText, after, (text) => text !== '');
    return line?.confidence === undefined || line.confidence < FURTHER_LINE_CONFIDENCE
      ? undefined
      : { text: breakText + line.text, confidence: line.confidence };
  }

  #starts(path: string): Start[] {
    const { index, lastLineStart: lineStart } = this.#typed;
    const { vocabulary } = this.corpus;
    const end = index.length;
    const plain: Start = { end, lineStart, path, accepts: () => true, partialWord: '', skip: 0 };
    if (end === lineStart) {
      return [plain];
    }
    const last = this.#typed.tokens[end - 1]!;
    const text = vocabulary.text(last >> 1);
    if (text === ' ') {
      return [{ ...plain, end: end - 1, accepts: (token) => (token & 1) === 1, skip: 1 }];
    }
    if (!isWordUnit(text.charCodeAt(0))) {
      return [plain];
    }
    const accepts = (token: Token): boolean =>
      !isBreakToken(token) &&
      (token & 1) === (last & 1) &&
      vocabulary.length(token >> 1) > text.length &&
      vocabulary.startsWith(token >> 1, text);
    return [plain, { ...plain, end: end - 1, accepts, partialWord: text, skip: (last & 1) + text.length }];
  }

  #textOf(tokens: readonly Token[], { skip }: Start): string {
    return detokenize(tokens, this.#typed.unit, (id) => this.corpus.vocabulary.text(id)).slice(skip);
  }
}

/** A lone bracket is the editor's business, and a character or two are typed faster than read. */
function isWorthShowing(text: string): boolean {
  return text.trim().length >= 3 && /[\p{L}\p{N}_$]/u.test(text);
}
