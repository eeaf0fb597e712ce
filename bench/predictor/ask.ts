/** Asks the embedded model and the reference at the same places of a tree. */
import { confidenceOf } from '../../src/predictor/confidence.ts';
import type { WorkspaceModel } from '../../src/predictor/workspace-model.ts';
import { type Guess, NgramCache, type OpenFile } from './baseline.ts';
import { type Asked, leaveOut } from './leave-out.ts';
import type { PlaceKind } from './positions.ts';
import { type SourceFile, type Tree, hashOf } from './trees.ts';

/** What the provider asks for at the most in practice. */
const MAX_LINES = 6;

export interface Sample {
  readonly tree: string;
  readonly kind: PlaceKind;
  /** What the model says to the end of the line, below its threshold too; nothing trivial. */
  readonly best: Answer | undefined;
  /** The same, brackets alone and single characters included. */
  readonly bestOfAll: Answer | undefined;
  readonly isShown: boolean;
  readonly isNextRight: boolean;
  readonly ms: number;
  /** Lines beyond the first that are shown when there may be any, and whether all that is shown is right then. */
  readonly furtherLines: number;
  readonly isAllRight: boolean;
  reference?: ReferenceAnswer;
}

export interface Answer {
  readonly isRight: boolean;
  readonly confidence: number;
}

export interface ReferenceAnswer extends Answer {
  /** Would be shown if it were sure. */
  readonly isWorthShowing: boolean;
  readonly isNextRight: boolean;
  readonly ms: number;
}

export interface TreeResult {
  readonly tree: Tree;
  readonly files: number;
  readonly characters: number;
  readonly tokens: number;
  readonly learnMs: number;
  readonly modelBytes: number;
  readonly samples: readonly Sample[];
}

export interface AskOptions {
  readonly positions: number;
  /** The reference needs a gigabyte for trees of five million characters. */
  readonly maxReferenceCharacters: number;
}

export function askTree(tree: Tree, files: readonly SourceFile[], options: AskOptions): TreeResult {
  const characters = files.reduce((sum, { text }) => sum + text.length, 0);
  const samples: Sample[] = [];
  const places: Asked[] = [];
  let tokens = 0;
  let learnMs = Number.POSITIVE_INFINITY;
  let modelBytes = 0;
  leaveOut(files, options.positions, (model, asked, ms) => {
    for (const place of asked) {
      samples.push(askModel(tree, model, place));
      places.push(place);
    }
    tokens = model.corpus.liveTokens;
    // The least of several: others work on this machine.
    learnMs = Math.min(learnMs, ms);
    modelBytes = Math.max(modelBytes, model.memoryBytes);
  });
  if (characters <= options.maxReferenceCharacters) {
    askReference(files, places).forEach((answer, index) => (samples[index]!.reference = answer));
  }
  return { tree, files: files.length, characters, tokens, learnMs, modelBytes, samples };
}

/** Only the text before the cursor is known of the file. */
function askModel(tree: Tree, model: WorkspaceModel, { file, position }: Asked): Sample {
  const { path } = file;
  const { rest, kind } = position;
  const prefix = file.text.slice(0, position.offset);
  const query = { path, language: tree.language, prefix, suffix: '', maxLines: 1 };
  const startedAt = performance.now();
  const shown = model.predict(query, { now: () => performance.now() });
  const ms = performance.now() - startedAt;
  const whole = model.predict({ ...query, maxLines: MAX_LINES }, { now: () => 0 })?.text ?? '';
  let bestOfAll: Answer | undefined;
  let best: Answer | undefined;
  for (const { text, isWorthShowing, features } of model.candidates(path, prefix)) {
    const answer = { isRight: text === rest, confidence: confidenceOf(features) };
    bestOfAll = answer.confidence > (bestOfAll?.confidence ?? 0) ? answer : bestOfAll;
    best = isWorthShowing && answer.confidence > (best?.confidence ?? 0) ? answer : best;
  }
  return {
    tree: tree.name,
    kind,
    best,
    bestOfAll,
    isShown: shown !== undefined,
    isNextRight: isNext(model.nextToken(path, prefix), rest),
    ms,
    furtherLines: whole.split('\n').length - 1,
    isAllRight: isStart(whole, file.text.slice(position.offset)),
  };
}

function askReference(files: readonly SourceFile[], places: readonly Asked[]): ReferenceAnswer[] {
  const cache = new NgramCache();
  const order = files.toSorted((a, b) => hashOf(a.path) - hashOf(b.path));
  const tokens = new Map(order.map((file) => [file, cache.read(file.text)]));
  for (const read of tokens.values()) {
    cache.learn(read);
  }
  const answers: ReferenceAnswer[] = [];
  for (const [file, ofFile] of Map.groupBy(places, (place) => place.file)) {
    const { values, ends } = tokens.get(file)!;
    cache.unlearn(tokens.get(file)!);
    const open: OpenFile = cache.openFile();
    let written = 0;
    for (const { position } of ofFile) {
      const before = file.text.slice(0, position.offset);
      const lineStart = before.lastIndexOf('\n') + 1;
      const indent = before.length - before.slice(lineStart).trimStart().length;
      const until = ends.findLastIndex((end) => end <= indent) + 1;
      open.write(values.slice(written, Math.max(written, until)));
      written = Math.max(written, until);
      const startedAt = performance.now();
      const guess = open.complete(cache.read(before.slice(indent).trim()).values);
      answers.push(referenceAnswer(guess, position.rest, performance.now() - startedAt));
    }
    cache.learn(tokens.get(file)!);
  }
  return answers;
}

function referenceAnswer({ text, probability, next }: Guess, rest: string, ms: number): ReferenceAnswer {
  return {
    isRight: text === rest.trim(),
    confidence: probability,
    isWorthShowing: text.length >= 3 && /[\p{L}\p{N}_$]/u.test(text),
    isNextRight: isNext(next, rest),
    ms,
  };
}

/** Whether whole lines of a text are what follows, white space at line ends aside. */
function isStart(lines: string, text: string): boolean {
  const count = lines.split('\n').length;
  const expected = text.split('\n', count).map((line) => line.trimEnd());
  return lines.split('\n').every((line, at) => line.trimEnd() === expected[at]);
}

/** Whether a token is the next one: at a place between tokens it is not cut short. */
function isNext(token: string | undefined, rest: string): boolean {
  const text = rest.trimStart();
  return token !== undefined && token !== '\n' && text.startsWith(token) && !isCutShort(token, text);
}

function isCutShort(token: string, text: string): boolean {
  return /\w$/.test(token) && /\w/.test(text.charAt(token.length));
}
