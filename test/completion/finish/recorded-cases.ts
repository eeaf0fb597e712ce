/** Model outputs as they come, with the text that should be shown, read from `test/fixtures/finish/*.txt`. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FinishContext, FinishResult } from '../../../src/completion/finish/finish.ts';
import { markedText } from '../syntax/marked-text.ts';

export interface RecordedCase {
  readonly file: string;
  readonly name: string;
  readonly context: FinishContext;
  /** What the model wrote. */
  readonly model: string;
  /** The text to show, or `(nothing: rule)`. */
  readonly expected: string;
}

const FOLDER = fileURLToPath(new URL('../../fixtures/finish/', import.meta.url));
// A case: `=== name | language mode [unit] [max lines]`, then the three parts, each behind a line of its own.
const CASE =
  /^=== (.+) \| (\S+) (line|block)(?: (tab|\d+))?(?: max (\d+))?\n--- document\n([^]*?)\n--- model\n([^]*?)\n--- expected\n([^]*)$/;

export function recordedCases(): readonly RecordedCase[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .flatMap((file) =>
      readFileSync(FOLDER + file, 'utf8')
        .replace(/\n$/, '')
        .split(/\n(?==== )/)
        .map((text) => recordedCase(file, text)),
    );
}

function recordedCase(file: string, text: string): RecordedCase {
  const [, name, languageId, mode, unit, maxLines, document, model, expected] = CASE.exec(text) ?? [];
  if (name === undefined || languageId === undefined || document === undefined || model === undefined) {
    throw new Error(`${file}: cannot read ${text.slice(0, 80)}`);
  }
  return {
    file,
    name,
    context: {
      languageId,
      ...markedText(document),
      mode: mode === 'block' ? 'block' : 'line',
      indentUnit: unit === 'tab' ? '\t' : ' '.repeat(Number(unit ?? 2)),
      maxLines: Number(maxLines ?? 12),
    },
    // A carriage return would be lost in an editor.
    model: model.replaceAll('␍', '\r'),
    expected: expected ?? '',
  };
}

export function shownText(result: FinishResult): string {
  switch (result.type) {
    case 'text':
      return result.text;
    case 'nothing':
      return `(nothing: ${result.rule})`;
    case 'wait':
      return '(wait)';
  }
}
