import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/event.ts';
import { createBackground } from '../../src/codebase/background.ts';
import { createSymbolIndex, type SymbolIndex } from '../../src/codebase/symbol-index.ts';
import type { DocumentView } from '../../src/editor/document.ts';
import type { FileVerdict } from '../../src/privacy/privacy.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { documentOf } from './documents.ts';
import { createMemoryFiles, type MemoryFiles } from './memory-files.ts';

const REFUSED: FileVerdict = { allowed: false, reason: 'test' };

describe('the symbol index', () => {
  const clock = createFakeClock();
  const fileChanged = new Emitter<{ readonly path: string; readonly type: 'changed' | 'created' | 'deleted' }>();
  const verdictsChanged = new Emitter<void>();
  let files: MemoryFiles;
  let index: SymbolIndex;
  let forbidden: Set<string>;
  let open: DocumentView[];

  beforeEach(() => {
    files = createMemoryFiles({ '/w/a.ts': 'export const one = 1;' });
    forbidden = new Set();
    open = [];
    const mayRead = (uri: string): FileVerdict => (forbidden.has(uri) ? REFUSED : { allowed: true });
    index = createSymbolIndex({
      files,
      workspace: { onFileChanged: fileChanged.event },
      openDocuments: { list: () => open },
      privacy: { mayRead, readAhead: async (uri) => mayRead(uri), onVerdictsChanged: verdictsChanged.event },
      background: createBackground(clock),
      clock,
    });
  });

  afterEach(() => {
    index.dispose();
    assert.equal(fileChanged.listenerCount + verdictsChanged.listenerCount, 0);
  });

  const namesIn = async (path: string): Promise<readonly string[] | undefined> =>
    (await index.load(path, 'soon'))?.declarations.map(({ name }) => name);

  it('reads a file once, until it changes', async () => {
    assert.equal(index.peek('/w/a.ts'), undefined);
    assert.deepEqual(await namesIn('/w/a.ts'), ['one']);
    assert.deepEqual(await namesIn('/w/a.ts'), ['one']);
    assert.equal(files.reads.length, 1);
    files.set('/w/a.ts', 'export const two = 2;');
    fileChanged.fire({ path: '/w/a.ts', type: 'changed' });
    assert.deepEqual(await namesIn('/w/a.ts'), ['two']);
    fileChanged.fire({ path: '/w/a.ts', type: 'changed' });
    assert.deepEqual(await namesIn('/w/a.ts'), ['two']);
    assert.equal(files.reads.length, 2, 'an unchanged file is not read again');
  });

  it('notices changes that no event told of, after a while', async () => {
    await namesIn('/w/a.ts');
    files.set('/w/a.ts', 'export const two = 2;');
    assert.deepEqual(await namesIn('/w/a.ts'), ['one']);
    await clock.advance(11_000);
    assert.deepEqual(await namesIn('/w/a.ts'), ['two']);
  });

  it('prefers the text of an open document, by its version', async () => {
    open = [documentOf('/w/a.ts', 'export const typed = 1;')];
    assert.deepEqual(await namesIn('/w/a.ts'), ['typed']);
    open = [documentOf('/w/a.ts', 'export const further = 1;', 'typescript', 2)];
    assert.deepEqual(await namesIn('/w/a.ts'), ['further']);
    open = [];
    assert.deepEqual(await namesIn('/w/a.ts'), ['one']);
    assert.equal(files.reads.length, 1);
  });

  it('never reads what is forbidden, and drops what becomes so', async () => {
    forbidden.add('file:///w/a.ts');
    assert.equal(await namesIn('/w/a.ts'), undefined);
    assert.deepEqual(files.reads, []);
    forbidden.clear();
    verdictsChanged.fire();
    assert.deepEqual(await namesIn('/w/a.ts'), ['one']);
    forbidden.add('file:///w/a.ts');
    verdictsChanged.fire();
    assert.equal(index.peek('/w/a.ts'), undefined);
    assert.equal(await namesIn('/w/a.ts'), undefined);
  });

  it('keeps nothing of a file that became forbidden while it was read', async () => {
    const loading = index.load('/w/a.ts', 'soon');
    forbidden.add('file:///w/a.ts');
    assert.equal(await loading, undefined);
    assert.equal(index.peek('/w/a.ts'), undefined);
  });

  it('forgets deleted files, and does not ask again and again for what is not there', async () => {
    await namesIn('/w/a.ts');
    files.remove('/w/a.ts');
    fileChanged.fire({ path: '/w/a.ts', type: 'deleted' });
    assert.equal(index.peek('/w/a.ts'), undefined);
    assert.equal(await namesIn('/w/a.ts'), undefined);
    assert.ok(index.isRefused('/w/a.ts'));
    files.set('/w/a.ts', 'export const back = 1;');
    fileChanged.fire({ path: '/w/a.ts', type: 'created' });
    assert.deepEqual(await namesIn('/w/a.ts'), ['back']);
  });

  it('leaves out what is no source, and what is too large', async () => {
    files.set('/w/a.bin', 'x');
    files.set('/w/big.ts', 'x'.repeat(400_000));
    assert.equal(await namesIn('/w/a.bin'), undefined);
    assert.equal(await namesIn('/w/big.ts'), undefined);
  });

  it('answers quietly when it is disposed meanwhile', async () => {
    const loading = index.load('/w/a.ts', 'soon');
    index.dispose();
    assert.equal(await loading, undefined);
  });
});
