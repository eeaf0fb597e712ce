/** The value that finishing rules pass on: the model's text as lines that still know which part of the raw text they stand for. */
import type { StreamEnd } from './finish.ts';

export interface DraftLine {
  /** White space in front, as it will be inserted. */
  readonly indent: string;
  readonly body: string;
  /** Where the body begins in the raw text. */
  readonly start: number;
  /** How much of the raw text is dealt with once this line is inserted: up to its line break. */
  readonly rawEnd: number;
  /** Whether the whole line has come. */
  readonly complete: boolean;
}

/** Why nothing more is added to the lines: the answer is over, the one wanted line is there, or as for the stream. */
export type DraftEnd = 'answer' | 'line' | StreamEnd['reason'];

export interface Draft {
  readonly type: 'draft';
  readonly raw: string;
  /** The first one goes on with the current line. */
  readonly lines: readonly DraftLine[];
  /** `undefined` while more may come. */
  readonly end: DraftEnd | undefined;
  /** The text behind the cursor goes on a line of its own, indented so. */
  readonly restIndent: string | undefined;
}

export type Verdict =
  { readonly type: 'wait' } | { readonly type: 'nothing'; readonly rule: string; readonly reason: string };

export const WAIT: Verdict = { type: 'wait' };

/** Longer answers are not ghost text; no rule looks at more. */
export const MAX_CHARACTERS = 32_768;
const MAX_LINES = 400;
const LINE_BREAK = /\r\n|\n|\r/g;
const LEADING_WHITE = /[ \t]*/y;

/** The part of the raw text that is an answer, as lines. `ended`: nothing follows it. */
export function draftOf(raw: string, from: number, to: number, ended: boolean): Draft {
  const limit = Math.min(to, from + MAX_CHARACTERS);
  const over = ended || limit < to;
  const lines: DraftLine[] = [];
  let start = from;
  LINE_BREAK.lastIndex = from;
  while (lines.length < MAX_LINES) {
    const found = LINE_BREAK.exec(raw);
    if (found === null || found.index >= limit) {
      lines.push(lineOf(raw, start, limit, over));
      return { type: 'draft', raw, lines, end: over ? 'answer' : undefined, restIndent: undefined };
    }
    lines.push(lineOf(raw, start, found.index, true));
    start = LINE_BREAK.lastIndex;
  }
  return { type: 'draft', raw, lines, end: 'max-lines', restIndent: undefined };
}

function lineOf(raw: string, start: number, end: number, complete: boolean): DraftLine {
  LEADING_WHITE.lastIndex = start;
  const white = LEADING_WHITE.exec(raw)?.[0].length ?? 0;
  const bodyStart = Math.min(start + white, end);
  const indent = raw.slice(start, bodyStart);
  const body = withoutHalf(raw.slice(bodyStart, end));
  return { indent, body, start: bodyStart, rawEnd: bodyStart + body.length, complete };
}

/** An answer may end in the middle of a character that is two units long; half of one is nothing. */
function withoutHalf(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) {
    end--;
  }
  return text.slice(0, end);
}

export function lineText(line: DraftLine): string {
  return line.indent + line.body;
}

export function linesText(lines: readonly DraftLine[]): string {
  return lines.map(lineText).join('\n');
}

/** The index of the first line with text, or -1. */
export function firstTextLine(draft: Draft): number {
  return draft.lines.findIndex(hasText);
}

export function hasText(line: DraftLine): boolean {
  return line.body.trim() !== '';
}

/** Keeps the first `count` lines, without blank ones at their end. */
export function keepLines(draft: Draft, count: number, end: DraftEnd): Draft {
  let kept = count;
  while (kept > 0 && !hasText(draft.lines[kept - 1] ?? BLANK)) {
    kept--;
  }
  return { ...draft, lines: draft.lines.slice(0, kept), end };
}

const BLANK: DraftLine = { indent: '', body: '', start: 0, rawEnd: 0, complete: true };

/** Keeps the lines before `index` and of that line the text before `column` (indentation included). */
export function cutAt(draft: Draft, index: number, column: number, end: DraftEnd): Draft {
  const line = draft.lines[index];
  if (line === undefined || column <= line.indent.length) {
    return keepLines(draft, index, end);
  }
  const body = withoutHalf(line.body.slice(0, column - line.indent.length));
  const cut = { ...line, body, rawEnd: line.start + body.length, complete: true };
  return { ...draft, lines: [...draft.lines.slice(0, index), cut], end };
}

export function replaceLine(draft: Draft, index: number, line: DraftLine): Draft {
  return { ...draft, lines: draft.lines.with(index, line) };
}

export function nothing(rule: string, reason: string): Verdict {
  return { type: 'nothing', rule, reason };
}
