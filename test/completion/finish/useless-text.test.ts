import assert from 'node:assert/strict';
import { uselessText } from '../../../src/completion/finish/useless-text.ts';
import { applyRule } from './apply-rule.ts';

describe('useless-text', () => {
  it('refuses text without a character', () => {
    for (const model of ['', ' ', '\n\n', '\t\n  ']) {
      assert.equal(applyRule(uselessText, '█', model), '(nothing)');
    }
  });

  it('leaves one useful character', () => {
    assert.equal(applyRule(uselessText, 'f()█', ';'), ';');
  });
});
