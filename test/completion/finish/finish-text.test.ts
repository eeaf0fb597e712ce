import assert from 'node:assert/strict';
import { finishText } from '../../../src/completion/finish/finish-text.ts';
import { contextFor, type RuleOptions } from './apply-rule.ts';
import { recordedCases, shownText } from './recorded-cases.ts';

describe('finished text of recorded outputs', () => {
  for (const { file, name, context, model, expected } of recordedCases()) {
    it(`${file}: ${name}`, () => {
      assert.equal(shownText(finishText(model, true, context)), expected);
    });
  }
});

describe('finished text', () => {
  const finish = (document: string, model: string, options: RuleOptions = {}) =>
    finishText(model, options.more === undefined, contextFor(document, { mode: 'line', ...options }));
  /** What is left of the model's text once the shown text is accepted. */
  const remainder = (document: string, model: string, options: RuleOptions = {}): string => {
    const result = finish(document, model, options);
    return result.type === 'text' ? model.slice(result.consumed) : `(${result.type})`;
  };

  it('leaves the next lines, beginning with their line break', () => {
    assert.equal(remainder('a = █', 'b;\nc;'), '\nc;');
    assert.equal(remainder('a = █', 'b;  \r\nc;'), '\r\nc;');
    assert.equal(remainder('f() {█', '\n  a();\n  b();\n}'), '\n  b();\n}');
    assert.equal(remainder('a = █', '```ts\nb;\nc;\n```'), '\nc;\n```');
    assert.equal(remainder('const a = █', 'const a = b;\nc;'), '\nc;');
  });

  it('leaves what the text behind the cursor says already', () => {
    assert.equal(remainder('f(█)', 'a);\nb();'), ');\nb();');
    assert.equal(remainder('a = █;', 'b;\nc;'), ';\nc;');
  });

  it('leaves the next lines where the closing bracket was pushed down', () => {
    assert.equal(remainder('f(() => {█});', '\n  a();\n  b();\n});'), '  b();\n});');
    const next = finish('f(() => {\n  a();\n█});', '  b();\n});');
    assert.deepEqual([next.type, next.type === 'text' && next.text], ['text', '  b();\n']);
  });

  it('waits for a line, and says when the text is final', () => {
    assert.deepEqual(finish('a = █', 'b', { more: true }), { type: 'wait' });
    assert.deepEqual(finish('a = █', 'b;\n', { more: true }), { type: 'text', text: 'b;', final: true, consumed: 2 });
    const block = finish('f() {█', '\n  a();\n  b', { more: true, mode: 'block' });
    assert.deepEqual(block, { type: 'text', text: '\n  a();', final: false, consumed: 7 });
  });

  it('says in words why there is nothing', () => {
    const results = [finish('a = █', ''), finish('f(a█)', ')'), finish('b();\n█\na();', 'a();')];
    assert.deepEqual(
      results.map((result) => (result.type === 'nothing' ? `${result.rule}: ${result.reason}` : result.type)),
      [
        'useless-text: The model had nothing to add.',
        'useless-text: The suggestion is what stands behind the cursor already.',
        'equals-next-line: The suggestion is the line that follows anyway.',
      ],
    );
  });

  it('takes huge and hostile text', () => {
    const units = [
      'x',
      '(',
      '}',
      '\n',
      '}\n',
      '"',
      "'",
      '`${',
      '/a',
      '<think>',
      '```\n',
      '<|x|>',
      '\ud83d',
      '\t',
      'a();\n',
      '\r',
      'Here is: a.\n\n',
    ];
    for (const unit of units) {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
      for (const mode of ['line', 'block'] as const) {
        const place = { languageId: 'typescript', mode, indentUnit: '  ', maxLines: 20 };
        assert.notEqual(finishText(text, true, { ...place, before: 'f(', after: ')' }).type, 'wait');
        assert.notEqual(finishText(text, true, { ...place, before: text, after: text }).type, 'wait');
      }
    }
  });
});
