/** The cursor after an edit, derived from its text alone. */
import assert from 'node:assert/strict';
import { cursorAfter, situationAt, situationOf } from '../../src/completion/situation.ts';
import type { DocumentView } from '../../src/editor/document.ts';

const documentOf = (text: string): DocumentView => ({
  uri: 'file:///a.ts',
  path: '/a.ts',
  languageId: 'typescript',
  version: 1,
  eol: '\n',
  lineCount: text.split('\n').length,
  lineAt: (line) => text.split('\n')[line] ?? '',
});

const cursorOf = (text: string) => {
  const at = { line: 3, character: 8 };
  return cursorAfter({ document: documentOf(''), edits: [{ range: { start: at, end: at }, text }], cause: 'typing' });
};

describe('the cursor after an edit', () => {
  it('stands behind what was typed', () => {
    assert.deepEqual(cursorOf('x'), { line: 3, character: 9 });
    assert.deepEqual(cursorOf('one\ntwo\n  '), { line: 5, character: 2 });
    assert.deepEqual(cursorOf('one\r\n    '), { line: 4, character: 4 });
    assert.deepEqual(cursorOf(''), { line: 3, character: 8 });
  });

  it('stands between brackets that were closed by the editor', () => {
    for (const pair of ['()', '[]', '{}', '""', "''", '``']) {
      assert.deepEqual(cursorOf(pair), { line: 3, character: 9 });
    }
    assert.deepEqual(cursorOf('\n    \n  '), { line: 4, character: 4 });
    assert.deepEqual(cursorOf('\r\n\t\r\n'), { line: 4, character: 1 });
  });

  it('is not guessed for several edits', () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const edits = [
      { range, text: 'a' },
      { range, text: 'a' },
    ];
    assert.equal(cursorAfter({ document: documentOf(''), edits, cause: 'typing' }), undefined);
  });
});

describe('a situation', () => {
  it('reads windows, not documents', () => {
    let reads = 0;
    const document: DocumentView = {
      ...documentOf(''),
      lineCount: 50_000,
      lineAt: () => {
        reads++;
        return 'const value = compute(alpha, beta);';
      },
    };
    const situation = situationAt(document, { line: 25_000, character: 10 });
    assert.ok(situation.before.length <= 4096 && situation.after.length <= 1024);
    assert.ok(reads < 200);
  });

  it('treats a selected entry as if it had been inserted', () => {
    const range = { start: { line: 0, character: 4 }, end: { line: 0, character: 7 } };
    const situation = situationOf({
      document: documentOf('x = con'),
      position: { line: 0, character: 7 },
      trigger: 'automatic',
      selectedEntry: { range, text: 'console' },
    });
    assert.equal(situation?.before, 'x = console');
    assert.equal(situation?.keep, 'console');
    assert.deepEqual(situation?.range, range);
  });
});
