/** A stream speaks for a place exactly when what was typed since is what it says. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agreement, anchorAt, suffixAgrees } from '../../src/completion/agreement.ts';

const place = (before: string, after = '', fromStart = true) => ({ before, after, fromStart });

describe('agreement', () => {
  it('gives the rest of the text wherever the user stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), fc.nat(), (before, text, cut) => {
        fc.pre(!/\n[ \t]/.test(text));
        const typed = text.slice(0, cut % (text.length + 1));
        const agreed = agreement(anchorAt(place(before)), text, true, place(before + typed));
        assert.deepEqual(agreed, { type: 'covers', rest: text.slice(typed.length), consumed: typed.length });
      }),
    );
  });

  it('never covers a place where something else was typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (before, text, at) => {
        const index = at % text.length;
        const other = text[index] === '#' ? '%' : '#';
        const typed = text.slice(0, index) + other;
        fc.pre(!/\s/.test(text));
        assert.equal(agreement(anchorAt(place(before)), text, false, place(before + typed)).type, 'differs');
      }),
    );
  });

  it('waits for a stream that has not come so far', () => {
    const anchor = anchorAt(place('a = '));
    assert.deepEqual(agreement(anchor, 'fo', false, place('a = foo')), { type: 'pending' });
    assert.deepEqual(agreement(anchor, '', false, place('a = ')), { type: 'pending' });
    assert.deepEqual(agreement(anchor, 'fo', true, place('a = foo')), { type: 'elsewhere' });
  });

  it('finds its place again after edits above it', () => {
    const long = 'x'.repeat(600);
    const anchor = anchorAt(place(`${long}\nlet a = `));
    assert.equal(agreement(anchor, 'one();', true, place(`// new line\n${long}\nlet a = on`)).type, 'covers');
  });

  it('does not take what was typed behind a huge line for another place', () => {
    // The window ends at the huge line: little or nothing is left to recognise the place by.
    for (const indent of ['', '  ']) {
      const anchor = anchorAt(place(indent, '', false));
      const typed = (text: string) => agreement(anchor, 'one();', true, place(indent + text, '', false));
      assert.deepEqual(typed('on'), { type: 'covers', rest: 'e();', consumed: 2 });
      assert.equal(typed('other  ').type, 'differs');
      assert.equal(agreement(anchor, 'one();', true, place(`other${indent}`, '', true)).type, 'elsewhere');
    }
  });

  it('does not offer what was deleted where nothing was said', () => {
    assert.equal(agreement(anchorAt(place('a = b')), ' \n', true, place('a = ')).type, 'elsewhere');
  });

  it('lets the editor indent by its own rules', () => {
    const anchor = anchorAt(place('if (a) {'));
    const text = '\n    run();\n    stop();\n}';
    const rest = (typed: string) => {
      const agreed = agreement(anchor, text, true, place(`if (a) {${typed}`));
      return agreed.type === 'covers' ? agreed.rest : agreed.type;
    };
    assert.equal(rest('\n  '), '  run();\n    stop();\n}');
    assert.equal(rest('\n\t'), 'run();\n    stop();\n}');
    assert.equal(rest('\n        '), 'run();\n    stop();\n}');
    assert.equal(rest('\n\trun();\n\t'), 'stop();\n}');
  });

  it('does not put deleted line breaks or blanks back', () => {
    assert.equal(agreement(anchorAt(place('a\n')), 'b', true, place('a')).type, 'elsewhere');
    const agreed = agreement(anchorAt(place('if (a) { ')), '\n  b', true, place('if (a) {'));
    assert.deepEqual(agreed, { type: 'covers', rest: '\n  b', consumed: -1 });
  });
});

describe('the text behind the cursor', () => {
  it('may change by closers that the editor put there or that were typed over', () => {
    assert.ok(suffixAgrees('', ')'));
    assert.ok(suffixAgrees('")', ')'));
    assert.ok(suffixAgrees('}\nnext();', '\n}\nnext();'));
  });

  it('may not change by anything else', () => {
    assert.ok(!suffixAgrees('\nnext();', '\nother();'));
    assert.ok(!suffixAgrees('', 'x'));
  });
});
