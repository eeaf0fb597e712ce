/** A document in memory, held as lines, so that an edit in 50,000 lines costs what it costs in an editor. */
import type { DocumentEdit, DocumentView, Position } from '../../src/editor/document.ts';

export interface MemoryDocument {
  readonly view: DocumentView;
  readonly cursor: Position;
  moveTo(position: Position): void;
  /** Replaces the text before the cursor from `start` on; the cursor ends up behind the new text. */
  replace(start: Position, text: string): DocumentEdit;
  /** From `start` to the cursor. */
  textSince(start: Position): string;
}

export function createMemoryDocument(path: string, languageId: string, text: string): MemoryDocument {
  const lines = text.split('\n');
  let version = 1;
  let cursor: Position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const view: DocumentView = {
    uri: `file://${path}`,
    path,
    languageId,
    eol: '\n',
    get version() {
      return version;
    },
    get lineCount() {
      return lines.length;
    },
    lineAt: (line) => lines[line] ?? '',
  };
  return {
    view,
    get cursor() {
      return cursor;
    },
    moveTo: (position) => {
      cursor = position;
    },
    replace: (start, inserted) => {
      const before = (lines[start.line] ?? '').slice(0, start.character);
      const after = (lines[cursor.line] ?? '').slice(cursor.character);
      const added = `${before}${inserted}`.split('\n');
      const edit: DocumentEdit = { range: { start, end: cursor }, text: inserted };
      cursor = { line: start.line + added.length - 1, character: added.at(-1)?.length ?? 0 };
      added[added.length - 1] = `${added.at(-1) ?? ''}${after}`;
      lines.splice(start.line, edit.range.end.line - start.line + 1, ...added);
      version++;
      return edit;
    },
    textSince: (start) => {
      const parts = lines.slice(start.line, cursor.line + 1);
      parts[parts.length - 1] = (parts.at(-1) ?? '').slice(0, cursor.character);
      parts[0] = (parts[0] ?? '').slice(start.character);
      return parts.join('\n');
    },
  };
}
