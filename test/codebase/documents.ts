/** Documents made of a string, for tests. */
import { pathToFileURL } from 'node:url';
import type { DocumentView, Position } from '../../src/editor/document.ts';

export function documentOf(path: string, text: string, languageId = 'typescript', version = 1): DocumentView {
  const lines = text.split('\n');
  return {
    uri: pathToFileURL(path).href,
    path,
    languageId,
    version,
    eol: '\n',
    lineCount: lines.length,
    lineAt: (line) => lines[line] ?? '',
  };
}

/** The cursor stands at `█`. */
export function documentWithCursor(
  path: string,
  text: string,
  languageId = 'typescript',
): { document: DocumentView; position: Position } {
  const before = text.slice(0, text.indexOf('█')).split('\n');
  return {
    document: documentOf(path, text.replace('█', ''), languageId),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
}
