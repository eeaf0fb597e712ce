import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { languageOfPath } from '../../../src/vscode/learning/language-of-path.ts';
import { walkFiles, type WalkOptions } from '../../../src/vscode/learning/walk-files.ts';
import { isInForeignFolder, isLearnablePath } from '../../../src/vscode/learning/worth-learning.ts';

describe('the language of a path', () => {
  const languageOf = languageOfPath([
    { id: 'typescript', extensions: ['.ts'] },
    { id: 'declaration', extensions: ['.d.ts'] },
    { id: 'dockerfile', filenames: ['Dockerfile'] },
    { id: 'shell', extensions: ['.sh', '.bashrc'] },
    { id: 'late', extensions: ['.ts'] },
  ]);

  it('follows the whole name, then the longest ending', () => {
    assert.equal(languageOf('/a/b/main.ts'), 'typescript');
    assert.equal(languageOf('/a/b/main.d.ts'), 'declaration');
    assert.equal(languageOf('/a/Dockerfile'), 'dockerfile');
    assert.equal(languageOf('C:\\a\\X.SH'), 'shell');
  });

  it('is unknown for endings that no language claims', () => {
    assert.equal(languageOf('/a/image.png'), undefined);
    assert.equal(languageOf('/a.ts/noending'), undefined);
  });
});

describe('what is worth learning', () => {
  it('is neither generated nor locked nor data', () => {
    assert.equal(isLearnablePath('src/a.ts', 'typescript'), true);
    assert.equal(isLearnablePath('src/a.bin', undefined), false);
    for (const name of ['package-lock.json', 'pnpm-lock.yaml', 'app.min.js', 'a.js.map', 'a.snap']) {
      assert.equal(isLearnablePath(`x/${name}`, 'json'), false, name);
    }
    assert.equal(isLearnablePath('x/blocks.ts', 'typescript'), true);
  });

  it('does not lie in folders that tools fill', () => {
    assert.equal(isInForeignFolder('node_modules/a/b.ts'), true);
    assert.equal(isInForeignFolder('web/dist/b.js'), true);
    assert.equal(isInForeignFolder('.cache/b.js'), true);
    assert.equal(isInForeignFolder('src/dist.ts'), false);
  });
});

describe('walking the workspace', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'reaper-walk-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(...paths: readonly string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), 'text');
    }
  }
  async function walk(options: Partial<WalkOptions> = {}, signal = new AbortController().signal): Promise<string[]> {
    const found: string[] = [];
    const all = {
      folders: [root],
      mayEnter: () => Promise.resolve(true),
      isWanted: () => Promise.resolve(true),
      maxFiles: 100,
      ...options,
    };
    for await (const path of walkFiles(all, signal)) {
      found.push(relative(root, path));
    }
    return found;
  }

  it('comes from the top down, and passes over dependencies, builds and hidden folders', async () => {
    write('src/deep/deeper/c.ts', 'src/b.ts', 'a.ts', 'node_modules/x/y.ts', '.git/config', 'dist/z.ts');
    assert.deepEqual(await walk(), ['a.ts', 'src/b.ts', 'src/deep/deeper/c.ts']);
  });

  it('does not enter folders that must not be read', async () => {
    write('a.ts', 'private/b.ts');
    assert.deepEqual(await walk({ mayEnter: async (folder) => !folder.endsWith('private') }), ['a.ts']);
  });

  it('stops at the limit, and when it is told to', async () => {
    write('a.ts', 'b.ts', 'c.ts');
    assert.equal((await walk({ maxFiles: 2 })).length, 2);
    assert.deepEqual(await walk({}, AbortSignal.abort()), []);
  });

  it('does not follow links, so that no circle is endless', async () => {
    write('src/a.ts');
    symlinkSync(root, join(root, 'src', 'circle'));
    assert.deepEqual(await walk(), ['src/a.ts']);
  });

  it('finds nothing in a folder that is not there', async () => {
    assert.deepEqual(await walk({ folders: [join(root, 'gone')] }), []);
  });
});
