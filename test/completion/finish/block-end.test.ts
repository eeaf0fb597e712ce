import assert from 'node:assert/strict';
import { type BlockLimits, blockEnd } from '../../../src/completion/finish/block-end.ts';
import { type RuleOptions, applyRule } from './apply-rule.ts';

function block(document: string, model: string, options: RuleOptions & Partial<BlockLimits> = {}): string {
  const limits = { statements: options.statements ?? 'one', maxLines: options.maxLines ?? 20 } as const;
  return applyRule((draft, scene) => blockEnd(draft, scene, limits), document, model, options);
}

const PYTHON = { language: 'python', unit: '    ' } as const;

describe('block-end', () => {
  it('ends a body with the line that closes it', () => {
    assert.equal(block('f() {█', '\n  a();\n\n  b();\n}\nc();'), '\n  a();\n\n  b();\n}');
    assert.equal(block('f() {\n  █', 'a();\n}\nc();'), 'a();\n}');
    assert.equal(block('def f\n  █', 'a\nend\nb', { language: 'ruby' }), 'a\nend');
    assert.equal(block('<ul>\n  █', '<li>a</li>\n</ul>\n<p>', { language: 'html' }), '<li>a</li>\n</ul>');
  });

  it('goes on with else and catch', () => {
    const model = '\n  a();\n} else {\n  b();\n}';
    assert.equal(block('if (x) {█', `${model}\nc();`), model);
    const python = '\n    a()\nelse:\n    b()';
    assert.equal(block('if x:█', `${python}\nc()`, PYTHON), python);
  });

  it('ends a body in Python where lines are less indented', () => {
    assert.equal(block('def f():\n    █', 'a()\n\n    b()\n\n\ndef g():', PYTHON), 'a()\n\n    b()');
    assert.equal(block('def f():\n    █', 'a()\n@g', PYTHON), 'a()');
  });

  it('finds the head of a body that spans lines', () => {
    assert.equal(block('if f(a,\n     b):\n    █', 'c()\nd()', PYTHON), 'c()');
  });

  it('takes one statement among others, with its body', () => {
    const loop = 'for (a of b) {\n  c();\n}';
    assert.equal(block('// Runs.\n█', `${loop}\nd();`), loop);
    assert.equal(block('// Runs.\n█', 'f(\n  a,\n);\nb();'), 'f(\n  a,\n);');
    assert.equal(block('// Runs.\n█', 'a();\nb();\n\nc();'), 'a();\nb();');
    assert.equal(block('# Runs.\n█', 'def f():\n    a()\nb()', PYTHON), 'def f():\n    a()');
    assert.equal(block('// Runs.\n█', 'void f()\n{\n  a();\n}\nb();', { language: 'c' }), 'void f()\n{\n  a();\n}');
  });

  it('takes all of them to the end of the block when asked to', () => {
    const model = 'a();\n\n  b();\n}';
    assert.equal(block('f() {\n  x();\n  █', `${model}\nc();`, { statements: 'all' }), model);
  });

  it('ends at two blank lines', () => {
    assert.equal(block('f() {\n  █', 'a();\n\n\n  b();'), 'a();');
  });

  it('reads no indentation inside of strings, and none from directives', () => {
    assert.equal(block('f() {\n  █', 'a = `\nx\n`;\n}'), 'a = `\nx\n`;\n}');
    assert.equal(block('f() {\n  █', '#if A\n  a();\n#endif\n}', { language: 'c' }), '#if A\n  a();\n#endif\n}');
  });

  it('does not decide by a line that is not there yet', () => {
    assert.equal(block('def f():\n    █', 'a()\nels', { ...PYTHON, more: true }), 'a()\nels');
  });

  it('shows no more lines than allowed', () => {
    assert.equal(block('f() {\n  █', 'a();\n  b();\n  c();\n}', { maxLines: 2 }), 'a();\n  b();');
    assert.equal(block('f() {█', '\n  a();\n  b();\n  c();\n}', { maxLines: 2 }), '\n  a();\n  b();');
  });

  it('ends prose with the paragraph', () => {
    assert.equal(block('█', 'One\ntwo.\n\nThree.', { language: 'markdown' }), 'One\ntwo.');
  });
});
