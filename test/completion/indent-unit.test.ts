/** The file's own indentation, from the lines near the cursor. */
import assert from 'node:assert/strict';
import { indentUnitOf } from '../../src/completion/indent-unit.ts';

describe('the indentation of a file', () => {
  it('is what its lines use', () => {
    assert.equal(indentUnitOf('if a:\n  b\n    c\n'), '  ');
    assert.equal(indentUnitOf('func a() {\n\tb()\n}\n'), '\t');
    assert.equal(indentUnitOf('class A {\n    b;\n        c;\n}'), '    ');
  });

  it('is not the blank of a block comment', () => {
    assert.equal(indentUnitOf('/**\n * a\n */\nclass A {\n    b;\n}'), '    ');
  });

  it('is four blanks where nothing is indented', () => {
    assert.equal(indentUnitOf('a\nb\n'), '    ');
  });
});
