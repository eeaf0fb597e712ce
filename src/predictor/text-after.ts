/** What follows the cursor: whether anything may be suggested before it, and what must not be said twice. */
import type { Corpus } from './corpus.ts';
import { textHash } from './line-chains.ts';
import { NOWHERE, contextSymbol, isBreakToken } from './token-index.ts';
import { type TokenSink, tokenize } from './tokenizer.ts';

const CLOSERS = /^[)\]}>'"`;,:]*$/;

export interface TextAfter {
  /** The rest of the cursor's line, trimmed. */
  readonly tail: string;
  /** The next lines that are not blank, trimmed, at most two. */
  readonly nextLines: readonly string[];
}

export function readAfter(suffix: string): TextAfter {
  const end = suffix.indexOf('\n');
  const nextLines: string[] = [];
  for (let start = end + 1; end !== -1 && start < suffix.length && nextLines.length < 2;) {
    const next = suffix.indexOf('\n', start);
    const line = suffix.slice(start, next === -1 ? undefined : next).trim();
    if (line !== '') {
      nextLines.push(line);
    }
    start = next === -1 ? suffix.length : next + 1;
  }
  return { tail: (end === -1 ? suffix : suffix.slice(0, end)).trim(), nextLines };
}

/** Between words there is nothing to complete; before closing brackets there is. */
export function allowsSuggestion({ tail }: TextAfter): boolean {
  return CLOSERS.test(tail);
}

/**
 * The part of a predicted rest of the line that belongs before what is there already, such as closers that the editor put
 * behind the cursor; what would come behind those is left out. `undefined` if the two do not agree.
 */
export function withoutTail(predicted: string, tail: string): string | undefined {
  const text = predicted.trimEnd();
  if (tail === '') {
    return text;
  }
  const at = text.lastIndexOf(tail);
  return at > 0 ? text.slice(0, at) : undefined;
}

/**
 * Where the text after the cursor begins in what was learned of the same file: at its next lines, where they stand last.
 * Infinite if that is not known: then nothing of the file as it was learned may be used, for it holds the line being typed.
 */
export function placeAfter(corpus: Corpus, path: string, { nextLines }: TextAfter): number {
  const file = corpus.fileOf(path);
  if (file === undefined || nextLines.length === 0) {
    return Number.POSITIVE_INFINITY;
  }
  const lines = nextLines.map((line) => tokensOf(corpus, line));
  const { starts, byText, lineCount } = corpus.lines;
  let line = byText.newest(textHash(lines[0]!, 0, lines[0]!.length));
  for (; line !== NOWHERE; line = byText.older(line)) {
    const start = starts[line]!;
    const isInFile = start >= file.start && start < file.end;
    const stand = lines.every(
      (tokens, ahead) => line + ahead < lineCount && isLine(corpus, starts[line + ahead]!, tokens),
    );
    if (isInFile && stand) {
      return start;
    }
  }
  return Number.POSITIVE_INFINITY;
}

function tokensOf(corpus: Corpus, line: string): Int32Array {
  const tokens: number[] = [];
  const sink: TokenSink = {
    word: (text, start, end) => corpus.vocabulary.intern(text, start, end),
    token: (token) => tokens.push(token),
  };
  tokenize(line, 2, sink);
  return Int32Array.from(tokens);
}

function isLine(corpus: Corpus, start: number, tokens: Int32Array): boolean {
  const { index } = corpus;
  const end = start + tokens.length;
  const agree = tokens.every((token, at) => contextSymbol(index.tokens[start + at]!) === contextSymbol(token));
  return agree && (end >= index.length || isBreakToken(index.tokens[end]!));
}
