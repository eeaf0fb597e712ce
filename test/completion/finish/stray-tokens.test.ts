import assert from 'node:assert/strict';
import { strayTokens } from '../../../src/completion/finish/stray-tokens.ts';
import { applySpanRule } from './apply-rule.ts';

describe('stray-tokens', () => {
  it('ends the text at a token of any template', () => {
    const tokens = [
      '<|endoftext|>',
      '<|fim_middle|>',
      '<｜end▁of▁sentence｜>',
      '<fim_suffix>',
      '<fim-prefix>',
      '<file_sep>',
      '<EOT>',
      '</s>',
      '[SUFFIX]',
      '<[fim-suffix]>',
      '<end_of_turn>',
      '</COMPLETION>',
      '<|code_suffix|>',
      '</think>',
    ];
    for (const token of tokens) {
      assert.equal(applySpanRule(strayTokens, 'a = █', `b;${token}\nc;`), 'b;', token);
    }
  });

  it('skips tokens at the start', () => {
    assert.equal(applySpanRule(strayTokens, 'a = █', '<MID> b;'), ' b;');
    assert.equal(applySpanRule(strayTokens, 'a = █', '<COMPLETION>\nb;\n</COMPLETION>'), 'b;\n');
    assert.equal(applySpanRule(strayTokens, 'f() {█', '<COMPLETION>\n  b;\n}</COMPLETION>'), '\n  b;\n}');
  });

  it('removes the beginning of a token at the end of an answer', () => {
    assert.equal(applySpanRule(strayTokens, 'a = █', 'b;<|endof'), 'b;');
    assert.equal(applySpanRule(strayTokens, 'a = █', 'b;<｜fim▁e'), 'b;');
    assert.equal(applySpanRule(strayTokens, 'a = █', 'b <|', { language: 'fsharp' }), 'b <|');
    assert.equal(applySpanRule(strayTokens, 'a = █', 'b;<|endof', { more: true }), 'b;<|endof');
  });

  it('leaves the tokens of someone who writes about them', () => {
    assert.equal(applySpanRule(strayTokens, "a = ['<|fim_pad|>', █]", "'<|endoftext|>'"), "'<|endoftext|>'");
    assert.equal(applySpanRule(strayTokens, 'a = █', '"<EOT>";'), '"<EOT>";');
  });

  it('leaves HTML and operators alone', () => {
    assert.equal(applySpanRule(strayTokens, '<p>█', '<s>old</s> new', { language: 'html' }), '<s>old</s> new');
    assert.equal(applySpanRule(strayTokens, 'a = █', 'f <| b |> c', { language: 'fsharp' }), 'f <| b |> c');
    assert.equal(applySpanRule(strayTokens, 'a: █', 'Map<string, EOT>;'), 'Map<string, EOT>;');
  });
});
