import assert from 'node:assert/strict';
import { codeFence } from '../../../src/completion/finish/code-fence.ts';
import { applySpanRule } from './apply-rule.ts';

describe('code-fence', () => {
  it('takes the code out of a fence', () => {
    assert.equal(applySpanRule(codeFence, 'a = █', '```ts\nb;\nc;\n```\nDone.'), 'b;\nc;');
    assert.equal(applySpanRule(codeFence, 'a = █', '\n~~~\r\n  b;\r\n~~~'), '  b;');
    assert.equal(applySpanRule(codeFence, 'a = █', '```\nb;'), 'b;');
  });

  it('ends code at a fence that was not opened', () => {
    assert.equal(applySpanRule(codeFence, 'a = █', 'b;\n```\nDone.'), 'b;');
    assert.equal(applySpanRule(codeFence, 'a = █', '```'), '(nothing)');
  });

  it('waits while it may be an opening', () => {
    assert.equal(applySpanRule(codeFence, 'a = █', '``', { more: true }), '(wait)');
    assert.equal(applySpanRule(codeFence, 'a = █', '```type', { more: true }), '(wait)');
    assert.equal(applySpanRule(codeFence, 'a = █', '```ts\n', { more: true }), '(wait)');
    assert.equal(applySpanRule(codeFence, 'a = █', '`b ${c}`', { more: true }), '`b ${c}`');
  });

  it('leaves fences in prose, unless they wrap the answer', () => {
    assert.equal(applySpanRule(codeFence, 'Run:\n█', '```sh\nls\n```', { language: 'markdown' }), '```sh\nls\n```');
    assert.equal(applySpanRule(codeFence, 'Run:\n█', '```markdown\nls\n```', { language: 'markdown' }), 'ls');
  });

  it('leaves fences in documentation', () => {
    assert.equal(applySpanRule(codeFence, '/**\n *█\n */', ' ```ts\n * a();\n * ```'), ' ```ts\n * a();\n * ```');
  });
});
