import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivacy, type PrivacyService } from '../../src/privacy/create-privacy.ts';
import type { FileVerdict } from '../../src/privacy/privacy.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { createTemporaryWorkspace, type TemporaryWorkspace } from './temporary-workspace.ts';

const UNREAD: FileVerdict = { allowed: false, reason: 'ignore files are still being read' };

describe('ignore files', () => {
  let workspace: TemporaryWorkspace;
  let privacy: PrivacyService;
  const clock = createFakeClock();

  async function open(files: Readonly<Record<string, string>>): Promise<void> {
    workspace = await createTemporaryWorkspace(files);
    privacy = createPrivacy({
      workspace,
      settings: () => ({ localOnly: false, localHosts: [], excludedFiles: [] }),
      clock,
      platform: { windows: false, ignoreCase: false },
      homeFolder: join(workspace.root, 'home'),
    });
  }

  /** `undefined` when allowed, else the reason. */
  async function refusal(path: string): Promise<string | undefined> {
    const verdict = await privacy.readAhead(workspace.uri(path));
    assert.deepEqual(privacy.mayRead(workspace.uri(path)), verdict, 'both ways of asking agree');
    return verdict.allowed ? undefined : verdict.reason;
  }

  afterEach(async () => {
    try {
      privacy.dispose();
      assert.equal(workspace.listeners(), 0);
    } finally {
      await workspace.dispose();
    }
  });

  it('say no until they have been read', async () => {
    await open({ 'a.ts': '' });
    assert.deepEqual(privacy.mayRead(workspace.uri('a.ts')), UNREAD);
    assert.equal(await refusal('a.ts'), undefined);
  });

  it('name the rule and the file that it stands in', async () => {
    await open({
      '.git/HEAD': '',
      '.gitignore': 'dist/\n',
      'packages/a/.gitignore': '*.gen.ts\n',
      '.reaperignore': '/private',
    });
    assert.equal(await refusal('dist/x.js'), '.gitignore: dist/');
    assert.equal(await refusal('packages/a/src/x.gen.ts'), 'packages/a/.gitignore: *.gen.ts');
    assert.equal(await refusal('private/notes.md'), '.reaperignore: /private');
    assert.equal(await refusal('packages/private/notes.md'), undefined);
  });

  it('follow git: negation, anchors, nesting, excluded folders that cannot be opened from within', async () => {
    await open({
      '.gitignore': '*.log\n!keep.log\nbuild/*\n!build/keep/\n/only-here.txt\ngone/\n',
      'sub/.gitignore': '!*.log\n',
      'gone/.gitignore': '!*\n',
    });
    assert.equal(await refusal('a.log'), '.gitignore: *.log');
    assert.equal(await refusal('keep.log'), undefined);
    assert.equal(await refusal('sub/a.log'), undefined);
    assert.equal(await refusal('build/x'), '.gitignore: build/*');
    assert.equal(await refusal('build/keep/x'), undefined);
    assert.equal(await refusal('only-here.txt'), '.gitignore: /only-here.txt');
    assert.equal(await refusal('sub/only-here.txt'), undefined);
    assert.equal(await refusal('gone/x'), '.gitignore: gone/');
  });

  it('let a deeper file open a folder that a higher one ignores, without opening what else is ignored in it', async () => {
    await open({ '.gitignore': 'out\n*.map\n', 'packages/.gitignore': '!out/\n' });
    assert.equal(await refusal('packages/out/x.js'), undefined);
    assert.equal(await refusal('packages/out/x.map'), '.gitignore: *.map');
    assert.equal(await refusal('out/x.js'), '.gitignore: out');
  });

  it('judge what is in an opened folder by the rules that name it, not by those that named the folder', async () => {
    await open({ '.gitignore': 'a/**\n', 'a/.gitignore': '!*/\n' });
    assert.equal(await refusal('a/b/x.ts'), '.gitignore: a/**');
    await workspace.write('odd [x]! #/.gitignore', '!*\n');
    await workspace.write('.gitignore', 'odd*/*\n');
    assert.equal(await refusal('odd [x]! #/y'), undefined);
  });

  it('put .reaperignore above .gitignore, in both directions and at every level', async () => {
    await open({
      '.gitignore': 'dist/\n*.map\ncoverage/\n',
      '.reaperignore': '!dist/\n!coverage/summary.json\nsrc/legal/**\n',
      'src/.reaperignore': '*.draft.md\n!legal/README.md\n',
    });
    assert.equal(await refusal('dist/x.js'), undefined);
    assert.equal(await refusal('dist/x.map'), '.gitignore: *.map');
    assert.equal(await refusal('coverage/summary.json'), undefined);
    assert.equal(await refusal('coverage/other.json'), '.gitignore: coverage/');
    assert.equal(await refusal('src/a.draft.md'), 'src/.reaperignore: *.draft.md');
    assert.equal(await refusal('a.draft.md'), undefined);
    assert.equal(await refusal('src/legal/x.md'), '.reaperignore: src/legal/**');
    assert.equal(await refusal('src/legal/README.md'), undefined);
  });

  it('count from the repository when the workspace folder is a part of it', async () => {
    await open({ '.git/HEAD': '', '.gitignore': 'generated\n', 'app/x.ts': '', 'app/generated/x.ts': '' });
    workspace.setFolders([workspace.path('app')]);
    assert.equal(await refusal('app/generated/x.ts'), '.gitignore: generated');
    assert.equal(await refusal('app/x.ts'), undefined);
  });

  it("read .git/info/exclude, also of a linked work tree, and the user's global excludes", async () => {
    await open({ '.git/info/exclude': 'mine/\n', 'x/y.ts': '', 'tree/.git': 'gitdir: ../main/.git/worktrees/tree\n' });
    assert.equal(await refusal('mine/x'), '.git/info/exclude: mine/');
    await workspace.write('main/.git/worktrees/tree/commondir', '../..\n');
    await workspace.write('main/.git/info/exclude', 'scratch.ts\n');
    assert.equal(await refusal('tree/scratch.ts'), 'tree/.git/info/exclude: scratch.ts');
    privacy.dispose();
    await mkdir(join(workspace.root, 'home'), { recursive: true });
    await writeFile(join(workspace.root, 'home/.gitconfig'), '[core]\n\texcludesFile = ~/my-ignores\n');
    await writeFile(join(workspace.root, 'home/my-ignores'), '*.swp\n');
    privacy = createPrivacy({
      workspace,
      settings: () => ({ localOnly: false, localHosts: [], excludedFiles: [] }),
      clock,
      homeFolder: join(workspace.root, 'home'),
    });
    assert.equal(await refusal('x/y.ts.swp'), 'global excludes of git: *.swp');
  });

  it('are case-sensitive where the file system is', async () => {
    await open({ '.gitignore': 'Build\n' });
    assert.equal(await refusal('build/x'), undefined);
    assert.equal(await refusal('Build/x'), '.gitignore: Build');
    privacy.dispose();
    privacy = createPrivacy({
      workspace,
      settings: () => ({ localOnly: false, localHosts: [], excludedFiles: [] }),
      clock,
      platform: { windows: false, ignoreCase: true },
      homeFolder: undefined,
    });
    assert.equal(await refusal('build/x'), '.gitignore: Build');
  });

  it('take effect when they change, appear and disappear, and say no in between', async () => {
    await open({ '.gitignore': 'a\n', 'src/x.ts': '' });
    let announced = 0;
    privacy.onVerdictsChanged(() => announced++);
    assert.equal(await refusal('src/x.ts'), undefined);
    await workspace.write('src/.reaperignore', 'x.ts\n');
    assert.deepEqual(privacy.mayRead(workspace.uri('src/x.ts')), UNREAD);
    assert.equal(await refusal('src/x.ts'), 'src/.reaperignore: x.ts');
    await workspace.write('src/.reaperignore', 'y.ts\n');
    assert.deepEqual(privacy.mayRead(workspace.uri('src/x.ts')), UNREAD);
    assert.equal(await refusal('src/x.ts'), undefined);
    await workspace.write('.gitignore', 'src\n');
    assert.equal(await refusal('src/x.ts'), '.gitignore: src');
    await workspace.remove('.gitignore');
    assert.equal(await refusal('src/x.ts'), undefined);
    assert.ok(announced >= 4, `announced ${announced} times`);
  });

  it('never answer from a reading that a change has overtaken', async () => {
    await open({ '.gitignore': 'a\n', 'x.ts': '' });
    for (let round = 0; round < 20; round++) {
      const early = privacy.readAhead(workspace.uri('x.ts'));
      await workspace.write('.gitignore', round % 2 === 0 ? 'x.ts\n' : 'a\n');
      await early;
      assert.equal(await refusal('x.ts'), round % 2 === 0 ? '.gitignore: x.ts' : undefined);
    }
  });

  it('are read again after a while where no event tells of a change', async () => {
    await open({ 'x.ts': '' });
    assert.equal(await refusal('x.ts'), undefined);
    await writeFile(workspace.path('.gitignore'), 'x.ts\n');
    await clock.advance(9_000);
    assert.equal(await refusal('x.ts'), undefined);
    await clock.advance(2_000);
    const changed = new Promise<void>((resolve) => privacy.onVerdictsChanged(resolve));
    privacy.mayRead(workspace.uri('x.ts'));
    await changed;
    assert.equal(await refusal('x.ts'), '.gitignore: x.ts');
  });

  it('are found by events that spell their folder differently, where case does not matter', async () => {
    await open({ 'Src/x.ts': '' });
    privacy.dispose();
    privacy = createPrivacy({
      workspace,
      settings: () => ({ localOnly: false, localHosts: [], excludedFiles: [] }),
      clock,
      platform: { windows: false, ignoreCase: true },
      homeFolder: undefined,
    });
    assert.equal(await refusal('Src/x.ts'), undefined);
    await writeFile(workspace.path('Src/.gitignore'), 'x.ts\n');
    workspace.tell('src/.gitignore', 'created');
    assert.deepEqual(privacy.mayRead(workspace.uri('Src/x.ts')), UNREAD);
    assert.equal(await refusal('Src/x.ts'), 'Src/.gitignore: x.ts');
  });

  it('follow a file that is moved, and a folder', async () => {
    await open({ '.reaperignore': 'private/\n', 'a.ts': '', 'lib/deep/b.ts': '' });
    assert.equal(await refusal('a.ts'), undefined);
    assert.equal(await refusal('lib/deep/b.ts'), undefined);
    await workspace.move('a.ts', 'private/a.ts');
    assert.equal(await refusal('private/a.ts'), '.reaperignore: private/');
    await workspace.move('lib', 'private/lib');
    assert.equal(await refusal('private/lib/deep/b.ts'), '.reaperignore: private/');
    await workspace.move('private/lib', 'lib');
    await workspace.write('lib/.gitignore', 'deep\n');
    assert.equal(await refusal('lib/deep/b.ts'), 'lib/.gitignore: deep');
  });

  it('refuse links that lead outside, to ignored files and to files of secrets', async () => {
    await open({ '.gitignore': 'ignored.ts\n', 'ignored.ts': '', '.env': 'A=b', 'ok.ts': '' });
    await writeFile(join(workspace.root, 'outside.ts'), 'x');
    await workspace.link(join(workspace.root, 'outside.ts'), 'to-outside.ts');
    await workspace.link('ignored.ts', 'to-ignored.ts');
    await workspace.link('.env', 'notes.md');
    await workspace.link('ok.ts', 'to-ok.ts');
    await workspace.link('..', 'up');
    assert.equal(await refusal('to-outside.ts'), 'a link that leads outside the workspace');
    assert.equal(await refusal('up/outside.ts'), 'a link that leads outside the workspace');
    assert.equal(await refusal('to-ignored.ts'), '.gitignore: ignored.ts');
    assert.equal(await refusal('notes.md'), 'a file of secrets by its name: .env');
    assert.equal(await refusal('to-ok.ts'), undefined);
    await workspace.link('ignored.ts', 'to-ok.ts');
    assert.equal(await refusal('to-ok.ts'), '.gitignore: ignored.ts');
    await workspace.link('nowhere', 'dangling.ts');
    assert.equal(await refusal('dangling.ts'), undefined);
    await workspace.link('loop', 'loop');
    assert.equal(await refusal('loop'), 'where the path leads cannot be found out');
  });

  it('allow a workspace folder that is a link itself', async () => {
    await open({ '.gitignore': 'dist\n', 'a.ts': '' });
    await workspace.link(workspace.folder, '../linked');
    workspace.setFolders([join(workspace.root, 'linked')]);
    const verdictOf = (path: string): Promise<FileVerdict> => privacy.readAhead(join(workspace.root, 'linked', path));
    assert.deepEqual(await verdictOf('a.ts'), { allowed: true });
    assert.deepEqual(await verdictOf('dist/a.js'), { allowed: false, reason: '.gitignore: dist' });
  });

  it('apply to every workspace folder, and links between folders are no way out', async () => {
    await open({ 'one/.gitignore': 'x\n', 'two/y.ts': '', 'one/z.ts': '' });
    workspace.setFolders([workspace.path('one'), workspace.path('two')]);
    await workspace.link('../two/y.ts', 'one/y.ts');
    assert.equal(await refusal('one/x'), '.gitignore: x');
    assert.equal(await refusal('two/x'), undefined);
    assert.equal(await refusal('one/y.ts'), undefined);
    workspace.setFolders([workspace.path('one')]);
    assert.equal(await refusal('one/y.ts'), 'a link that leads outside the workspace');
  });

  it('say no when they cannot be read', async () => {
    await open({ 'a/x.ts': '', 'b/x.ts': '', 'a/.gitignore': `${'#'.repeat(2_000_000)}\n` });
    assert.equal(await refusal('a/x.ts'), `${workspace.path('a')}: .gitignore cannot be read (is larger than 1 MB)`);
    assert.equal(await refusal('b/x.ts'), undefined);
  });

  it('are understood with byte-order marks, Windows line ends and UTF-16', async () => {
    await open({ 'a/.gitignore': '\uFEFFx.ts\r\n', 'c/x.ts': '' });
    assert.equal(await refusal('a/x.ts'), 'a/.gitignore: x.ts');
    await mkdir(workspace.path('b'));
    await writeFile(workspace.path('b/.gitignore'), Buffer.from('\uFEFFx.ts\r\n', 'utf16le'));
    assert.equal(await refusal('b/x.ts'), 'b/.gitignore: x.ts');
  });

  it('leave untitled documents alone and take notebook cells for their notebook', async () => {
    await open({ '.gitignore': 'private.ipynb\n', 'a.ipynb': '' });
    const cell = (path: string, scheme: string): string =>
      `vscode-notebook-cell:${workspace.path(path)}#W0s${encodeURIComponent(Buffer.from(scheme).toString('base64'))}`;
    assert.deepEqual(privacy.mayRead('untitled:Untitled-1'), { allowed: true });
    assert.deepEqual(privacy.mayRead('vscode-notebook-cell:Untitled-1.ipynb#W0sdW50aXRsZWQ%3D'), { allowed: true });
    assert.deepEqual(await privacy.readAhead(cell('a.ipynb', 'file')), { allowed: true });
    assert.deepEqual(await privacy.readAhead(cell('private.ipynb', 'file')), {
      allowed: false,
      reason: '.gitignore: private.ipynb',
    });
    assert.equal(privacy.mayRead(cell('a.ipynb', 'vscode-vfs')).allowed, false);
  });

  it('refuse documents that are no files', async () => {
    await open({});
    for (const uri of [
      'git:/x.ts',
      'output:x',
      'vscode-scm:git/scm0/input',
      'https://example.com/x',
      'x.ts',
      '',
      'file:///%zz',
    ]) {
      assert.equal(privacy.mayRead(uri).allowed, false, uri);
    }
  });

  it('answer quickly for many files, from one reading of each folder', async () => {
    await open({ '.gitignore': 'skip-*\n' });
    const paths = Array.from(
      { length: 500 },
      (_, index) => `src/d${index % 20}/${index % 3 === 0 ? 'skip-' : ''}${index}.ts`,
    );
    const verdicts = await Promise.all(paths.map((path) => privacy.readAhead(workspace.uri(path))));
    assert.equal(
      verdicts.filter(({ allowed }) => allowed).length,
      paths.filter((path) => !path.includes('skip-')).length,
    );
  });
});
