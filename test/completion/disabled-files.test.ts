/** Globs of files without ghost text. */
import assert from 'node:assert/strict';
import { disabledGlob } from '../../src/completion/disabled-files.ts';

describe('disabled files', () => {
  it('are found by path, or by name at any depth', () => {
    const globs = ['docs/**', '*.md', '**/generated/*.ts'];
    assert.equal(disabledGlob(globs, 'docs/a/b.ts'), 'docs/**');
    assert.equal(disabledGlob(globs, 'a/b/README.md'), '*.md');
    assert.equal(disabledGlob(globs, 'a/generated/x.ts'), '**/generated/*.ts');
    assert.equal(disabledGlob(globs, 'src/x.ts'), undefined);
  });

  it('take an odd glob for what it is', () => {
    assert.equal(disabledGlob(['[', '(', '\\'], 'src/x.ts'), undefined);
  });

  it('pass over a glob that would hold up typing', () => {
    // Without the limit these take minutes for this path.
    const path = `${'a'.repeat(250)}.ts`;
    for (const glob of ['*a*a*a*a*a*a*a*b', '+(+(+(a)))b', '**/*a*/**/*a*/**/*a*/**/b']) {
      assert.equal(disabledGlob([glob, '*.ts'], path), '*.ts');
    }
  });
});
