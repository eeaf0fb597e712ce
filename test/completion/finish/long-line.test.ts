import assert from 'node:assert/strict';
import { longLine } from '../../../src/completion/finish/long-line.ts';
import { applyRule } from './apply-rule.ts';

describe('long-line', () => {
  it('ends the text before a line that is too long', () => {
    assert.equal(applyRule(longLine, '█', `a();\n\n${'x'.repeat(1001)}\nb();`), 'a();');
  });

  it('gives nothing if that is all', () => {
    assert.equal(applyRule(longLine, '█', 'x'.repeat(1_000_000)), '(nothing)');
    assert.equal(applyRule(longLine, '█', 'x'.repeat(1000)), 'x'.repeat(1000));
  });
});
