import assert from 'node:assert/strict';
import { createOpenFiles, type OpenFile, type OpenFiles } from '../../src/codebase/open-files.ts';
import type { DocumentView } from '../../src/editor/document.ts';
import { documentOf } from './documents.ts';

function read(openFiles: OpenFiles, document: DocumentView): OpenFile {
  const work = openFiles.read(document);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) {
      return value;
    }
  }
}

const lines = (count: number, text: (line: number) => string): string =>
  Array.from({ length: count }, (_, line) => text(line)).join('\n');

describe('open files', () => {
  it('are cut into windows of 60 lines', () => {
    const file = read(
      createOpenFiles(),
      documentOf(
        '/w/a.ts',
        lines(130, (line) => `const name${line} = 1;`),
      ),
    );
    assert.deepEqual(
      file.windows.map(({ firstLine, words }) => [firstLine, words.length]),
      [
        [0, 61],
        [60, 61],
        [120, 11],
      ],
    );
  });

  it('keep the windows whose text did not change', () => {
    const openFiles = createOpenFiles();
    const first = read(
      openFiles,
      documentOf(
        '/w/a.ts',
        lines(130, (line) => `line${line}`),
      ),
    );
    const second = read(
      openFiles,
      documentOf(
        '/w/a.ts',
        lines(130, (line) => (line === 70 ? 'new' : `line${line}`)),
        'typescript',
        2,
      ),
    );
    assert.equal(second.windows[0], first.windows[0]);
    assert.notEqual(second.windows[1], first.windows[1]);
    assert.equal(second.windows[2], first.windows[2]);
    assert.equal(
      read(openFiles, documentOf('/w/a.ts', 'other', 'typescript', 2)),
      second,
      'the same version is not read again',
    );
  });

  it('count in how many windows a word occurs, also after changes and closing', () => {
    const openFiles = createOpenFiles();
    const [shared = -1, own = -1] = openFiles.wordsOf('shared own');
    read(openFiles, documentOf('/w/a.ts', 'shared own'));
    read(openFiles, documentOf('/w/b.ts', 'shared'));
    assert.deepEqual([openFiles.frequency(shared), openFiles.frequency(own), openFiles.windowCount], [2, 1, 2]);
    read(openFiles, documentOf('/w/a.ts', 'own', 'typescript', 2));
    assert.deepEqual([openFiles.frequency(shared), openFiles.frequency(own)], [1, 1]);
    openFiles.keepOnly(new Set(['file:///w/a.ts']));
    assert.deepEqual([openFiles.frequency(shared), openFiles.windowCount], [0, 1]);
    assert.equal(openFiles.peek('file:///w/b.ts'), undefined);
    openFiles.keepOnly(new Set());
    assert.equal(openFiles.windowCount, 0);
  });
});
