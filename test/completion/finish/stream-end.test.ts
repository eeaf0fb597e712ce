import assert from 'node:assert/strict';
import type { StreamEnd } from '../../../src/completion/finish/finish.ts';
import { findStreamEnd } from '../../../src/completion/finish/stream-end.ts';
import { type RuleOptions, contextFor } from './apply-rule.ts';

/** The first end that is found while the model's text grows, as what is kept and why. */
function endOf(document: string, model: string, options: RuleOptions = {}, lookAhead = 2): string {
  const context = contextFor(document, options);
  for (let length = 1; length <= model.length; length++) {
    const end: StreamEnd | undefined = findStreamEnd(model.slice(0, length), context, lookAhead);
    if (end !== undefined) {
      return `${end.reason}: ${JSON.stringify(model.slice(0, end.cutAt))}`;
    }
  }
  return 'open';
}

const LINE = { mode: 'line' } as const;

describe('the end of a stream', () => {
  it('comes with the end of the block', () => {
    assert.equal(endOf('f() {█', '\n  a();\n}\n\nb();'), 'block-end: "\\n  a();\\n}"');
    assert.equal(
      endOf('def f():█', '\n    a()\nb()\nc()', { language: 'python', unit: '    ' }),
      'block-end: "\\n    a()"',
    );
  });

  it('comes some lines behind the first in line mode', () => {
    assert.equal(endOf('a = █', 'b;\nc;\nd;\ne;\nf;', LINE), 'max-lines: "b;\\nc;\\nd;"');
    assert.equal(endOf('a = █', 'b;\nc;\nd;\ne;\nf;', LINE, 0), 'max-lines: "b;"');
  });

  it('comes before that where the block ends', () => {
    assert.equal(endOf('f() {\n  x();\n  █', 'a();\n}\n\ng();\nh();\ni();', LINE, 9), 'block-end: "a();\\n}"');
  });

  it('does not come at a blank line in line mode', () => {
    assert.equal(endOf('a = █', 'b;\n\nc;\n', LINE, 4), 'open');
  });

  it('comes where the text runs into what follows', () => {
    assert.equal(endOf('█\nc();\nd();', 'a();\nb();\nc();\nd();', LINE, 9), 'suffix: "a();\\nb();"');
    assert.equal(endOf('f() {\n  █\n}', 'a();\n}\nb();'), 'suffix: "a();"');
  });

  it('keeps what the user may type over', () => {
    assert.equal(endOf('f(█)', 'a);\nb();\nc();\nd();', LINE), 'max-lines: "a);\\nb();\\nc();"');
  });

  it('comes when the text goes round in circles, without waiting for a line', () => {
    assert.match(endOf('█', 'a();\nb();\nb();\nb();\nb();'), /^repetition: "a\(\);\\nb\(\);"/);
    assert.match(endOf('x = █', 'a and b and '.repeat(20), LINE), /^repetition/);
  });

  it('comes when nothing will be shown', () => {
    assert.match(endOf('  a();\n  █\n  b();', 'b();\nc();', LINE), /^suffix/);
    assert.match(endOf('a = █', "I'm sorry, I cannot.\nb", LINE), /^suffix/);
  });

  it('comes at a token that ends the answer', () => {
    assert.equal(endOf('a = █', 'b;<|endoftext|>import', LINE), 'block-end: "b;"');
  });

  it('does not come before something is there', () => {
    assert.equal(endOf('f() {█', '\n\n  <think>', LINE), 'open');
    assert.equal(endOf('a = █', '<think>\nb\nc\nd\ne\nf', LINE), 'open');
  });
});
