import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_PREFIX_CHARACTERS, endOfPrefix } from '../../src/predictor/prefix.ts';
import { TypedText } from '../../src/predictor/typed-text.ts';
import { Vocabulary } from '../../src/predictor/vocabulary.ts';

const vocabulary = new Vocabulary(1 << 16, 1 << 20);

function contentOf(typed: TypedText): object {
  const { index, lineCount, lineStarts, unit, indent } = typed;
  return {
    tokens: [...typed.tokens.subarray(0, index.length)],
    starts: [...lineStarts.subarray(0, lineCount)],
    siblings: Array.from({ length: lineCount }, (_, line) => typed.siblingOf(line)),
    // Each line is findable as often as it stands above the last.
    counts: Array.from({ length: lineCount - 1 }, (_, line) =>
      typed.countLine(typed.tokens, lineStarts[line]!, lineStarts[line + 1]! - 1),
    ),
    places: Array.from({ length: index.length }, (_, end) => chainOf(typed, end + 1)),
    unit,
    indent,
  };
}

function chainOf(typed: TypedText, end: number): number[] {
  const places: number[] = [];
  for (let place = typed.index.newest(typed.tokens, end); place >= 0; place = typed.index.older(place)) {
    places.push(place);
  }
  return places;
}

const parts = fc.array(
  fc.constantFrom(
    '\n',
    '\n  ',
    '\n    ',
    '\n\n',
    '\n   \n',
    'a',
    'b',
    ' ',
    'if',
    '(',
    ')',
    '{',
    '}',
    '  ',
    '\t',
    '\n\t',
  ),
  { maxLength: 40 },
);

describe('the typed text', () => {
  it('is after any series of edits what it would be if read at once', () => {
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 8 }), parts, (edits, common) => {
        const typed = new TypedText();
        for (const edit of edits) {
          const text = [...common, ...edit].join('');
          typed.read('a.ts', text, vocabulary);
          const fresh = new TypedText();
          fresh.read('a.ts', text, vocabulary);
          assert.deepEqual(contentOf(typed), contentOf(fresh));
        }
      }),
    );
  });

  it('knows the last line of the same indentation where a block ends', () => {
    const typed = new TypedText();
    typed.read('a.py', 'if a:\n    b\n    c\nelse:\n    d\n', vocabulary);
    assert.equal(typed.siblingOf(3), 0);
    assert.equal(typed.siblingOf(5), 3);
    assert.equal(typed.siblingOf(1), -1);
  });

  it('counts how often a line stands above', () => {
    const typed = new TypedText();
    typed.read('a.ts', 'foo();\nbar();\n  foo();\nx', vocabulary);
    const from = typed.lineStarts[0]!;
    assert.equal(typed.countLine(typed.tokens, from, typed.lineStarts[1]! - 1).count, 2);
  });

  it('reads only the end of a long text, and begins at the same place while it grows', () => {
    const line = `${'x'.repeat(99)}\n`;
    const text = line.repeat(1000);
    const before = endOfPrefix(text);
    const after = endOfPrefix(`${text}more\n`);
    assert.ok(before.length <= MAX_PREFIX_CHARACTERS);
    assert.ok(before.length > MAX_PREFIX_CHARACTERS / 2);
    assert.ok(after.startsWith(before));
  });
});
