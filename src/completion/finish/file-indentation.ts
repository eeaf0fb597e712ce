/** How the file indents, as far as the lines around the cursor show it. */
import { openerOf } from '../syntax/block-lines.ts';
import type { LanguageRules } from '../syntax/language-rules.ts';
import { columnsOf, isBlank, lastLine, linesAbove, linesBelow, tabWidthOf } from '../syntax/text-lines.ts';
import type { FinishContext } from './finish.ts';

export interface FileIndentation {
  /** One level: a tab or a number of blanks. */
  readonly unit: string;
  /** Whether a line around the cursor is indented at all, so that the character is known. */
  readonly hasLines: boolean;
  /** By how much lines are deeper than the line that opens their block. */
  readonly steps: ReadonlySet<number>;
}

/** Lines that show how a file indents; more do not change the answer. */
const LINES_ABOVE = 60;
const LINES_BELOW = 20;

export function unitOf({ before, indentUnit }: FinishContext): string {
  // The line of the cursor is the best witness, and on an empty one the only one that the editor wrote.
  return /^ *\t/.test(lastLine(before)) ? '\t' : indentUnit;
}

export function fileIndentation(context: FinishContext, rules: LanguageRules): FileIndentation {
  const { before, after } = context;
  const unit = unitOf(context);
  const tabWidth = tabWidthOf(unit);
  const current = lastLine(before);
  const above = [...linesAbove(before, LINES_ABOVE).toReversed(), current];
  const below = linesBelow(after, LINES_BELOW);
  const steps = new Set([...stepsIn(above, rules, tabWidth), ...stepsIn(below, rules, tabWidth)]);
  const hasLines = [...above, ...below].some((line) => /^[ \t]+\S/.test(line)) || /^[ \t]/.test(current);
  return { unit, hasLines, steps };
}

function stepsIn(lines: readonly string[], rules: LanguageRules, tabWidth: number): readonly number[] {
  const steps: number[] = [];
  let opener: number | undefined;
  for (const [at, line] of lines.entries()) {
    // The line of the cursor counts although nothing stands on it yet.
    if (isBlank(line) && at < lines.length - 1) {
      continue;
    }
    const columns = columnsOf(line, tabWidth);
    if (opener !== undefined && columns > opener) {
      steps.push(columns - opener);
    }
    opener = openerOf(line, rules) === 'block' ? columns : undefined;
  }
  return steps;
}
