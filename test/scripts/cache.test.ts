import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, cached } from '../../scripts/bootstrap/cache.mjs';

describe('the cache of tools', () => {
  const before = process.env['XDG_CACHE_HOME'];
  let scratch = '';

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'reaper-cache-'));
    process.env['XDG_CACHE_HOME'] = scratch;
  });

  afterEach(() => {
    if (before === undefined) {
      delete process.env['XDG_CACHE_HOME'];
    } else {
      process.env['XDG_CACHE_HOME'] = before;
    }
    rmSync(scratch, { recursive: true, force: true });
  });

  it('makes a folder once and finds it from then on', async () => {
    let made = 0;
    const make = async (folder: string): Promise<void> => {
      made++;
      writeFileSync(join(folder, 'tool'), 'whole');
    };
    const first = await cached('tool-1', make);
    const second = await cached('tool-1', make);
    assert.equal(first, second);
    assert.equal(made, 1);
    assert.equal(readFileSync(join(first, 'tool'), 'utf8'), 'whole');
  });

  it('leaves nothing behind when making it fails, and makes it anew the next time', async () => {
    const broken = async (folder: string): Promise<void> => {
      writeFileSync(join(folder, 'half'), '');
      throw new Error('no space left');
    };
    await assert.rejects(cached('tool-1', broken), /no space left/);
    assert.deepEqual(readdirSync(cacheFolder()), []);
    assert.ok(existsSync(await cached('tool-1', async () => undefined)));
  });

  it('is made once when two ask at the same time', async () => {
    let made = 0;
    const make = async (): Promise<void> => {
      made++;
      await new Promise((resolve) => setImmediate(resolve));
    };
    await Promise.all([cached('tool-1', make), cached('tool-1', make)]);
    assert.equal(made, 1);
  });

  it('does not believe what a killed run has left: a half folder and a lock that nobody refreshes', async () => {
    const half = join(cacheFolder(), 'tool-1.tmp-1-dead');
    const lock = join(cacheFolder(), 'tool-1.lock');
    mkdirSync(half, { recursive: true });
    mkdirSync(lock);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    await cached('tool-1', async () => undefined);
    assert.deepEqual(readdirSync(cacheFolder()), ['tool-1']);
  });
});
