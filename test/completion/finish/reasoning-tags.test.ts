import assert from 'node:assert/strict';
import { reasoningTags } from '../../../src/completion/finish/reasoning-tags.ts';
import { applySpanRule } from './apply-rule.ts';

const left = (model: string, more?: true): string =>
  applySpanRule(reasoningTags, 'a = █', model, more === undefined ? {} : { more });

describe('reasoning-tags', () => {
  it('removes what was thought aloud before the answer', () => {
    assert.equal(left('<think>\nHm.\n</think>\n\nb;'), 'b;');
    assert.equal(left('  <Thinking>x</Thinking> b;'), ' b;');
  });

  it('keeps the indentation of the answer', () => {
    assert.equal(left('<think></think>\n    b;'), '    b;');
  });

  it('waits while it is still thinking, or may begin to', () => {
    assert.equal(left('<think>\nHm.', true), '(wait)');
    assert.equal(left('<thi', true), '(wait)');
  });

  it('gives nothing when it only thought', () => {
    assert.equal(left('<think>\nHm.'), '(nothing)');
  });

  it('leaves other tags alone', () => {
    assert.equal(left('<div>', true), '<div>');
    assert.equal(left('b <think> c'), 'b <think> c');
  });
});
