import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decideByText } from '../../../src/completion/syntax/decide-by-text.ts';
import { markedText } from './marked-text.ts';
import { MODE_CASES } from './mode-cases.ts';

describe('the decision by the lines', () => {
  for (const { name, language, document, mode, scope, treeOnly } of MODE_CASES) {
    if (treeOnly === undefined) {
      it(`${language}: ${name} → ${mode}`, () => {
        const facts = decideByText({ languageId: language, ...markedText(document) });
        assert.deepEqual(facts, { mode, scope: scope ?? 'code', source: 'indentation' });
      });
    }
  }

  it('sees a documentation string behind it that began before the window', () => {
    const { before, after } = markedText(
      'rest of the text,\n    it\'s "quoted".\n    """\n    return 1\n\n\ndef g():\n    """Doc."""\n    █',
    );
    assert.deepEqual(decideByText({ languageId: 'python', before, after }), {
      mode: 'block',
      scope: 'code',
      source: 'indentation',
    });
  });

  it('takes a glob for no comment', () => {
    const { before, after } = markedText("const a = ['src/**/*.ts'];\nconst b = '█';");
    assert.equal(decideByText({ languageId: 'typescript', before, after }).scope, 'string');
  });

  it('takes an unknown language for one with brackets', () => {
    assert.equal(decideByText({ languageId: 'zig', ...markedText('fn add() void {\n    █\n}') }).mode, 'block');
    assert.equal(decideByText({ languageId: 'constructor', ...markedText('█') }).mode, 'line');
  });

  it('takes any text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom('typescript', 'python', 'ruby', 'html', 'markdown'),
        (before, after, languageId) => {
          assert.equal(decideByText({ languageId, before, after }).source, 'indentation');
        },
      ),
    );
  });

  it('takes huge text', () => {
    for (const unit of ['x', '(', '}', '"', '/a', '`${', '\n', ' ', '"""', "'", 'a ', '*/']) {
      const text = unit.repeat(1_000_000 / unit.length);
      for (const languageId of ['typescript', 'python']) {
        assert.equal(decideByText({ languageId, before: text, after: text }).source, 'indentation');
      }
    }
  });
});
