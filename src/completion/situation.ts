/** Where the cursor is and what stands around it: what every stage looks at, read once per keystroke. */
import { type DocumentView, type Position, type Range, readWindow } from '../editor/document.ts';
import type { DocumentChange, SuggestionQuery } from './suggestion.ts';

/** Characters read before the cursor to recognise a place: a few requests' worth of typed-through text. */
const BEFORE_CHARACTERS = 4096;
const AFTER_CHARACTERS = 1024;

export interface Situation {
  readonly document: DocumentView;
  readonly position: Position;
  /** Text before the cursor, `\n` line breaks; with a selected entry as if that had been inserted. */
  readonly before: string;
  /** Whether `before` begins at the start of the document. */
  readonly fromStart: boolean;
  readonly after: string;
  /** What an accepted suggestion replaces, and the text that it begins with. */
  readonly range: Range;
  readonly keep: string;
  /** Characters at the end of the document's own text before the cursor that the entry replaces, and the entry. */
  readonly entry: { readonly replaces: number; readonly text: string } | undefined;
}

export function situationAt(document: DocumentView, position: Position): Situation {
  const window = readWindow(document, position, BEFORE_CHARACTERS, AFTER_CHARACTERS);
  return {
    document,
    position,
    before: window.before,
    fromStart: window.fromStart,
    after: window.after,
    // From the start of the line: then accepting by words and backspacing keep the item valid (microsoft/vscode#208152).
    range: { start: { line: position.line, character: 0 }, end: position },
    keep: document.lineAt(position.line).slice(0, position.character),
    entry: undefined,
  };
}

/** The situation of a query; `undefined` if the selected entry is not on the cursor's line, where nothing could be drawn. */
export function situationOf(query: SuggestionQuery): Situation | undefined {
  const plain = situationAt(query.document, query.position);
  const entry = query.selectedEntry;
  if (entry === undefined) {
    return plain;
  }
  const { start, end } = entry.range;
  if (start.line !== query.position.line || end.line !== start.line || start.character > query.position.character) {
    return undefined;
  }
  const replaces = query.position.character - start.character;
  const line = query.document.lineAt(end.line);
  const covered = line.slice(query.position.character, end.character);
  return {
    ...plain,
    before: plain.before.slice(0, plain.before.length - replaces) + entry.text,
    after: plain.after.slice(covered.length),
    range: entry.range,
    keep: entry.text,
    entry: { replaces, text: entry.text },
  };
}

export function samePlace(a: Situation | undefined, b: Situation): boolean {
  return a === b || (a?.before === b.before && a.after === b.after);
}

const AUTO_CLOSED_PAIRS: ReadonlySet<string> = new Set(['()', '[]', '{}', '""', "''", '``', '<>']);
const ENTER_BETWEEN_BRACKETS = /^(\r?\n[ \t]*)\r?\n[ \t]*$/;

/**
 * Where an edit leaves the cursor. The change event comes before the editor moves its selection, so it is derived from the
 * text; `undefined` for several edits at once (several cursors, a formatter), where the editor's own question is awaited.
 */
export function cursorAfter(change: DocumentChange): Position | undefined {
  const [edit, ...others] = change.edits;
  if (edit === undefined || others.length > 0) {
    return undefined;
  }
  let inserted = edit.text;
  if (AUTO_CLOSED_PAIRS.has(inserted)) {
    inserted = inserted.slice(0, 1);
  } else {
    inserted = ENTER_BETWEEN_BRACKETS.exec(inserted)?.[1] ?? inserted;
  }
  const lastBreak = inserted.lastIndexOf('\n');
  if (lastBreak < 0) {
    return { line: edit.range.start.line, character: edit.range.start.character + inserted.length };
  }
  let breaks = 0;
  for (let at = inserted.indexOf('\n'); at >= 0; at = inserted.indexOf('\n', at + 1)) {
    breaks++;
  }
  return { line: edit.range.start.line + breaks, character: inserted.length - lastBreak - 1 };
}
