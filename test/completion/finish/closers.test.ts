import assert from 'node:assert/strict';
import { closers } from '../../../src/completion/finish/closers.ts';
import { applyRule } from './apply-rule.ts';

const fit = (document: string, model: string, language = 'typescript'): string =>
  applyRule(closers, document, model, { language });

describe('closers', () => {
  it('cuts before a bracket or quote that is closed behind the cursor', () => {
    assert.equal(fit('f(█)', 'a);'), 'a');
    assert.equal(fit('f([█])', 'a]);'), 'a');
    assert.equal(fit('f("█")', 'a");'), 'a');
    assert.equal(fit('f(`${█}`)', 'a}`);'), 'a');
  });

  it('keeps brackets that the text opened itself', () => {
    assert.equal(fit('f(█)', 'g(a)'), 'g(a)');
    assert.equal(fit('f(█)', 'a).g(b'), 'a).g(b');
    assert.equal(fit('f("█")', 'a", "b'), 'a", "b');
  });

  it('keeps brackets that nothing behind the cursor closes', () => {
    assert.equal(fit('f(█', 'a);'), 'a);');
    assert.equal(fit('f(g(█)', 'a)'), 'a)');
    assert.equal(fit('function f() {\n  if (a) {\n    b();█\n}', '\n  }'), '\n  }');
  });

  it('cuts before a closing line that is there already', () => {
    assert.equal(fit('f(() => {\n  █\n});', 'a();\n});'), 'a();');
    assert.equal(fit('class A {\n  f() {\n    █\n  }\n}', 'a();\n  }\n}'), 'a();');
    assert.equal(fit('f(\n  a,\n  █\n);', 'b\n);'), 'b');
  });

  it('tells closing lines apart by their indentation', () => {
    assert.equal(fit('class A {\n  f() {\n    █\n}', 'a();\n  }\n}'), 'a();\n  }');
  });

  it('lets the text replace what it closes', () => {
    assert.equal(fit('if (a) {\n  █\n}', 'b();\n} else {\n  c();'), 'b();\n} else {\n  c();');
    assert.equal(fit('function f({ a█\n  g();\n}', ' }: A) {'), ' }: A) {');
  });

  it('cuts a bracket that was never opened, and keeps the separator behind it', () => {
    assert.equal(fit('f(a█', '));\ng();'), ');');
    assert.equal(fit('f(a█', ']);'), '(nothing)'.slice(0, 0));
    assert.equal(fit('a = 1█', ';\n}\n}'), ';');
  });

  it('takes no notice of brackets in strings and comments', () => {
    assert.equal(fit('f(█)', '")", b /* ) */'), '")", b /* ) */');
  });

  it('puts the closing bracket below lines that fill a pair', () => {
    assert.equal(fit('  f(() => {█});', '\n    a();\n  });'), '\n    a();\n  ');
    assert.equal(fit('  f(() => {█});', '\n    a();\n    b();'), '\n    a();\n    b();\n  ');
    assert.equal(fit('f(█)', '\n  a,\n)'), '\n  a,\n');
  });

  it('gives nothing that would leave a bracket open before a closed one', () => {
    assert.equal(fit('f(█)', 'g('), '(nothing)');
    assert.equal(applyRule(closers, 'f(█)', 'g(\n', { more: true }), '(wait)');
  });

  it('does not know below the start of the window what is open', () => {
    assert.equal(fit('    a();\n  █', 'b();\n}\n}'), 'b();\n}\n}');
  });

  it('takes the same closer behind the cursor for the one that was opened above the window', () => {
    assert.equal(fit('    a();\n    █\n  }\n}', 'b();\n  }\n}'), 'b();');
    assert.equal(fit('    a,\n    █)', 'b)'), 'b');
    assert.equal(fit('    a();\n    █\n}', 'b();\n  }\n}'), 'b();\n  }');
  });

  it('leaves shell patterns and prose', () => {
    assert.equal(fit('case $a in\n  █', 'b) c ;;', 'shellscript'), 'b) c ;;');
    assert.equal(fit('█', 'a) one', 'markdown'), 'a) one');
  });
});
