import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { finishText } from '../../../src/completion/finish/finish-text.ts';
import type { FinishContext } from '../../../src/completion/finish/finish.ts';
import { findStreamEnd } from '../../../src/completion/finish/stream-end.ts';
import { type RandomCode, randomCode } from './random-code.ts';
import { recordedCases } from './recorded-cases.ts';

const HEAD = 'x = 1\n\n';

function contextOf(code: RandomCode, before: string, mode: 'line' | 'block', after = ''): FinishContext {
  return { languageId: code.style.languageId, before, after, mode, indentUnit: code.style.unit, maxLines: 100 };
}

/** The text before the cursor at the end of a line of the code, and what a model would write from there. */
function splitBehind(code: RandomCode, line: number): { readonly before: string; readonly raw: string } {
  const at = 1 + (line % code.lines.length);
  return {
    before: HEAD + code.lines.slice(0, at).join('\n'),
    raw: code.lines
      .slice(at)
      .map((text) => `\n${text}`)
      .join(''),
  };
}

function textOf(raw: string, done: boolean, context: FinishContext): string | undefined {
  const result = finishText(raw, done, context);
  return result.type === 'text' ? result.text : undefined;
}

describe('finishing, whatever the code', () => {
  it('accepted line by line gives the whole answer', () => {
    fc.assert(
      fc.property(randomCode, fc.nat(), (code, line) => {
        const start = splitBehind(code, line);
        let { before, raw } = start;
        while (raw.trim() !== '') {
          const result = finishText(raw, true, contextOf(code, before, 'line'));
          assert.equal(result.type, 'text', JSON.stringify({ before, raw, result }));
          if (result.type !== 'text') {
            return;
          }
          before += result.text;
          raw = raw.slice(result.consumed);
        }
        assert.equal(before, start.before + start.raw);
      }),
    );
  });

  it('shows what is left of a line while it is typed', () => {
    const place = fc.constantFrom(
      ['', ''],
      ['', '\nend()\n'],
      ['wrap(', ')'],
      ['wrap([', ']);'],
      ['const a = { b: ', ' };'],
    );
    fc.assert(
      fc.property(randomCode, fc.nat(), fc.boolean(), place, (code, line, done, [start = '', after = '']) => {
        const at = line % code.lines.length;
        const text = code.lines[at] ?? '';
        const indent = /^\s*/.exec(text)?.[0] ?? '';
        const raw = text.slice(indent.length) + (done ? '' : '\n');
        const above = code.lines.slice(0, at).map((other) => `${other}\n`);
        const before = HEAD + above.join('') + indent + start;
        const whole = textOf(raw, done, contextOf(code, before, 'line', after));
        for (let typed = 1; whole !== undefined && typed < whole.length; typed++) {
          const context = contextOf(code, before + raw.slice(0, typed), 'line', after);
          assert.equal(
            textOf(raw.slice(typed), done, context),
            whole.slice(typed),
            JSON.stringify({ before, raw, typed }),
          );
        }
      }),
    );
  });

  it('only ever adds to what is shown while the answer grows', () => {
    fc.assert(
      fc.property(
        randomCode,
        fc.nat(),
        fc.constantFrom('line', 'block'),
        fc.integer({ min: 1, max: 9 }),
        (code, line, mode, step) => {
          const { before, raw } = splitBehind(code, line);
          assertGrows(`${raw}\n\nother(1)\n`, contextOf(code, before, mode), step);
        },
      ),
    );
  });

  for (const { file, name, context, model } of recordedCases()) {
    it(`only ever adds to what is shown: ${file}, ${name}`, () => {
      assertGrows(model, context, 1);
    });

    it(`shows the same of an answer that is stopped early: ${file}, ${name}`, () => {
      const whole = finishText(model, true, context);
      for (let length = 1; length <= model.length; length++) {
        const end = findStreamEnd(model.slice(0, length), context, 4);
        if (end !== undefined) {
          assert.ok(end.cutAt <= length);
          const stopped = finishText(model.slice(0, end.cutAt), true, context);
          assert.equal(stopped.type, whole.type);
          assert.equal(stopped.type === 'text' && stopped.text, whole.type === 'text' && whole.text);
          return;
        }
      }
    });
  }

  it('takes any text, and never splits a character', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '\n',
        '\r\n',
        '    ',
        '\t',
        '{',
        '}',
        '(',
        ')',
        '"',
        "'",
        '`',
        '${',
        '//',
        '/*',
        '*/',
        '#',
        '```',
        '<think>',
        '<|fim_pad|>',
        '😀',
        '\ud83d',
        'a',
        'foo',
        ';',
        'else',
        'end',
      ),
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    const language = fc.constantFrom('typescript', 'python', 'go', 'ruby', 'html', 'markdown', 'shellscript', 'yaml');
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.boolean(),
        language,
        fc.constantFrom('line', 'block'),
        fc.constantFrom('\t', '  '),
        (raw, before, after, done, languageId, mode, indentUnit) => {
          const context: FinishContext = { languageId, before, after, mode, indentUnit, maxLines: 5 };
          const result = finishText(raw, done, context);
          findStreamEnd(raw, context, 3);
          if (result.type === 'text') {
            assert.ok(result.text.trim() !== '');
            assert.ok(result.consumed >= 0 && result.consumed <= raw.length);
            const last = result.text.charCodeAt(result.text.length - 1);
            assert.ok(last < 0xd800 || last > 0xdbff);
          }
          assert.ok(done ? result.type !== 'wait' : true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** As the raw text grows, texts extend each other, and what was final or refused stays so. */
function assertGrows(raw: string, context: FinishContext, step: number): void {
  let shown = '';
  let fixed: string | undefined;
  for (let length = 0; length <= raw.length; length += step) {
    const result = finishText(raw.slice(0, length), false, context);
    const now = JSON.stringify(result);
    if (fixed !== undefined) {
      assert.equal(now, fixed);
    } else if (result.type === 'nothing') {
      assert.equal(shown, '', `refused after ${JSON.stringify(shown)}: ${now}`);
      fixed = now;
    } else if (result.type === 'text') {
      assert.ok(result.text.startsWith(shown), `${JSON.stringify(shown)} → ${now}`);
      shown = result.text;
      fixed = result.final ? now : undefined;
    } else {
      assert.equal(shown, '', `waits after ${JSON.stringify(shown)}`);
    }
  }
  if (fixed === undefined) {
    const end = finishText(raw, true, context);
    assert.ok(
      end.type === 'text' ? end.text.startsWith(shown) : shown === '',
      `${JSON.stringify(shown)} → ${JSON.stringify(end)}`,
    );
  }
}
