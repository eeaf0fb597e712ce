import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsTable } from '../../../src/config/settings.ts';
import { MOST_TOML_BYTES } from '../../../src/config/toml/read-toml-file.ts';
import { createTomlCode, type LazyTomlReader } from '../../../src/config/toml/toml-code.ts';
import { createTomlSource, type TomlSource } from '../../../src/config/toml/toml-source.ts';
import { createFakeClock, type FakeClock } from '../../fakes/fake-clock.ts';
import { allProviders } from '../all-providers.ts';

const code = createTomlCode();
const loaded = code.readerFor(settingsTable(allProviders), allProviders);
const GOOD = '[completion]\nmax_lines = 3\n';

describe('a followed reaper.toml', () => {
  let root: string;
  let folder: string;
  let path: string;
  let clock: FakeClock;
  let source: TomlSource;
  let touch: () => void;
  let changes: number;
  let watched: number;
  let lazyReader: LazyTomlReader;

  const open = (ofWorkspace = true): void => {
    source = createTomlSource({
      place: { path, workspaceFolder: ofWorkspace ? folder : undefined },
      lazyReader,
      watch: (_place, listener) => {
        watched++;
        touch = listener;
        return { dispose: () => watched-- };
      },
      clock,
    });
    source.onDidChange(() => changes++);
  };
  const settle = async (): Promise<void> => {
    touch();
    await clock.advance(1000);
  };
  const maxLines = (): unknown => source.values().get('reaper.completion.maxLines');
  const faults = (): readonly string[] =>
    source.problems().map(({ fault }) => (fault.type === 'unreadable' ? fault.reason : fault.type));

  before(() => code.load());
  beforeEach(() => {
    lazyReader = loaded;
    root = mkdtempSync(join(tmpdir(), 'reaper-toml-'));
    folder = join(root, 'workspace');
    mkdirSync(folder);
    path = join(folder, 'reaper.toml');
    clock = createFakeClock();
    changes = 0;
    watched = 0;
  });
  afterEach(() => {
    source.dispose();
    assert.equal(watched, 0, 'a watcher was left behind');
    rmSync(root, { recursive: true, force: true });
  });

  it('is read at once, and says nothing while it is not there', () => {
    open();
    assert.deepEqual([source.isThere(), maxLines(), faults()], [false, undefined, []]);
    source.dispose();
    writeFileSync(path, GOOD);
    open();
    assert.deepEqual([source.isThere(), maxLines(), faults()], [true, 3, []]);
  });

  it('follows changes, the replacement of the file and its end, each told once', async () => {
    writeFileSync(path, GOOD);
    open();
    writeFileSync(path, '[completion]\nmax_lines = 4\n');
    touch();
    touch();
    await settle();
    assert.deepEqual([maxLines(), changes], [4, 1]);
    writeFileSync(`${path}.new`, '[completion]\nmax_lines = 5\n');
    renameSync(`${path}.new`, path);
    await settle();
    assert.deepEqual([maxLines(), changes], [5, 2]);
    await settle();
    assert.equal(changes, 2, 'nothing had changed');
    rmSync(path);
    await settle();
    assert.deepEqual([maxLines(), changes, source.isThere()], [undefined, 3, false]);
  });

  it('goes on with the last good values while the file is broken', async () => {
    writeFileSync(path, `${GOOD}[routing]\nk = 3\n`);
    open();
    const broken: readonly (readonly [string | Uint8Array, string])[] = [
      ['[completion', 'syntax'],
      [new Uint8Array(2000).fill(0xff), 'not-text'],
      ['max = "\0"', 'not-text'],
      ['#'.repeat(MOST_TOML_BYTES + 1), 'too-large'],
      ['#'.repeat(10 * 1024 * 1024), 'too-large'],
    ];
    for (const [content, fault] of broken) {
      writeFileSync(path, content);
      await settle();
      assert.deepEqual([faults(), maxLines()], [[fault], 3]);
    }
  });

  it('keeps the last good value of a key whose value went wrong, and takes the others', async () => {
    writeFileSync(path, `${GOOD}[routing]\nk = 3\n`);
    open();
    writeFileSync(path, '[completion]\nmax_lines = "x"\n[routing]\nk = 4\n');
    await settle();
    assert.deepEqual([faults(), maxLines(), source.values().get('reaper.routing.k')], [['wrong-value'], 3, 4]);
  });

  it('does not follow a link out of the workspace', () => {
    const secret = join(root, 'secret.toml');
    writeFileSync(secret, GOOD);
    symlinkSync(secret, path);
    open();
    assert.deepEqual([faults(), maxLines()], [['outside'], undefined]);
  });

  it('follows a link that stays within the workspace, and one of the user anywhere', () => {
    const inside = join(folder, 'config.toml');
    writeFileSync(inside, GOOD);
    symlinkSync(inside, path);
    open();
    assert.equal(maxLines(), 3);
    source.dispose();
    rmSync(path);
    writeFileSync(join(root, 'mine.toml'), GOOD);
    symlinkSync(join(root, 'mine.toml'), path);
    open(false);
    assert.equal(maxLines(), 3);
  });

  it('reads no folder, and no link to itself', () => {
    mkdirSync(path);
    open();
    assert.deepEqual(faults(), ['not-a-file']);
    source.dispose();
    rmSync(path, { recursive: true });
    symlinkSync(path, path);
    open();
    assert.deepEqual(faults(), ['failed']);
  });

  describe('before the code that reads is loaded', () => {
    let loads: (() => void)[];
    let fail: () => void;

    beforeEach(() => {
      loads = [];
      let isLoaded = false;
      lazyReader = {
        reader: () => (isLoaded ? loaded.reader() : undefined),
        load: () =>
          new Promise((resolve, reject) => {
            fail = () => reject(new Error('gone'));
            loads.push(() => {
              isLoaded = true;
              resolve();
            });
          }),
      };
    });

    it('asks for none of it while there is no file', async () => {
      open();
      await settle();
      assert.deepEqual([loads.length, source.isThere(), changes], [0, false, 0]);
    });

    it('is read with it once it appears', async () => {
      open();
      writeFileSync(path, GOOD);
      await settle();
      assert.deepEqual([loads.length, maxLines(), changes], [1, undefined, 0]);
      loads[0]?.();
      await clock.settle();
      assert.deepEqual([maxLines(), source.isThere(), changes], [3, true, 1]);
      writeFileSync(path, '[completion]\nmax_lines = 4\n');
      await settle();
      assert.deepEqual([maxLines(), loads.length], [4, 1]);
    });

    it('is read with it if it is there already, as it is by then', async () => {
      writeFileSync(path, '[completion');
      open();
      writeFileSync(path, GOOD);
      loads[0]?.();
      await clock.settle();
      assert.deepEqual([maxLines(), faults(), changes], [3, [], 1]);
    });

    it('says that a file cannot be read if the code cannot be loaded, and tries again at the next change', async () => {
      writeFileSync(path, GOOD);
      open();
      fail();
      await clock.settle();
      assert.deepEqual([faults(), changes], [['failed'], 1]);
      await settle();
      loads[1]?.();
      await clock.settle();
      assert.deepEqual([faults(), maxLines(), changes], [[], 3, 2]);
    });

    it('counts a place that cannot be looked at as a file', () => {
      symlinkSync(path, path);
      open();
      assert.equal(loads.length, 1);
    });
  });
});
