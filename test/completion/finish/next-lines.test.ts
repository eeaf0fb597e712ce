import assert from 'node:assert/strict';
import { nextLines } from '../../../src/completion/finish/next-lines.ts';
import { applyRule } from './apply-rule.ts';

describe('next-lines', () => {
  it('ends the text before the line that follows anyway', () => {
    assert.equal(applyRule(nextLines, '█\nb();\nc();', 'a();\nb();\nc();'), 'a();');
    assert.equal(applyRule(nextLines, 'def f\n  █\nend', 'a\nend', { language: 'ruby' }), 'a');
  });

  it('tells the same line at another level apart', () => {
    assert.equal(applyRule(nextLines, '█\nb();', 'if (a) {\n  b();\n}'), 'if (a) {\n  b();\n}');
  });

  it('leaves brackets to the rule that knows what they close', () => {
    assert.equal(applyRule(nextLines, '█\n}', 'if (a) {\n}'), 'if (a) {\n}');
  });
});
