import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { crc32, deflateRawSync } from 'node:zlib';
import { problemsOfVsix } from '../../scripts/package/check-vsix.ts';
import { type ZipEntry, readZip } from '../../scripts/package/read-zip.ts';

describe('the check of the package', () => {
  const problems = (name: string, text = ''): string[] => problemsOfVsix([{ name, content: Buffer.from(text) }], 1000);

  it('finds files that are only for development', () => {
    for (const name of [
      'dist/a.js.map',
      'src/a.ts',
      'extension/test/x.js',
      '.env.local',
      'node_modules/x/a.js',
      'dist/meta.json',
    ]) {
      assert.equal(problems(name).length, 1, name);
    }
    assert.deepEqual(problems('extension/dist/extension.js'), []);
  });

  it('finds keys in full length, and not the patterns that look for them', () => {
    const body = 'a1B2'.repeat(12);
    for (const key of [
      `sk-ant-api03-${body}`,
      `sk-proj-${body}`,
      `ghp_${body.slice(0, 36)}`,
      `AKIA${'ABCD'.repeat(4)}`,
    ]) {
      assert.equal(problems('a.js', `const key = "${key}";`).length, 1, key.slice(0, 8));
    }
    const pem = ['-----BEGIN RSA PRIVATE', ' KEY-----\\n', body].join('');
    assert.equal(problems('a.js', pem).length, 1);
    assert.deepEqual(problems('a.js', String.raw`/sk-ant-[\w-]{20,}/; /-----BEGIN [A-Z ]*PRIVATE KEY-----/`), []);
  });

  it('finds paths of the machine that built it', () => {
    assert.equal(problems('a.js', `"${homedir()}/project/x.js"`).length, 1);
  });

  it('finds a package that is too large', () => {
    assert.equal(problemsOfVsix([], 5_000_001).length, 1);
  });
});

describe('reading a zip file', () => {
  it('gives every entry its content, packed or not', () => {
    const entries = [
      { name: 'a.txt', content: Buffer.from('plain') },
      { name: 'folder/b.txt', content: Buffer.from('packed '.repeat(100)) },
    ];
    assert.deepEqual(readZip(zip(entries)), entries);
  });

  it('refuses what is no zip file', () => {
    assert.throws(() => readZip(Buffer.from('not a zip file, but long enough')), /no directory/);
  });
});

/** A zip file as its specification has it: the second entry is deflated, the first stored. */
function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [index, { name, content }] of entries.entries()) {
    const method = index === 0 ? 0 : 8;
    const stored = method === 8 ? deflateRawSync(content) : content;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(stored.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), stored]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), facts, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06'), end]);
}
