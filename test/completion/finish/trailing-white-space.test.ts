import assert from 'node:assert/strict';
import { trailingWhiteSpace } from '../../../src/completion/finish/trailing-white-space.ts';
import { applyRule } from './apply-rule.ts';

const trim = (document: string, model: string, language = 'typescript'): string =>
  applyRule(trailingWhiteSpace, document, model, { language });

describe('trailing-white-space', () => {
  it('removes blanks at the ends of lines and blank lines at the end', () => {
    assert.equal(trim('█', 'a();  \n  b();\t\n\n  \n'), 'a();\n  b();');
  });

  it('keeps the blank in front of a word or an operator', () => {
    assert.equal(trim('a = █+ b', 'c  '), 'c ');
    assert.equal(trim('a = █ + b', 'c '), 'c');
    assert.equal(trim('f(█, b)', 'c '), 'c');
  });

  it('keeps line breaks of Markdown', () => {
    assert.equal(trim('█', 'One  \ntwo  ', 'markdown'), 'One  \ntwo');
  });
});
