import assert from 'node:assert/strict';
import { mergeConflict } from '../../../src/completion/finish/merge-conflict.ts';
import { applyRule } from './apply-rule.ts';

describe('merge-conflict', () => {
  it('ends the text before a marker', () => {
    assert.equal(applyRule(mergeConflict, '  █', 'a();\n<<<<<<< HEAD\nb();'), 'a();');
    assert.equal(applyRule(mergeConflict, '  █', 'a();\n>>>>>>> theirs'), 'a();');
    assert.equal(applyRule(mergeConflict, '<<<<<<< HEAD\n  █', 'a();\n=======\nb();'), 'a();');
  });

  it('leaves shifts and underlined titles', () => {
    assert.equal(applyRule(mergeConflict, '█', 'Title\n=======\nText'), 'Title\n=======\nText');
    assert.equal(applyRule(mergeConflict, 'a = b █', '<<<<<<< c'), '<<<<<<< c');
  });
});
