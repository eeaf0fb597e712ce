import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type IndentUnit, detectIndentUnit } from '../../src/predictor/line-break.ts';
import { type Token, detokenize, tokenize } from '../../src/predictor/tokenizer.ts';
import { MAX_WORD_UNITS, Vocabulary } from '../../src/predictor/vocabulary.ts';

const vocabulary = new Vocabulary(1 << 16, 1 << 22);

function tokensOf(text: string, unit: IndentUnit): Token[] {
  const tokens: Token[] = [];
  tokenize(text, unit, {
    word: (source, start, end) => vocabulary.intern(source, start, end),
    token: (token) => tokens.push(token),
  });
  return tokens;
}

function wordsOf(text: string): string[] {
  return tokensOf(text, 2).map(
    (token) => ((token & 1) === 1 ? ' ' : '') + (token >> 1 < 256 ? '⏎' : vocabulary.text(token >> 1)),
  );
}

function roundTrip(text: string, unit: IndentUnit): string {
  return detokenize(tokensOf(text, unit), unit, (id) => vocabulary.text(id));
}

const units = fc.constantFrom<IndentUnit[]>('tab', 2, 3, 4, 8);
const sourceText = fc
  .array(
    fc.constantFrom(
      ...[
        '\n',
        '\n\n',
        '\n  ',
        '\n    ',
        '\n\t',
        '\n\t\t',
        '\n \t',
        '\n   \n',
        '\n* ',
        '\n\n\n\n\n\n',
        ' ',
        '  ',
        '\t',
      ],
      ...[
        'foo',
        'Bar_1',
        '$x',
        '=>',
        '===',
        '/',
        '**',
        '(',
        ')',
        '"',
        '`',
        '#',
        '…',
        'é',
        '日本語',
        '😀',
        '\ud83d',
        '\r',
        '\f',
      ],
      ...['x'.repeat(150), '😀'.repeat(70), ' '.repeat(200)],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('the tokenizer', () => {
  it('gives every text back exactly, whatever it is said to be indented by', () => {
    fc.assert(fc.property(sourceText, units, (text, unit) => assert.equal(roundTrip(text, unit), text)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), units, (text, unit) => assert.equal(roundTrip(text, unit), text)),
    );
  });

  it('keeps words whole and a single blank with the word after it', () => {
    assert.deepEqual(wordsOf('const fooBar_1 = a.b(c) => 0x1F;'), [
      'const',
      ' fooBar_1',
      ' =',
      ' a',
      '.',
      'b',
      '(',
      'c',
      ')',
      ' =>',
      ' 0x1F',
      ';',
    ]);
  });

  it('tells lines by how they are indented relative to the line before', () => {
    const nested = tokensOf('a\n    b\n        c\n    d', 4);
    const shallow = tokensOf('a\n\tb\n\t\tc\n\td', 'tab');
    assert.deepEqual(nested, shallow);
  });

  it('cuts long words, but no surrogate pair', () => {
    const words = wordsOf(`a${'😀'.repeat(MAX_WORD_UNITS)}`);
    assert.ok(words.length > 1);
    assert.ok(words.every((word) => word.length <= MAX_WORD_UNITS && word.isWellFormed()));
  });

  it('takes up where it stopped', () => {
    fc.assert(
      fc.property(sourceText, fc.nat(200), (text, until) => {
        const tokens: Token[] = [];
        const sink = {
          word: (source: string, start: number, end: number) => vocabulary.intern(source, start, end),
          token: (token: Token) => tokens.push(token),
        };
        let state = tokenize(text, 2, sink, undefined, until);
        while (state.at < text.length) {
          state = tokenize(text, 2, sink, state, state.at + until + 1);
        }
        assert.deepEqual(tokens, tokensOf(text, 2));
      }),
    );
  });
});

describe('the unit of indentation', () => {
  const cases: readonly (readonly [string, IndentUnit])[] = [
    ['a\n\tb\n\t\tc\n', 'tab'],
    ['a\n  b\n    c\n', 2],
    ['a\n    b\n        c\n', 4],
    ['a\n        b\n', 8],
    ['', 2],
  ];
  for (const [text, unit] of cases) {
    it(`is ${unit} for ${JSON.stringify(text)}`, () => {
      assert.equal(detectIndentUnit(text), unit);
    });
  }
});
