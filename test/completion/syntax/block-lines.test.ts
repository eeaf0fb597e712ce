import assert from 'node:assert/strict';
import {
  closesBlock,
  codeOf,
  continuesBlock,
  isOnlyClosers,
  openerOf,
} from '../../../src/completion/syntax/block-lines.ts';
import { languageRules } from '../../../src/completion/syntax/language-rules.ts';

function opener(line: string, language = 'typescript'): string | undefined {
  return openerOf(line, languageRules(language));
}

describe('block lines', () => {
  it('tells braces that hold statements from those that hold values', () => {
    const blocks = [
      'if (a) {',
      'f(() => {',
      'else {',
      '} catch {',
      'class A extends B<C> {',
      'get(id: string): Map<A, B> {',
      '{',
      'a.map((x) => { // each',
    ];
    for (const line of blocks) {
      assert.equal(opener(line), 'block', line);
    }
    for (const line of ['const a = {', 'f({', 'f(a, {', '  key: {', 'return {', 'a ? {', 'x=>({', '<A b={']) {
      assert.equal(opener(line), 'literal', line);
    }
    for (const line of ['f(', 'const a = [']) {
      assert.equal(opener(line), 'list', line);
    }
    for (const line of ['a();', '}', 'f({})', '// if (a) {', "const a = '{';", '']) {
      assert.equal(opener(line), undefined, line);
    }
  });

  it('knows how each kind of language opens a block', () => {
    assert.equal(opener('def f(a):  # says', 'python'), 'block');
    assert.equal(opener('x = {', 'python'), 'literal');
    assert.equal(opener('services:', 'yaml'), 'block');
    assert.equal(opener('image: nginx', 'yaml'), undefined);
    assert.equal(opener('list.each do |item|', 'ruby'), 'block');
    assert.equal(opener('def add(a, b)', 'ruby'), 'block');
    assert.equal(opener('def add(a, b) = a + b', 'ruby'), undefined);
    assert.equal(opener('return 1 if a', 'ruby'), undefined);
    assert.equal(opener('local f = function(a)', 'lua'), 'block');
    assert.equal(opener('if a then return b end', 'lua'), undefined);
    assert.equal(opener('for x in *; do', 'shellscript'), 'block');
    assert.equal(opener('x := T{', 'go'), 'literal');
    assert.equal(opener('type T struct {', 'go'), 'block');
    assert.equal(opener('case 1:', 'go'), 'block');
    assert.equal(opener('a { /* red */', 'css'), 'block');
    assert.equal(opener('<ul class="a">', 'html'), 'block');
    assert.equal(opener('<li>a</li>', 'html'), undefined);
    assert.equal(opener('<br>', 'html'), undefined);
    assert.equal(opener('# Title:', 'markdown'), undefined);
  });

  it('recognises lines that end a block or go on with it', () => {
    const ruby = languageRules('ruby');
    const typescript = languageRules('typescript');
    assert.ok(closesBlock('  end', ruby));
    assert.ok(!closesBlock('ending = 1', ruby));
    assert.ok(closesBlock('});', typescript));
    assert.ok(!closesBlock('end();', typescript));
    assert.ok(continuesBlock('else {', typescript));
    assert.ok(continuesBlock('.then()', typescript));
    assert.ok(!continuesBlock('elsewhere();', typescript));
    assert.ok(!continuesBlock('--i;', typescript));
    assert.ok(isOnlyClosers(' });'));
    assert.ok(!isOnlyClosers(' }) {'));
  });

  it('finds the code before a comment, and no comment in a string', () => {
    assert.equal(codeOf('a(); // b', languageRules('go')), 'a();');
    assert.equal(codeOf('a("// b");', languageRules('go')), 'a("// b");');
    assert.equal(codeOf('a(/* b */ c);', languageRules('go')), 'a(/* b */ c);');
    assert.equal(codeOf('a(); /* b */', languageRules('go')), 'a();');
  });
});
