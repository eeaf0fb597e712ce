import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { languageRules } from '../../../src/completion/syntax/language-rules.ts';
import { closerOf, isBracket, isComment, isString, spansLines } from '../../../src/completion/syntax/open.ts';
import { scan } from '../../../src/completion/syntax/scan.ts';

/** What is open at the end of the text, outermost first. */
function openAtEnd(text: string, language = 'typescript'): string {
  const rules = languageRules(language);
  return scan(text, rules)
    .stack.map((open) => {
      if (isBracket(open)) {
        return open < 0 ? '${' : String.fromCharCode(open);
      }
      return isComment(open) ? `comment ${closerOf(open, rules)}`.trim() : closerOf(open, rules);
    })
    .join(' ');
}

describe('scan', () => {
  it('follows brackets and leaves closed ones behind', () => {
    assert.equal(openAtEnd('f(a[b], {c: (d'), '( { (');
    assert.equal(openAtEnd('f(a[b], {c: d})'), '');
  });

  it('takes no notice of brackets in strings, comments and regular expressions', () => {
    assert.equal(openAtEnd(`f("(", '[', /[({]\\//, /* { */ a // (\n`), '(');
    assert.equal(openAtEnd('x = a / b / (c'), '(');
    assert.equal(openAtEnd("x = 1 # it's (\ny = {'#': [", 'python'), '{ [');
  });

  it('ends a string at its line, unless it may span lines', () => {
    assert.equal(openAtEnd('a = "open\nb('), '(');
    assert.equal(openAtEnd('a = `open\nb('), '`');
    assert.equal(openAtEnd('a = """open\nb(', 'python'), '"""');
    assert.equal(openAtEnd('a = "open \\" (', 'python'), '"');
  });

  it('goes into the code inside template strings and out again', () => {
    assert.equal(openAtEnd('`a ${b({c: 1'), '` ${ ( {');
    assert.equal(openAtEnd('`a ${b({c: 1})} d'), '`');
    assert.equal(openAtEnd('`a ${b} c` + ('), '(');
  });

  it('tells an apostrophe, a lifetime and a character from a string', () => {
    assert.equal(openAtEnd("<p>Don't do {", 'typescriptreact'), '{');
    assert.equal(openAtEnd("fn f<'a>(x: &'a str", 'rust'), '(');
    assert.equal(openAtEnd("if (c == '(' || c == '\\'') {", 'cpp'), '{');
    assert.equal(openAtEnd("x = b'(' + rb'[' + f'{", 'python'), "'");
  });

  it('knows when # begins no comment', () => {
    assert.equal(openAtEnd('if [ $# -gt 1 ]; then f ${#a} {', 'shellscript'), '{');
  });

  it('reports closers that match nothing, and leaves what is open as it is', () => {
    const strays: string[] = [];
    const text = 'f(a] )}';
    const { stack } = scan(text, languageRules('go'), {
      listener: (event, what, index) => {
        if (event === 'stray') {
          strays.push(`${String.fromCharCode(what)}${index}`);
        }
        return undefined;
      },
    });
    assert.deepEqual(strays, [']3', '}6']);
    assert.equal(stack.length, 0);
  });

  it('forgives openers that were left open above the cursor', () => {
    const text = 'function f() {\n  g(\n}\nh(';
    assert.equal(scan(text, languageRules('typescript'), { strictFrom: text.length }).stack.length, 1);
  });

  it('stops when told to', () => {
    let seen = 0;
    scan('((((', languageRules('c'), { listener: () => (++seen === 2 ? 'stop' : undefined) });
    assert.equal(seen, 2);
  });

  it('says of each kind what it is', () => {
    const rules = languageRules('typescript');
    const [bracket, tick] = scan('(`', rules).stack;
    assert.ok(bracket !== undefined && tick !== undefined);
    assert.deepEqual([isBracket(bracket), isString(tick), isComment(tick)], [true, true, false]);
    assert.deepEqual([spansLines(bracket, rules), spansLines(tick, rules)], [false, true]);
  });

  it('gives the same answer for a text in one piece and in two, cut outside of a token', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      '"a"',
      "'b'",
      '`c`',
      '`',
      'x',
      ' ',
      '\n',
      '${',
      '/* d */',
      '// e\n',
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.array(piece),
        fc.constantFrom('typescript', 'python', 'go'),
        (one, two, language) => {
          const rules = languageRules(language);
          const first = scan(one.join(' ') + ' ', rules).stack;
          const whole = scan(`${one.join(' ')} ${two.join(' ')}`, rules).stack;
          assert.deepEqual(scan(two.join(' '), rules, { open: first }).stack, whole);
        },
      ),
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('typescript', 'ruby', 'shellscript', 'html'),
        (text, language) => {
          const { stack, openedAt } = scan(text, languageRules(language));
          assert.equal(stack.length, openedAt.length);
        },
      ),
    );
  });

  it('is done with a hundred thousand brackets, open or closed', () => {
    const rules = languageRules('typescript');
    assert.equal(scan('('.repeat(100_000), rules).stack.length, 100_000);
    assert.equal(scan('('.repeat(100_000) + ')'.repeat(100_000), rules).stack.length, 0);
    assert.equal(scan('}'.repeat(100_000), rules).stack.length, 0);
  });
});
