import assert from 'node:assert/strict';
import { indentation } from '../../../src/completion/finish/indentation.ts';
import { applyRule } from './apply-rule.ts';

const FOUR = 'if (x) {\n    y();\n}\n';

describe('indentation', () => {
  it('leaves lines that are indented like the file', () => {
    const model = 'if (a) {\n    b();\n  }\n  c();';
    assert.equal(applyRule(indentation, '{\n  █', model), model);
  });

  it('moves lines that are indented from the margin to the cursor', () => {
    assert.equal(
      applyRule(indentation, 'f(() => {\n  █', 'if (a) {\n  b();\n}\nc();'),
      'if (a) {\n    b();\n  }\n  c();',
    );
    assert.equal(applyRule(indentation, 'f(() => {\n  █', 'a();\nb();'), 'a();\n  b();');
    assert.equal(applyRule(indentation, '  if (a) {█', '\n  b();\n}'), '\n    b();\n  }');
  });

  it('leaves lines that end the block, labels and directives', () => {
    assert.equal(applyRule(indentation, 'f(() => {\n  █', 'a();\n});'), 'a();\n});');
    assert.equal(applyRule(indentation, '  switch (a) {\n  █', 'b();\n  case 1:'), 'b();\n  case 1:');
    assert.equal(applyRule(indentation, 'f() {\n  █', 'a();\n#endif', { language: 'cpp' }), 'a();\n#endif');
  });

  it('knows where a switch has its labels', () => {
    const labels = 'case 1:\n  case 2:\n    a();';
    assert.equal(applyRule(indentation, 'switch (b) {\n  █', labels), labels);
    assert.equal(applyRule(indentation, '  switch (b) {\n    case 1:█', '\n    case 2:'), '\n    case 2:');
    assert.equal(applyRule(indentation, 'f() {\n  █', 'switch (b) {\n  case 1:\n}'), 'switch (b) {\n    case 1:\n  }');
    const go = 'switch b {\n\tcase 1:\n\t}';
    assert.equal(applyRule(indentation, 'func f() {\n\t█', go, { language: 'go', unit: '\t' }), go);
  });

  it('leaves a dedent in Python, which may be meant', () => {
    assert.equal(
      applyRule(indentation, 'for a in b:\n    █', 'c()\nd()', { language: 'python', unit: '    ' }),
      'c()\nd()',
    );
  });

  it("turns the model's levels into those of the file", () => {
    assert.equal(applyRule(indentation, `${FOUR}█`, 'if (a) {\n  b();\n}', { unit: '    ' }), 'if (a) {\n    b();\n}');
  });

  it('leaves levels that the file uses too, or when it shows none', () => {
    const model = 'if (a) {\n  b();\n}';
    assert.equal(applyRule(indentation, `${FOUR}if (z) {\n  y();\n}\n█`, model, { unit: '    ' }), model);
    assert.equal(applyRule(indentation, '█', model, { unit: '    ' }), model);
  });

  it('writes tabs where the file has tabs, whatever the model counts as one', () => {
    const file = 'func f() {\n\ta()\n\t█\n}';
    const go = { language: 'go', unit: '\t' };
    const wanted = 'if b {\n\t\tc()\n\t}';
    assert.equal(applyRule(indentation, file, 'if b {\n        c()\n    }', go), wanted);
    assert.equal(applyRule(indentation, file, 'if b {\n    c()\n}', go), wanted);
    assert.equal(applyRule(indentation, file, wanted, go), wanted);
    assert.equal(applyRule(indentation, 'func f() {█', '\n  a()\n}', go), '\n\ta()\n}');
  });

  it('writes blanks where the file has blanks', () => {
    assert.equal(applyRule(indentation, 'f() {\n  a();\n  █\n}', 'if (b) {\n\t\tc();\n\t}'), 'if (b) {\n    c();\n  }');
  });

  it('goes by the line of the cursor where nothing else is indented', () => {
    assert.equal(applyRule(indentation, 'f() {\n\t█\n}', 'a();\n\tb();', { unit: '    ' }), 'a();\n\tb();');
  });

  it('keeps what is inside a string', () => {
    const model = 'a = `\n\tb\n  c`;\n\td();';
    assert.equal(applyRule(indentation, 'f() {\n  █\n}', model), 'a = `\n\tb\n  c`;\n  d();');
  });

  it('keeps aligned arguments and continued statements', () => {
    const python = { language: 'python', unit: '    ' };
    assert.equal(applyRule(indentation, 'a = 1\n█', 'b = f(c,\n      d)', python), 'b = f(c,\n      d)');
    assert.equal(applyRule(indentation, 'a = 1\n█', 'def f(\n        b,\n):', python), 'def f(\n        b,\n):');
    assert.equal(applyRule(indentation, 'if f(a,\n     b):█', '\n    c()', python), '\n    c()');
  });

  it('empties blank lines', () => {
    assert.equal(applyRule(indentation, '█', 'a();\n   \nb();'), 'a();\n\nb();');
  });
});
