import assert from 'node:assert/strict';
import { leadingWhiteSpace } from '../../../src/completion/finish/leading-white-space.ts';
import { applyRule } from './apply-rule.ts';

const align = (document: string, model: string, language = 'typescript', unit = '  '): string =>
  applyRule(leadingWhiteSpace, document, model, { language, unit });

describe('leading-white-space', () => {
  it('drops indentation that is there already', () => {
    assert.equal(align('if (a) {\n  █\n}', '  b();'), 'b();');
    assert.equal(align('  a();\n  █', '  b();'), 'b();');
  });

  it('adds what the cursor still lacks', () => {
    assert.equal(align('def f():\n  █', '    b()', 'python', '    '), '  b()');
    assert.equal(align('def f():\n█', '    b()', 'python', '    '), '    b()');
    assert.equal(align('def a():\n    b()\n\ndef f():\n  █', '  b()', 'python', '    '), '  b()');
  });

  it('writes it in the characters of the file', () => {
    assert.equal(align('func f() {\n\tif a {\n\t█\n', '\t\tb()', 'go', '\t'), '\tb()');
  });

  it('drops line breaks at the start of a body and on an indented line', () => {
    assert.equal(align('if (a) {\n  █\n}', '\n  b();'), 'b();');
    assert.equal(align('  a();\n  █', '\n\n  b();'), 'b();');
  });

  it('keeps a blank line between things that belong apart', () => {
    assert.equal(align('a();\n█', '\nb();'), '\nb();');
    assert.equal(align('}█', '\n\n\nb();'), '\n\n\nb();');
    assert.equal(align('}█', '\n\n\n\n\n\nb();'), '\n\n\nb();');
  });

  it('keeps the line break behind an opener, and adds one that was trimmed away', () => {
    assert.equal(align('if (a) {█', '\n  b();'), '\n  b();');
    assert.equal(align('if (a) {█', '  b();\n}'), '\n  b();\n}');
    assert.equal(align('if (a) {█', ' b(); }'), ' b(); }');
  });

  it('drops a second blank behind an operator', () => {
    assert.equal(align('a = █', ' b'), 'b');
    assert.equal(align('a =█', ' b'), ' b');
    assert.equal(align('a = 1;█', '  // b'), '  // b');
    assert.equal(align('// either - █', ' or'), ' or');
  });

  it('leaves prose as it is', () => {
    assert.equal(align('- a\n  █', '  - b', 'markdown'), '  - b');
  });
});
