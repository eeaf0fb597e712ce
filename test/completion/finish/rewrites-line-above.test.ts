import assert from 'node:assert/strict';
import { rewritesLineAbove } from '../../../src/completion/finish/rewrites-line-above.ts';
import { applyRule } from './apply-rule.ts';

const rule = (document: string, model: string, language = 'typescript'): string =>
  applyRule(rewritesLineAbove, document, model, { language });

describe('rewrites-line-above', () => {
  it('refuses the line above, also if a part of it is typed', () => {
    assert.equal(rule('  push(a);\n  █', 'push(a);'), '(nothing)');
    assert.equal(rule('  push(a);\n\n  pu█', 'sh(a);'), '(nothing)');
    assert.equal(rule('  push(a);█', '\n  push(a);'), '(nothing)');
  });

  it('leaves lines that repeat by right', () => {
    assert.equal(rule('  break;\n  █', 'break;'), '(nothing)');
    assert.equal(rule('  a();\n  █', 'a();'), 'a();');
    assert.equal(rule('  0, 0, 0,\n  █', '0, 0, 0,'), '0, 0, 0,');
    assert.equal(rule('  </section>\n█', '</section>', 'html'), '</section>');
    assert.equal(rule('  push(a);\n  █', 'push(b);'), 'push(b);');
  });
});
