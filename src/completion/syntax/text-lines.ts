/** Reading lines out of the text around a cursor, without splitting more of it than is looked at. */

export interface PlacedLine {
  readonly text: string;
  /** Width of its indentation, tabs counted by the file's unit. */
  readonly columns: number;
  /** 1 for the line right above or below. */
  readonly distance: number;
}

/** The current line up to the cursor. */
export function lastLine(before: string): string {
  return before.slice(before.lastIndexOf('\n') + 1);
}

/** The rest of the current line. */
export function firstLine(after: string): string {
  const end = after.indexOf('\n');
  return end < 0 ? after : after.slice(0, end);
}

export function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isBlankCode(text.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

/** Blanks, tabs and carriage returns; line feeds too. */
export function isBlankCode(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;
}

export function leadingWhite(line: string): string {
  let end = 0;
  while (end < line.length && (line.charCodeAt(end) === 32 || line.charCodeAt(end) === 9)) {
    end++;
  }
  return line.slice(0, end);
}

/** How far a line is indented; a tab counts as one level. */
export function columnsOf(line: string, tabWidth: number): number {
  let columns = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 9) {
      columns += tabWidth;
    } else if (code === 32) {
      columns++;
    } else {
      break;
    }
  }
  return columns;
}

/** The columns of one level: what a tab is worth in this file. */
export function tabWidthOf(indentUnit: string): number {
  // Where a file is indented with tabs, blanks are alignment; 4 is VS Code's default width of a tab.
  return indentUnit.startsWith('\t') || indentUnit === '' ? 4 : indentUnit.length;
}

/** The lines above the current one, nearest first, at most `count`, blank ones included. */
export function linesAbove(before: string, count: number): string[] {
  const lines: string[] = [];
  let end = before.lastIndexOf('\n');
  while (end >= 0 && lines.length < count) {
    const start = end === 0 ? 0 : before.lastIndexOf('\n', end - 1) + 1;
    lines.push(before.slice(start, end));
    end = start - 1;
  }
  return lines;
}

/** The lines below the current one, nearest first, at most `count`, blank ones included. */
export function linesBelow(after: string, count: number): string[] {
  const lines: string[] = [];
  let start = after.indexOf('\n') + 1;
  while (start > 0 && lines.length < count) {
    const end = after.indexOf('\n', start);
    lines.push(end < 0 ? after.slice(start) : after.slice(start, end));
    start = end + 1;
  }
  return lines;
}

/** The first of the lines with text on it. */
export function nearestText(lines: readonly string[], tabWidth: number): PlacedLine | undefined {
  const at = lines.findIndex((line) => !isBlank(line));
  const text = lines[at];
  return text === undefined ? undefined : { text, columns: columnsOf(text, tabWidth), distance: at + 1 };
}
