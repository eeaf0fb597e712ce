/** Windows of a document: whole lines within a budget, whatever the document is like. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DocumentView, readWindow } from '../../src/editor/document.ts';

function documentOf(lines: readonly string[]): DocumentView & { readonly reads: () => number } {
  let reads = 0;
  return {
    uri: 'file:///a.ts',
    path: '/a.ts',
    languageId: 'typescript',
    version: 1,
    eol: '\n',
    lineCount: lines.length,
    lineAt: (line) => {
      reads++;
      return lines[line] ?? '';
    },
    reads: () => reads,
  };
}

describe('a window of a document', () => {
  it('is the text around the position, within the budget', () => {
    const line = fc.string({ maxLength: 30 }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.nat(), fc.nat(), fc.nat(200), (lines, row, column, budget) => {
        const at = { line: row % lines.length, character: 0 };
        at.character = column % ((lines[at.line] ?? '').length + 1);
        const before = [...lines.slice(0, at.line), (lines[at.line] ?? '').slice(0, at.character)].join('\n');
        const after = [(lines[at.line] ?? '').slice(at.character), ...lines.slice(at.line + 1)].join('\n');
        const window = readWindow(documentOf(lines), at, budget, budget);
        assert.ok(before.endsWith(window.before) && after.startsWith(window.after));
        assert.ok(window.before.length <= budget && window.after.length <= budget);
        assert.equal(window.fromStart, window.before === before);
        assert.equal(window.toEnd, window.after === after);
      }),
    );
  });

  it('reads no more than it needs, even of empty lines', () => {
    const document = documentOf(Array<string>(100_000).fill(''));
    readWindow(document, { line: 50_000, character: 0 }, 4096, 4096);
    assert.ok(document.reads() < 2100, `${document.reads()}`);
  });
});
