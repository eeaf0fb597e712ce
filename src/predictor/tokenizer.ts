/** Source text to tokens and back, exactly: words, operators and white space, with one leading blank kept as a bit. */
import {
  type IndentUnit,
  RAW_BREAK,
  decodeLineBreak,
  encodeLineBreak,
  indentColumns,
  indentText,
  isLineBreak,
} from './line-break.ts';
import { MAX_WORD_UNITS, isWordUnit } from './vocabulary.ts';

/** A word or line break id, shifted, with the low bit for "one blank goes before". */
export type Token = number;

export interface TokenSink {
  /** The id of a word that is cut out of the text. */
  word(text: string, start: number, end: number): number;
  /** `indentBefore`: columns of the line that a line break ends; tokenizing can be taken up there again. */
  token(token: Token, start: number, end: number, indentBefore: number): void;
}

/** Where tokenizing stands: an offset (0, or that of a `\n`), and the columns by which the line before is indented. */
export interface TokenizerState {
  readonly at: number;
  readonly indent: number;
}

export const START_OF_TEXT: TokenizerState = { at: 0, indent: 0 };

const TAB = 9;
const LINE_FEED = 10;
const BLANK = 32;

/** Operators of more than one character by their first; within one, longer ones first. Only makes contexts reach further. */
const OPERATORS = new Map<number, readonly string[]>();
for (const operator of '=== !== ... /** """ \'\'\' ``` => == != <= >= && || ?? ?. :: -> := ++ -- += -= *= /= |= ** // /* */ <- << </ /> ${'.split(
  ' ',
)) {
  const first = operator.charCodeAt(0);
  OPERATORS.set(first, [...(OPERATORS.get(first) ?? []), operator]);
}

/** Feeds the tokens of a text to the sink until the first line break at or after `until`; answers where that is. */
export function tokenize(
  text: string,
  unit: IndentUnit,
  sink: TokenSink,
  from: TokenizerState = START_OF_TEXT,
  until: number = text.length,
): TokenizerState {
  let { at, indent } = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED) {
      if (at >= until) {
        break;
      }
      const { lineStart, end, blankLines } = scanBlankLines(text, at + 1);
      const columns = blankLines < 0 ? -1 : indentColumns(text.slice(lineStart, end), unit);
      const lineBreak = columns < 0 ? RAW_BREAK : encodeLineBreak(blankLines, columns - indent, unit);
      sink.token(lineBreak << 1, at, lineBreak === RAW_BREAK ? at + 1 : end, indent);
      at = lineBreak === RAW_BREAK ? at + 1 : end;
      indent = columns;
      if (lineBreak === RAW_BREAK) {
        const cut = Math.min(end, at + MAX_WORD_UNITS);
        indent = indentOfRawBreak(text.slice(at, cut), unit);
        if (cut > at) {
          sink.token(sink.word(text, at, cut) << 1, at, cut, indent);
        }
        at = cut;
      }
      continue;
    }
    let spaced = 0;
    if (code === BLANK || code === TAB) {
      const end = endOfSpace(text, at);
      if (code !== BLANK || end !== at + 1 || end === text.length || text.charCodeAt(end) === LINE_FEED) {
        sink.token(sink.word(text, at, end) << 1, at, end, indent);
        at = end;
        continue;
      }
      spaced = 1;
    }
    const end = endOfWord(text, at + spaced);
    sink.token((sink.word(text, at + spaced, end) << 1) | spaced, at, end, indent);
    at = end;
  }
  return { at, indent };
}

/** Turns tokens back into text, after a line that is indented by so many columns. */
export function detokenize(
  tokens: ArrayLike<Token>,
  unit: IndentUnit,
  text: (id: number) => string,
  indentBefore = 0,
): string {
  let result = '';
  let indent = indentBefore;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const id = token >> 1;
    if (!isLineBreak(id)) {
      result += (token & 1) === 1 ? ` ${text(id)}` : text(id);
    } else if (id === RAW_BREAK) {
      const space = spaceAfterRawBreak(tokens[index + 1], text);
      index += space === '' ? 0 : 1;
      result += `\n${space}`;
      indent = indentOfRawBreak(space, unit);
    } else {
      const { blankLines, deltaColumns } = decodeLineBreak(id, unit);
      indent += deltaColumns;
      result += '\n'.repeat(blankLines + 1) + indentText(indent, unit);
    }
  }
  return result;
}

/** From behind a `\n`; `blankLines` is -1 if one of them holds white space, which no code can give back. */
function scanBlankLines(text: string, from: number): { lineStart: number; end: number; blankLines: number } {
  let lineStart = from;
  let blankLines = 0;
  let clean = true;
  let end = from;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === LINE_FEED) {
      clean &&= end === lineStart;
      blankLines++;
      lineStart = end + 1;
    } else if (code !== BLANK && code !== TAB) {
      break;
    }
  }
  return { lineStart, end, blankLines: clean ? blankLines : -1 };
}

function endOfSpace(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_WORD_UNITS);
  let end = start + 1;
  while (end < limit && (text.charCodeAt(end) === BLANK || text.charCodeAt(end) === TAB)) {
    end++;
  }
  return end;
}

function endOfWord(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (isWordUnit(first)) {
    const limit = Math.min(text.length, start + MAX_WORD_UNITS);
    let end = start + 1;
    while (end < limit && isWordUnit(text.charCodeAt(end))) {
      end++;
    }
    // A cut at the limit must not part a surrogate pair.
    return end === limit && end < text.length && isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
  }
  const operator = OPERATORS.get(first)?.find((candidate) => text.startsWith(candidate, start));
  return start + (operator?.length ?? 1);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function indentOfRawBreak(space: string, unit: IndentUnit): number {
  return Math.max(0, indentColumns(space.slice(space.lastIndexOf('\n') + 1), unit));
}

/** A raw break at the end of a text may have no white space after it. */
function spaceAfterRawBreak(token: Token | undefined, text: (id: number) => string): string {
  if (token === undefined || isLineBreak(token >> 1)) {
    return '';
  }
  const space = text(token >> 1);
  return /^\s+$/.test(space) ? space : '';
}
