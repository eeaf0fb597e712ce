import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Corpus } from '../../src/predictor/corpus.ts';
import { SnapshotError } from '../../src/predictor/snapshot-bytes.ts';
import { loadSnapshot, saveSnapshot, setAside } from '../../src/predictor/snapshot-file.ts';
import { SMALL, finish, learn } from './learned.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reaper-snapshot-'));
  file = join(folder, 'deep', 'model.bin');
});

afterEach(() => rmSync(folder, { recursive: true }));

function learned(): Corpus {
  const corpus = new Corpus(SMALL);
  learn(corpus, {
    'a.ts': 'export function one(): number {\n  return 1;\n}\n',
    'src/ünï.ts': 'const 😀 = "\ud83d";\n\tweird   \n \t\n\n\n\n\n\nend',
    'gone.ts': 'hush hush\n',
  });
  corpus.forget('gone.ts');
  return corpus;
}

function load(): { corpus: Corpus; found: boolean } {
  const corpus = new Corpus(SMALL);
  return { found: finish(loadSnapshot(file, corpus, SMALL)), corpus };
}

function tokensOf(corpus: Corpus): Record<string, string[]> {
  return Object.fromEntries(
    corpus.files
      .filter(({ alive }) => alive)
      .map(({ path, hash, start, end }) => [
        `${path} ${hash}`,
        [...corpus.index.tokens.subarray(start, end)].map((token) =>
          token >> 1 < 256 ? String(token) : `${token & 1}${corpus.vocabulary.text(token >> 1)}`,
        ),
      ]),
  );
}

describe('a snapshot', () => {
  it('holds what was learned, and nothing of what was forgotten', () => {
    const corpus = learned();
    finish(saveSnapshot(file, corpus));
    const restored = load();
    assert.equal(restored.found, true);
    assert.deepEqual(tokensOf(restored.corpus), tokensOf(corpus));
    assert.equal(readFileSync(file).includes(Buffer.from('hush', 'utf16le')), false);
    assert.ok(restored.corpus.files.every(({ isUnconfirmed }) => isUnconfirmed));
  });

  it('is readable by its owner only', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    finish(saveSnapshot(file, learned()));
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is refused wherever a byte of it is wrong or missing', () => {
    finish(saveSnapshot(file, learned()));
    const whole = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= difference;
        writeFileSync(file, damaged);
        assert.throws(load, SnapshotError);
        writeFileSync(file, whole.subarray(0, at));
        assert.throws(load, SnapshotError);
      }),
    );
  });

  it('is refused when it is something else', () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(file, 'SQLite format 3'.repeat(100));
    assert.throws(load, /another version or no model/);
    setAside(file);
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['model.bin.bad']);
    assert.equal(load().found, false);
  });

  it('that does not fit into less memory is refused', () => {
    finish(saveSnapshot(file, learned()));
    const tight = { ...SMALL, maxTokens: 20 };
    assert.throws(() => finish(loadSnapshot(file, new Corpus(tight), tight)), SnapshotError);
  });

  it('stays as it was when the disk is full, and leaves nothing beside it', () => {
    finish(saveSnapshot(file, learned()));
    const before = readFileSync(file);
    const full = (): number => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    const more = learned();
    learn(more, { 'more.ts': 'more();\n' });
    assert.throws(() => finish(saveSnapshot(file, more, full as never)), /no space/);
    assert.deepEqual(readFileSync(file), before);
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['model.bin']);
  });

  it('clears away what killed writers left, but not what another window is writing', () => {
    mkdirSync(join(folder, 'deep'));
    const [old, young] = [`${file}.1-a.tmp`, `${file}.2-b.tmp`];
    writeFileSync(old, '');
    writeFileSync(young, '');
    utimesSync(old, 0, 0);
    load();
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['model.bin.2-b.tmp']);
  });

  it('is whole after its writer is killed at any moment', async () => {
    finish(saveSnapshot(file, learned()));
    const writer = fileURLToPath(new URL('snapshot-writer.ts', import.meta.url));
    for (let kill = 0; kill < 4; kill++) {
      const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      // It says so each time it has begun to write; the third time comes at another moment of the writing in each round.
      for (let begun = 0; begun <= kill; begun++) {
        await once(child.stdout, 'data');
      }
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.equal(load().found, true);
    }
  }).timeout(60_000);
});
