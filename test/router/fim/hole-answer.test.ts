import assert from 'node:assert/strict';
import fc from 'fast-check';
import { holeAnswerFilter } from '../../../src/router/fim/hole-answer.ts';

/** The completion in an answer that comes in the given pieces, for a file whose cursor is at `█`. */
function filled(document: string, pieces: readonly string[], language = 'typescript'): string {
  const filter = holeAnswerFilter({ prefix: document.split('█')[0] ?? '', language });
  let text = '';
  for (const piece of pieces) {
    text += filter.push(piece);
    if (filter.ended) break;
  }
  return text + filter.end();
}

interface Case {
  readonly says: string;
  readonly document: string;
  readonly answer: string;
  readonly expected: string;
  readonly language?: string;
}

const cases: readonly Case[] = [
  {
    says: 'is what stands between the tags',
    document: 'return wid█;',
    answer: '<completion>th * height</completion>',
    expected: 'th * height',
  },
  { says: 'may be empty', document: 'x█', answer: '<completion></completion>', expected: '' },
  { says: 'may lack its closing tag', document: 'x = █', answer: '<completion>a < b', expected: 'a < b' },
  {
    says: 'loses what is said before and after',
    document: 'x = █',
    answer: 'Here is the completion:\n\n<completion>compute()</completion>\nI hope this helps!',
    expected: 'compute()',
  },
  {
    says: 'loses a fence inside the tags',
    document: 'x = █',
    answer: '<completion>\n```ts\ncompute()\n```\n</completion>',
    expected: 'compute()',
  },
  {
    says: 'loses a fence in the place of the tags',
    document: 'x = █',
    answer: '```typescript\ncompute();\nmore();\n```\nThis calls compute.',
    expected: 'compute();\nmore();',
  },
  {
    says: 'keeps a fence where the file is Markdown',
    document: 'Run:\n█',
    answer: '<completion>```sh\nnpm start\n```</completion>',
    expected: '```sh\nnpm start\n```',
    language: 'markdown',
  },
  {
    says: 'is taken as it is from a model that knows no tags',
    document: 'x = █',
    answer: 'compute();\nmore();',
    expected: 'compute();\nmore();',
  },
  {
    says: 'loses a preamble without tags',
    document: 'x = █',
    answer: "Sure, here's the code:\ncompute();",
    expected: 'compute();',
  },
  {
    says: 'is not mistaken for a preamble when it begins like one',
    document: '█',
    answer: 'ok = compute()\nanswer = 42',
    expected: 'ok = compute()\nanswer = 42',
    language: 'python',
  },
  {
    says: 'loses reasoning, also if it speaks of the tags',
    document: 'x = █',
    answer: '<think>I must use <completion> tags.\nHm.</think>\n\n<completion>compute()</completion>',
    expected: 'compute()',
  },
  {
    says: 'is empty if the reasoning never ends',
    document: 'x = █',
    answer: '<think>Let me see. const y = 1;',
    expected: '',
  },
  {
    says: 'loses the echo of the current line',
    document: 'function f() {\n  return wid█',
    answer: '<completion>  return width * height</completion>',
    expected: 'th * height',
  },
  {
    says: 'loses the echo of the current line without its indentation, after a line break',
    document: 'function f() {\n  return wid█',
    answer: '<completion>\nreturn width * height\n</completion>',
    expected: 'th * height\n',
  },
  {
    says: 'loses the echo of several lines',
    document: 'function area(w, h) {\n  // all of it\n  return █',
    answer: '<completion>function area(w, h) {\n  // all of it\n  return w * h;</completion>',
    expected: 'w * h;',
  },
  {
    says: 'loses the beginning of the word that it repeats',
    document: 'const area = comp█',
    answer: '<completion>compute()</completion>',
    expected: 'ute()',
  },
  {
    says: 'loses the indentation that is there already',
    document: 'if (x) {\n    █',
    answer: '<completion>    y();\n    z();</completion>',
    expected: 'y();\n    z();',
  },
  {
    says: 'keeps a closing brace like the one above',
    document: 'if (a) {\n  if (b) {\n  }\n█',
    answer: '<completion>}\nnext();</completion>',
    expected: '}\nnext();',
  },
  {
    says: 'keeps a single character like the one before the cursor',
    document: 'f(a█',
    answer: '<completion>a)</completion>',
    expected: 'a)',
  },
  {
    says: 'keeps the line break after a line that is complete',
    document: 'if (x) {█',
    answer: '<completion>\n  y();\n}</completion>',
    expected: '\n  y();\n}',
  },
  {
    says: 'loses the line break on a line that goes on',
    document: 'const x = █',
    answer: '<completion>\n42;\n</completion>',
    expected: '42;\n',
  },
  {
    says: 'keeps text that only looks like the closing tag',
    document: '<div>█',
    answer: '<completion></completions></div></completion>',
    expected: '</completions></div>',
  },
];

describe('the completion in the answer of a chat model', () => {
  for (const { says, document, answer, expected, language } of cases) {
    it(says, () => {
      assert.equal(filled(document, [answer], language), expected);
      assert.equal(filled(document, [...answer], language), expected, 'character by character');
    });
  }

  it('is the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.array(fc.integer({ min: 1, max: 9 })), (one, sizes) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of [...sizes, one.answer.length]) {
          pieces.push(one.answer.slice(at, at + size));
          at += size;
        }
        assert.equal(filled(one.document, pieces, one.language), one.expected);
      }),
    );
  });

  it('comes at once when the model keeps to the rules', () => {
    const filter = holeAnswerFilter({ prefix: 'return ', language: 'typescript' });
    assert.equal(filter.push('<completion>'), '');
    assert.equal(filter.push('w'), 'w');
    assert.equal(filter.push(' * h'), ' * h');
    assert.equal(filter.push(' <'), ' ');
    assert.equal(filter.push(' 3</completion>'), '< 3');
    assert.equal(filter.ended, true);
  });

  it('costs no more in a file of one long line', () => {
    // A pattern that looks back over it would take minutes.
    const prefix = `${'x'.repeat(400_000)} ${' '.repeat(400_000)}y = `;
    assert.equal(filled(`${prefix}█`, ['<completion>42</completion>']), '42');
  });

  it('waits no longer than an echo is possible', () => {
    const filter = holeAnswerFilter({ prefix: '  return wid', language: 'typescript' });
    assert.equal(filter.push('<completion>ret'), '');
    assert.equal(filter.push('ry'), 'retry');
  });
});
