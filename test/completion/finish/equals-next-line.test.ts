import assert from 'node:assert/strict';
import { equalsNextLine } from '../../../src/completion/finish/equals-next-line.ts';
import { applyRule } from './apply-rule.ts';

describe('equals-next-line', () => {
  it('refuses the next line, also if a part of it is typed', () => {
    assert.equal(applyRule(equalsNextLine, '  █\n\n  a();', 'a();'), '(nothing)');
    assert.equal(applyRule(equalsNextLine, '  a█\n  a();', '();'), '(nothing)');
    assert.equal(applyRule(equalsNextLine, '  a(█)\n  a(1)', '1'), '(nothing)');
    assert.equal(applyRule(equalsNextLine, 'b();█\na();', '\na();'), '(nothing)');
  });

  it('leaves other lines, closing brackets and rows of numbers', () => {
    assert.equal(applyRule(equalsNextLine, '  █\n  a();', 'b();'), 'b();');
    assert.equal(applyRule(equalsNextLine, '  █\n}', '}'), '}');
    assert.equal(applyRule(equalsNextLine, '    a();█\n} else {', '\n  } else {'), '\n  } else {');
    assert.equal(applyRule(equalsNextLine, '█\n0, 0,', '0, 0,'), '0, 0,');
  });
});
