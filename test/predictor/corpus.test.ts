import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Corpus, PROJECT_ORDER } from '../../src/predictor/corpus.ts';
import { contextSymbol, isBreakToken } from '../../src/predictor/token-index.ts';
import { SMALL, finish, learn } from './learned.ts';

function textOf(corpus: Corpus, path: string): string {
  const file = corpus.fileOf(path)!;
  const words: string[] = [];
  for (let at = file.start + 1; at < file.end; at++) {
    const token = corpus.index.tokens[at]!;
    words.push(isBreakToken(token) ? '⏎' : corpus.vocabulary.text(token >> 1));
  }
  return words.join(' ');
}

/** Every place must be found by the tokens before it, and every line by its number. */
function assertWhole(corpus: Corpus): void {
  const { tokens, length } = corpus.index;
  for (let place = PROJECT_ORDER; place < length; place++) {
    let found = corpus.index.newest(tokens, place);
    while (found > place) {
      found = corpus.index.older(found);
    }
    assert.equal(found, place);
  }
  assert.equal(corpus.lines.byText.length, corpus.lines.lineCount);
  const starts = [...corpus.lines.starts.subarray(0, corpus.lines.lineCount)];
  const expected = [...tokens.subarray(0, length)].flatMap((token, at) =>
    isBreakToken(token) && corpus.files.every(({ start }) => start !== at) ? [at + 1] : [],
  );
  assert.deepEqual(starts, expected);
}

describe('the corpus', () => {
  it('finds every place after any series of learning, forgetting and rebuilding', () => {
    const path = fc.constantFrom('a.ts', 'b/c.ts', 'b/d.ts', 'e/f/g.ts');
    const text = fc
      .array(fc.constantFrom('foo', 'bar', '(', ')', ';\n', '\n  ', '\n\n', 'if ', '{', '}\n'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    const step = fc.oneof(
      fc.record({ type: fc.constant('learn' as const), path, text }),
      fc.record({ type: fc.constant('forget' as const), path }),
      fc.record({ type: fc.constant('rebuild' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const corpus = new Corpus({ maxTokens: 4000, maxWords: 500, maxWordUnits: 4000 });
        const expected = new Map<string, string>();
        for (const action of steps) {
          if (action.type === 'learn') {
            learn(corpus, { [action.path]: action.text });
            expected.set(action.path, action.text);
          } else if (action.type === 'forget') {
            corpus.forget(action.path);
            expected.delete(action.path);
          } else {
            finish(corpus.rebuild());
          }
        }
        assertWhole(corpus);
        assert.equal(corpus.liveFiles, expected.size);
        const fresh = new Corpus(SMALL);
        learn(fresh, Object.fromEntries(expected));
        for (const known of expected.keys()) {
          assert.equal(textOf(corpus, known), textOf(fresh, known));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no word of a forgotten file behind once it is rebuilt', () => {
    const corpus = new Corpus(SMALL);
    learn(corpus, { 'a.ts': 'const hush = 1;\n', 'b.ts': 'const loud = 2;\n' });
    corpus.forget('a.ts');
    assert.equal(corpus.wantsRebuild, true);
    finish(corpus.rebuild());
    const words = Array.from({ length: corpus.vocabulary.size }, (_, word) => corpus.vocabulary.text(word + 256));
    assert.equal(words.includes('hush'), false);
    assert.equal(words.includes('loud'), true);
    assert.equal(corpus.wantsRebuild, false);
  });

  it('does not bring back what is forgotten while it is rebuilt', () => {
    const corpus = new Corpus(SMALL);
    learn(corpus, { 'a.ts': 'const hush = 1;\n', 'b.ts': 'const loud = 2;\n' });
    const rebuild = corpus.rebuild();
    rebuild.next();
    corpus.forget('a.ts');
    finish(rebuild);
    assert.equal(corpus.fileOf('a.ts'), undefined);
    assert.equal(corpus.liveFiles, 1);
    assert.equal(corpus.wantsRebuild, true);
  });

  it('keeps what is near the file being edited when there is no room for all, and never takes more', () => {
    const limits = { maxTokens: 6000, maxWords: 3000, maxWordUnits: 30_000 };
    const corpus = new Corpus(limits);
    const text = (name: string): string =>
      Array.from({ length: 60 }, (_, line) => `call${line}(${name}, 1, 2);\n`).join('');
    corpus.focusOn('near/x.ts');
    for (let number = 0; number < 60; number++) {
      learn(corpus, { [`far/away/f${number}.ts`]: text(`f${number}`), [`near/n${number % 6}.ts`]: text(`n${number}`) });
      assert.ok(corpus.index.length <= limits.maxTokens);
      assert.ok(corpus.vocabulary.size <= limits.maxWords);
    }
    for (let number = 0; number < 6; number++) {
      assert.notEqual(corpus.fileOf(`near/n${number}.ts`), undefined);
    }
    assertWhole(corpus);
  });

  it('follows the file being edited also when all room is taken by files as near', () => {
    const corpus = new Corpus({ maxTokens: 6000, maxWords: 3000, maxWordUnits: 30_000 });
    const text = (name: string): string =>
      Array.from({ length: 60 }, (_, line) => `call${line}(${name}, 1, 2);\n`).join('');
    for (let number = 0; number < 30; number++) {
      learn(corpus, { [`f${number}.ts`]: text(`f${number}`) });
    }
    const full = corpus.liveFiles;
    for (let version = 0; version < 20; version++) {
      corpus.focusOn('f0.ts');
      learn(corpus, { 'f0.ts': text(`v${version}`), 'g.ts': text('g') });
      assert.match(textOf(corpus, 'f0.ts'), new RegExp(`v${version} `));
    }
    assert.ok(corpus.liveFiles > full / 2);
  });

  it('goes on when the words run out', () => {
    const corpus = new Corpus({ maxTokens: 20_000, maxWords: 400, maxWordUnits: 4000 });
    for (let number = 0; number < 40; number++) {
      learn(corpus, { [`f${number}.ts`]: Array.from({ length: 30 }, (_, word) => `w${number}x${word}\n`).join('') });
    }
    assert.ok(corpus.vocabulary.size <= 400);
    assert.ok(corpus.liveFiles > 0);
  });

  it('skips what is not worth learning, and what it knows as it is', () => {
    const corpus = new Corpus(SMALL);
    learn(corpus, { 'min.js': 'x'.repeat(6000), 'bin.ts': 'a\u0000b', 'a.ts': 'let a;\n' });
    assert.equal(corpus.liveFiles, 1);
    const { length } = corpus.index;
    assert.equal(finish(corpus.learn({ path: 'a.ts', language: '', text: 'let a;\n' })), false);
    assert.equal(corpus.index.length, length);
  });

  it('compares contexts without blanks and blank lines', () => {
    const corpus = new Corpus(SMALL);
    learn(corpus, { 'a.ts': 'f( a );\n\n  b', 'b.ts': 'f(a);\n  b' });
    const [a, b] = corpus.files.map(({ start, end }) =>
      [...corpus.index.tokens.subarray(start, end)].map((token) => contextSymbol(token)),
    );
    assert.deepEqual(a, b);
  });
});
