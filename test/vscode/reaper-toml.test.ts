import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsTable } from '../../src/config/settings.ts';
import type { LazyTomlReader } from '../../src/config/toml/toml-code.ts';
import type { TomlFiles, TomlStart } from '../../src/vscode/reaper-toml.ts';
import { allProviders } from '../config/all-providers.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { trustWorkspace, workspace } from './fake-workspace.ts';
import { useFakeVscode } from './use-fake-vscode.ts';

useFakeVscode();
const { createTomlFiles, startToml } = await import('../../src/vscode/reaper-toml.ts');

const LOCAL_ONLY = '[privacy]\nlocal_only = true\n';

describe('reaper.toml at the start', () => {
  const variables = ['XDG_CONFIG_HOME', 'APPDATA'] as const;
  const before = variables.map((name) => process.env[name]);
  let root: string;
  let folder: string;
  let files: TomlFiles | undefined;

  const follow = ({ code }: TomlStart): LazyTomlReader => {
    const lazyReader = code.readerFor(settingsTable(allProviders), allProviders);
    files = createTomlFiles(lazyReader, createFakeClock());
    return lazyReader;
  };
  const isLocalOnly = (): boolean | undefined =>
    files?.layers().some((layer) => layer.get('reaper.privacy.localOnly') === true);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'reaper-toml-start-'));
    folder = join(root, 'workspace');
    mkdirSync(folder);
    mkdirSync(join(root, 'reaper'));
    for (const name of variables) process.env[name] = root;
    workspace.isTrusted = true;
    workspace.workspaceFolders = [{ uri: { scheme: 'file', fsPath: folder } }];
  });
  afterEach(() => {
    files?.dispose();
    variables.forEach((name, index) => {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    });
    rmSync(root, { recursive: true, force: true });
  });

  it('is not waited for where there is none', () => {
    const start = startToml();
    assert.equal(start.loading, undefined);
    const lazyReader = follow(start);
    assert.deepEqual(
      files?.files().map(({ isThere }) => isThere),
      [false, false],
    );
    assert.equal(lazyReader.reader(), undefined);
  });

  for (const place of ['reaper', 'workspace']) {
    it(`holds from the first moment on, in ${place}`, async () => {
      writeFileSync(join(root, place, 'reaper.toml'), LOCAL_ONLY);
      const start = startToml();
      assert.ok(start.loading);
      await start.loading;
      follow(start);
      assert.equal(isLocalOnly(), true);
    });
  }

  it('of a workspace that is not trusted is not looked at, and holds in the moment in which it is trusted', async () => {
    workspace.isTrusted = false;
    writeFileSync(join(folder, 'reaper.toml'), LOCAL_ONLY);
    const start = startToml();
    assert.equal(start.loading, undefined);
    const lazyReader = follow(start);
    // It is under way since then; the user takes longer to decide.
    while (lazyReader.reader() === undefined) await new Promise(setImmediate);
    assert.deepEqual([isLocalOnly(), files?.files().length], [false, 1]);
    trustWorkspace();
    assert.equal(isLocalOnly(), true);
  });
});
