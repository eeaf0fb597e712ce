import assert from 'node:assert/strict';
import { prefixEcho } from '../../../src/completion/finish/prefix-echo.ts';
import { applyRule } from './apply-rule.ts';

describe('prefix-echo', () => {
  it('removes the start of the line', () => {
    assert.equal(applyRule(prefixEcho, '  const a = █', 'const a = 1;'), '1;');
    assert.equal(applyRule(prefixEcho, '  const a = █', '  const a = 1;'), '1;');
    assert.equal(applyRule(prefixEcho, '  return█', 'return a;'), ' a;');
  });

  it('removes the last word', () => {
    assert.equal(applyRule(prefixEcho, 'for i in ran█', 'range(10):', { language: 'python' }), 'ge(10):');
    assert.equal(applyRule(prefixEcho, 'a = compute█', 'compute(b)'), '(b)');
  });

  it('removes a short word only with the other side repeated too', () => {
    assert.equal(applyRule(prefixEcho, 'f(a█)', 'a, b)'), ', b)');
    assert.equal(applyRule(prefixEcho, 'f(a█)', 'a, b);\nc();', { more: true }), ', b);\nc();');
    assert.equal(applyRule(prefixEcho, 'f(a█)', 'a, b'), 'a, b');
    assert.equal(applyRule(prefixEcho, 'x = a█', 'a;'), 'a;');
  });

  it('leaves a word that is known twice over', () => {
    assert.equal(applyRule(prefixEcho, 'tartar = 1\nx = tar█', 'tar + 1'), 'tar + 1');
  });

  it('leaves a word that goes on', () => {
    assert.equal(applyRule(prefixEcho, 'con█', 'st a = 1;'), 'st a = 1;');
    assert.equal(applyRule(prefixEcho, 're█', 'return a;'), 'return a;');
  });

  it('removes lines above, with the line of the cursor', () => {
    assert.equal(applyRule(prefixEcho, 'import os\nimport sys\n█', 'import os\nimport sys\nimport re'), 'import re');
    assert.equal(applyRule(prefixEcho, 'const alpha = 1;\nconst b = █', 'const alpha = 1;\nconst b = 2;'), '2;');
  });

  it('waits while all that has come repeats the lines above', () => {
    assert.equal(applyRule(prefixEcho, 'import os\nimport sys\n█', 'import os\nimport s', { more: true }), '(wait)');
    assert.equal(
      applyRule(prefixEcho, 'const alpha = 1;\nconst b = █', 'const alpha = 1;\ncon', { more: true }),
      '(wait)',
    );
    assert.equal(
      applyRule(prefixEcho, 'const alpha = 1;\nconst b = █', 'const alpha = 1;\nlet', { more: true }),
      'const alpha = 1;\nlet',
    );
  });

  it('leaves closing lines, which repeat by right', () => {
    assert.equal(applyRule(prefixEcho, '    }\n  }\n█', '}\n}\nnext();'), '}\n}\nnext();');
  });
});
