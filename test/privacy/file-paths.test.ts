import assert from 'node:assert/strict';
import { foldersAbove, isInside, normalizePath, type PathPlatform, placeOf } from '../../src/privacy/file-paths.ts';

const unix: PathPlatform = { windows: false, ignoreCase: false };
const windows: PathPlatform = { windows: true, ignoreCase: true };

function pathOf(uri: string, platform: PathPlatform): string {
  const place = placeOf(uri, platform);
  return place.type === 'file' ? place.path : place.type;
}

describe('file paths', () => {
  it('come from URIs with encoded characters', () => {
    assert.equal(pathOf('file:///home/u/a%20b%23c.ts', unix), '/home/u/a b#c.ts');
    assert.equal(pathOf('FILE:///home/u/a.ts', unix), '/home/u/a.ts');
    assert.equal(pathOf('file:/home/u/a.ts', unix), '/home/u/a.ts');
    assert.equal(pathOf('file://localhost/home/u/a.ts?x#y', unix), '/home/u/a.ts');
    assert.equal(pathOf('/home/u/a.ts', unix), '/home/u/a.ts');
    assert.equal(pathOf('file:///home/u/%00.ts', unix), 'elsewhere');
  });

  it('have one spelling', () => {
    assert.equal(pathOf('file:///home/u/../u/./x//.env', unix), '/home/u/x/.env');
    assert.equal(pathOf('file:///home/u/%2e%2e/x', unix), '/home/x');
    assert.equal(pathOf('/../../etc/x', unix), '/etc/x');
    assert.equal(normalizePath('/cafe\u0301', unix), '/caf\u00e9');
  });

  it('of Windows have small drives, slashes, and no streams, trailing dots or blanks', () => {
    assert.equal(pathOf('file:///c%3A/Users/u/x.ts', windows), 'c:/Users/u/x.ts');
    assert.equal(pathOf('file:///C:/x.ts', windows), 'c:/x.ts');
    assert.equal(pathOf('C:\\Users\\u\\.env', windows), 'c:/Users/u/.env');
    assert.equal(pathOf('C:\\Users\\u\\.env::$DATA', windows), 'c:/Users/u/.env');
    assert.equal(pathOf('C:\\Users\\u\\.env. . ', windows), 'c:/Users/u/.env');
    assert.equal(pathOf('file://server/share/x.ts', windows), '//server/share/x.ts');
    assert.equal(pathOf('\\\\server\\share\\x.ts', windows), '//server/share/x.ts');
    assert.deepEqual(foldersAbove('c:/a/b.ts'), ['c:', 'c:/a']);
    assert.deepEqual(foldersAbove('//server/share/a/b.ts'), ['//server/share', '//server/share/a']);
    assert.deepEqual(foldersAbove('/a/b.ts'), ['/', '/a']);
  });

  it('are inside a folder only at a separator', () => {
    assert.ok(isInside('/a', '/a/b', unix));
    assert.ok(isInside('/', '/a', unix));
    assert.ok(!isInside('/a', '/ab', unix));
    assert.ok(!isInside('/A', '/a/b', unix));
    assert.ok(isInside('c:/A', 'c:/a/b', windows));
  });
});
