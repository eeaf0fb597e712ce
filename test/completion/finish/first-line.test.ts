import assert from 'node:assert/strict';
import { firstLine } from '../../../src/completion/finish/first-line.ts';
import { applyRule } from './apply-rule.ts';

describe('first-line', () => {
  it('cuts to the first line with text', () => {
    assert.equal(applyRule(firstLine, 'a = █', 'b;\nc;'), 'b;');
    assert.equal(applyRule(firstLine, 'f() {█', '\n\n  b;\n  c;'), '\n\n  b;');
  });

  it('waits until the line is there', () => {
    assert.equal(applyRule(firstLine, 'a = █', 'b', { more: true }), '(wait)');
    assert.equal(applyRule(firstLine, 'a = █', '\n', { more: true }), '(wait)');
    assert.equal(applyRule(firstLine, 'a = █', 'b;\n', { more: true }), 'b;');
    assert.equal(applyRule(firstLine, 'a = █', 'b'), 'b');
  });

  it('takes as many lines as it needs to fit before a bracket', () => {
    const model = '(a) => {\n  b();\n});\nc();';
    assert.equal(applyRule(firstLine, 'f(█)', model), '(a) => {\n  b();\n});');
    assert.equal(applyRule(firstLine, 'f(█)', '(a) => {\n  b();', { more: true }), '(wait)');
    assert.equal(applyRule(firstLine, 'f(█)', model, { maxLines: 2 }), '(a) => {');
  });
});
