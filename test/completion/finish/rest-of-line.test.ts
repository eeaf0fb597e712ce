import assert from 'node:assert/strict';
import { restOfLine, separators } from '../../../src/completion/finish/rest-of-line.ts';
import { applyRule } from './apply-rule.ts';

const fit = (document: string, model: string, language = 'typescript'): string =>
  applyRule(restOfLine, document, model, { language });
const separate = (document: string, model: string): string => applyRule(separators, document, model);

describe('rest-of-line', () => {
  it('ends the text where it repeats the text behind the cursor', () => {
    assert.equal(fit('a = █ + b;', 'c * 2 + b;'), 'c * 2 ');
    assert.equal(fit('f(█, b, c);', 'a, b'), 'a');
    assert.equal(fit('if (█) {', 'a > 0) {\n  b();'), 'a > 0');
  });

  it('leaves text that only looks alike', () => {
    assert.equal(fit('a = █ban', 'cabana'), 'cabana');
    assert.equal(fit('f(█, b)', 'a'), 'a');
  });

  it('keeps whole lines above text that is pushed down', () => {
    assert.equal(fit('  █b();', 'a();\n  b();'), 'a();\n  ');
    assert.equal(fit('  █b();', 'a();\n  '), 'a();\n  ');
  });

  it('refuses what cannot stand before the text', () => {
    assert.equal(fit('a = █ + b;', 'c;'), '(nothing)');
    assert.equal(fit('a = █ + b;', 'c\nd'), '(nothing)');
    assert.equal(fit('a = █ + b;', '\n  c'), '(nothing)');
  });

  it('waits until it knows whether the text follows on the next line', () => {
    assert.equal(applyRule(restOfLine, '  █b();', 'a();\n  ', { more: true }), '(wait)');
    assert.equal(applyRule(restOfLine, '  █b();', 'a();\n  b();', { more: true }), 'a();\n  ');
    assert.equal(applyRule(restOfLine, '  █b();', 'a()', { more: true }), '(wait)');
  });

  it('ends text in comments before the bracket that an editor has closed', () => {
    assert.equal(fit('// see f(█)', 'a) and (b) below'), 'a');
    assert.equal(fit('// see f(█)', '(a)'), '(a)');
  });
});

describe('rest-of-line, separators', () => {
  it('removes what separates the statement from the next', () => {
    assert.equal(separate('a = █;', 'b;'), 'b');
    assert.equal(separate('{ a: █, c }', 'b,'), 'b,');
    assert.equal(separate('a: █,', 'b,'), 'b');
    assert.equal(separate('<a █>', 'b="c">'), 'b="c"');
  });

  it('removes the end of a statement inside brackets, but not in the head of a loop', () => {
    assert.equal(separate('f(█)', 'a;'), 'a');
    assert.equal(separate('for (let i = 0█)', ';'), ';');
  });

  it('removes a closing tag that is there, unless the text opened one', () => {
    assert.equal(separate('<b>█</b>', 'a</b>'), 'a');
    assert.equal(separate('<b>█</b>', '<b>a</b>'), '<b>a</b>');
  });
});
