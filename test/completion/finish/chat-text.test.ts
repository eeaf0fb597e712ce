import assert from 'node:assert/strict';
import { chatText } from '../../../src/completion/finish/chat-text.ts';
import { applySpanRule } from './apply-rule.ts';

describe('chat-text', () => {
  it('skips what is said before the code', () => {
    const said = [
      "Sure! Here's the code:",
      'Here is the completed function:',
      'Certainly.',
      "I'll complete the code for you:",
      'The missing code:',
      'Answer:',
    ];
    for (const line of said) {
      assert.equal(applySpanRule(chatText, 'a = █', `${line}\n\n  b;`), '  b;', line);
    }
    assert.equal(applySpanRule(chatText, 'a = █', 'Sure!\nHere is the code:\nb;'), 'b;');
  });

  it('takes code for code', () => {
    for (const line of ['here(a): b;', 'sure = a.', 'let me = 1;', 'this.is(a).', 'Okay<T>: b', 'return a']) {
      assert.equal(applySpanRule(chatText, 'a = █', `${line}\nb;`), `${line}\nb;`, line);
    }
  });

  it('gives nothing for a refusal, or for an announcement alone', () => {
    assert.equal(applySpanRule(chatText, 'a = █', "I'm sorry, but I cannot help."), '(nothing)');
    assert.equal(applySpanRule(chatText, 'a = █', 'Here is the code:'), '(nothing)');
    assert.equal(applySpanRule(chatText, 'a = █', 'Here is the code:', { more: true }), '(wait)');
  });

  it('ends the text where it is explained', () => {
    assert.equal(applySpanRule(chatText, 'a = █', 'b;\n\nThis code adds two numbers.'), 'b;');
    assert.equal(applySpanRule(chatText, 'a = █', 'b;\n\n**Explanation:** it adds.\n\nc'), 'b;');
    assert.equal(
      applySpanRule(chatText, 'a = █', 'b;\n\nThis.code(adds) two numbers;'),
      'b;\n\nThis.code(adds) two numbers;',
    );
  });

  it('leaves prose where prose is written', () => {
    assert.equal(applySpanRule(chatText, '█', 'Here is the list:\n', { language: 'markdown' }), 'Here is the list:\n');
    assert.equal(applySpanRule(chatText, '// █', 'Here is the list:\n'), 'Here is the list:\n');
    assert.equal(applySpanRule(chatText, 'a = "█', 'Here is the list:\n'), 'Here is the list:\n');
  });
});
