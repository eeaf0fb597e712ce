/** Line breaks as numbers: how many blank lines, and how the next line is indented relative to the one before. */

/** A break that fits none of the codes: the next token is its exact white space after the first `\n`. */
export const RAW_BREAK = 255;

const MAX_BLANK_LINES = 3;
const MAX_UNITS = 12;
const MAX_COLUMNS = 16;
const UNIT_CODES = 2 * MAX_UNITS + 1;
const CODES_PER_BLANK = UNIT_CODES + 2 * MAX_COLUMNS + 1;
/** A tab counts as this many columns, so that tabs and the blanks after them can be told apart again. */
const TAB_COLUMNS = 64;

/** How a file is indented; `tab` or a number of blanks. */
export type IndentUnit = 'tab' | 2 | 3 | 4 | 8;

export function isLineBreak(id: number): boolean {
  return id < 256;
}

/** The columns of a line's leading white space, or -1 where this unit cannot give it back exactly. */
export function indentColumns(whiteSpace: string, unit: IndentUnit): number {
  if (unit !== 'tab') {
    return whiteSpace.includes('\t') ? -1 : whiteSpace.length;
  }
  let tabs = 0;
  while (whiteSpace.charCodeAt(tabs) === 9) {
    tabs++;
  }
  const blanks = whiteSpace.length - tabs;
  return blanks >= TAB_COLUMNS || whiteSpace.indexOf('\t', tabs) !== -1 ? -1 : tabs * TAB_COLUMNS + blanks;
}

export function indentText(columns: number, unit: IndentUnit): string {
  if (unit !== 'tab') {
    return ' '.repeat(Math.max(0, columns));
  }
  const tabs = Math.max(0, Math.floor(columns / TAB_COLUMNS));
  return '\t'.repeat(tabs) + ' '.repeat(Math.max(0, columns - tabs * TAB_COLUMNS));
}

function unitColumns(unit: IndentUnit): number {
  return unit === 'tab' ? TAB_COLUMNS : unit;
}

/** The code of a break, or `RAW_BREAK`. */
export function encodeLineBreak(blankLines: number, deltaColumns: number, unit: IndentUnit): number {
  if (blankLines > MAX_BLANK_LINES) {
    return RAW_BREAK;
  }
  const size = unitColumns(unit);
  const base = blankLines * CODES_PER_BLANK;
  if (deltaColumns % size === 0) {
    const units = deltaColumns / size;
    return Math.abs(units) > MAX_UNITS ? RAW_BREAK : base + units + MAX_UNITS;
  }
  return Math.abs(deltaColumns) > MAX_COLUMNS ? RAW_BREAK : base + UNIT_CODES + deltaColumns + MAX_COLUMNS;
}

export interface LineBreak {
  readonly blankLines: number;
  readonly deltaColumns: number;
}

export function decodeLineBreak(code: number, unit: IndentUnit): LineBreak {
  const blankLines = Math.floor(code / CODES_PER_BLANK);
  const rest = code % CODES_PER_BLANK;
  const deltaColumns = rest < UNIT_CODES ? (rest - MAX_UNITS) * unitColumns(unit) : rest - UNIT_CODES - MAX_COLUMNS;
  return { blankLines, deltaColumns };
}

/** The same break without its blank lines: what matters when contexts are compared. */
export function contextOfLineBreak(code: number): number {
  return code < (MAX_BLANK_LINES + 1) * CODES_PER_BLANK ? code % CODES_PER_BLANK : code;
}

/** How far the next line is indented beyond the one before, the same for all units; 0 where no code can tell. */
export function indentDelta(code: number): number {
  return code < (MAX_BLANK_LINES + 1) * CODES_PER_BLANK ? decodeLineBreak(code, 'tab').deltaColumns : 0;
}

export function blankLinesOf(code: number): number {
  return code < (MAX_BLANK_LINES + 1) * CODES_PER_BLANK ? Math.floor(code / CODES_PER_BLANK) : 0;
}

/** By the most frequent growth of indentation among the first lines. */
export function detectIndentUnit(text: string): IndentUnit {
  let tabs = 0;
  const growth = new Map<number, number>();
  let before = 0;
  let lineStart = 0;
  for (let line = 0; line < 400 && lineStart < text.length; line++) {
    const lineEnd = nextLineStart(text, lineStart);
    if (text.charCodeAt(lineStart) === 9) {
      tabs++;
    }
    let columns = 0;
    while (text.charCodeAt(lineStart + columns) === 32) {
      columns++;
    }
    if (lineStart + columns < lineEnd - 1) {
      const delta = columns - before;
      if (delta > 1) {
        growth.set(delta, (growth.get(delta) ?? 0) + 1);
      }
      before = columns;
    }
    lineStart = lineEnd;
  }
  const [two, three, four, eight] = [2, 3, 4, 8].map((size) => growth.get(size) ?? 0) as [
    number,
    number,
    number,
    number,
  ];
  if (tabs > two + three + four + eight) {
    return 'tab';
  }
  if (eight > two + three + four) {
    return 8;
  }
  if (three > two + four) {
    return 3;
  }
  return four > two ? 4 : 2;
}

function nextLineStart(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length + 1 : end + 1;
}
