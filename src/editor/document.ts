/** What the core reads of an open document: lines on demand, so that no keystroke copies the whole text. */

export interface Position {
  /** Zero-based. */
  readonly line: number;
  /** Zero-based, in UTF-16 units. */
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A view of one version of a document. `lineAt` excludes the line break. */
export interface DocumentView {
  readonly uri: string;
  /** Absolute file path, or the path part of the URI for documents that are no file. */
  readonly path: string;
  readonly languageId: string;
  readonly version: number;
  readonly eol: '\n' | '\r\n';
  readonly lineCount: number;
  lineAt(line: number): string;
}

/** One edit of a document: `range` of the old text is replaced by `text`. */
export interface DocumentEdit {
  readonly range: Range;
  readonly text: string;
}

/** The text before and after a position, cut at whole lines where possible, with `\n` line breaks throughout. */
export interface TextWindow {
  readonly before: string;
  readonly after: string;
  /** Whether `before` reaches the start of the document. */
  readonly fromStart: boolean;
  /** Whether `after` reaches the end of the document. */
  readonly toEnd: boolean;
}

/** A bound for files of empty lines, where a budget of characters alone would read thousands. */
const MAX_WINDOW_LINES = 1000;
/** Reads at most `maxBefore` and `maxAfter` characters around a position; costs no more than those. */
export function readWindow(document: DocumentView, at: Position, maxBefore: number, maxAfter: number): TextWindow {
  const line = document.lineAt(at.line);
  const before: string[] = [line.slice(Math.max(0, at.character - maxBefore), at.character)];
  let beforeLength = before[0]?.length ?? 0;
  let first = at.line - 1;
  for (; first >= 0; first--) {
    const text = document.lineAt(first);
    if (beforeLength + text.length + 1 > maxBefore || before.length > MAX_WINDOW_LINES) {
      break;
    }
    before.push(text);
    beforeLength += text.length + 1;
  }
  const after: string[] = [line.slice(at.character, at.character + maxAfter)];
  let afterLength = after[0]?.length ?? 0;
  let last = at.line + 1;
  for (; last < document.lineCount; last++) {
    const text = document.lineAt(last);
    if (afterLength + text.length + 1 > maxAfter || after.length > MAX_WINDOW_LINES) {
      break;
    }
    after.push(text);
    afterLength += text.length + 1;
  }
  return {
    before: before.reverse().join('\n'),
    after: after.join('\n'),
    fromStart: first < 0 && at.character <= maxBefore,
    toEnd: last >= document.lineCount && line.length - at.character <= maxAfter,
  };
}
