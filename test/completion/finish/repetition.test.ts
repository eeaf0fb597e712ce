import assert from 'node:assert/strict';
import { isWordLoop, repetition } from '../../../src/completion/finish/repetition.ts';
import { applyRule } from './apply-rule.ts';

const rule = (model: string, more?: true): string =>
  applyRule(repetition, '█', model, more === undefined ? {} : { more });

describe('repetition', () => {
  it('shows a line once that comes three times in a row', () => {
    assert.equal(rule('x();\na();\na();\na();\na();'), 'x();\na();');
    assert.equal(rule('a();\na();\nb();'), 'a();\na();\nb();');
  });

  it('holds a repeated line back until it is known what follows', () => {
    assert.equal(rule('a();\na();\n', true), 'a();');
    assert.equal(rule('a();\na();\nb();\n', true), 'a();\na();\nb();\n');
  });

  it('ends loops of more lines', () => {
    assert.equal(rule('a();\nb();\na();\nb();\na();\nb();\na();'), 'a();\nb();\na();\nb();');
  });

  it('leaves closing brackets and rows of numbers', () => {
    assert.equal(rule('    }\n   }\n  }\n }'), '    }\n   }\n  }\n }');
    assert.equal(rule('0, 0\n0, 0\n0, 0\n0, 0'), '0, 0\n0, 0\n0, 0\n0, 0');
  });

  it('gives nothing for a line that goes round in words', () => {
    assert.equal(rule('the cat and the cat and the cat and the cat and the cat and the cat'), '(nothing)');
    assert.equal(rule('a();\nthe cat and the cat and the cat and the cat and the cat and the cat'), 'a();');
  });

  it('tells loops from data and drawn lines', () => {
    assert.equal(isWordLoop('[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]'), false);
    assert.equal(isWordLoop(`// ${'-'.repeat(78)}`), false);
    assert.equal(isWordLoop('-'.repeat(200)), true);
    assert.equal(isWordLoop('import { a } from "a"; import { b } from "b";'), false);
    assert.equal(isWordLoop('x'.repeat(50)), false);
  });
});
