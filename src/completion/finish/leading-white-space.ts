/** Aligns the beginning of the text with the cursor: indentation that is there already, line breaks that are too many or missing. */
import { openerOf } from '../syntax/block-lines.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { type Draft, type DraftLine, firstTextLine, replaceLine } from './draft.ts';
import { indentOf } from './indentation.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

/** Two blank lines separate functions in Python; more are noise. */
const MAX_BLANK_LINES = 2;

export const leadingWhiteSpace: LineRule = (draft, scene) => {
  const first = firstTextLine(draft);
  if (first < 0) {
    return draft;
  }
  return scene.lineIsBlank ? onBlankLine(draft, first, scene) : behindText(draft, first, scene);
};

function onBlankLine(draft: Draft, first: number, scene: Scene): Draft {
  if (first > 0 && !keepsBlankLines(scene)) {
    const lines = draft.lines.slice(first);
    return alignFirst({ ...draft, lines }, scene);
  }
  return first === 0 ? alignFirst(draft, scene) : withoutManyBlankLines(draft, first);
}

/** A blank line where the cursor stands is wanted only between two things that belong apart. */
function keepsBlankLines({ line, above, rules, restKind }: Scene): boolean {
  return (
    line === '' &&
    restKind === 'none' &&
    above !== undefined &&
    above.distance === 1 &&
    openerOf(above.text, rules) === undefined
  );
}

/** The cursor is indented already: what the model indents once more goes, what is missing stays. */
function alignFirst(draft: Draft, scene: Scene): Draft {
  const [line] = draft.lines;
  if (line === undefined) {
    return draft;
  }
  const given = columnsOf(line.indent, scene.tabWidth);
  if (scene.columns === 0 || given === 0 || scene.rules.blocks === 'prose') {
    return scene.columns === 0 ? draft : replaceLine(draft, 0, { ...line, indent: given === 0 ? '' : line.indent });
  }
  const expected = expectedColumns(scene);
  const isKnown = scene.file().steps.has(scene.tabWidth);
  const isMissing = given === expected || (isKnown && scene.columns + given === expected);
  const missing = isMissing ? expected - scene.columns : 0;
  return replaceLine(draft, 0, { ...line, indent: missing > 0 ? indentOf(missing, scene) : '' });
}

function expectedColumns({ above, rules, tabWidth, surroundings }: Scene): number {
  if (above === undefined) {
    return 0;
  }
  return surroundings().statementColumns + (openerOf(above.text, rules) === undefined ? 0 : tabWidth);
}

function behindText(draft: Draft, first: number, scene: Scene): Draft {
  if (first > 0) {
    const [head, ...others] = draft.lines;
    const clean = head === undefined ? draft : { ...draft, lines: [{ ...head, indent: '', body: '' }, ...others] };
    return withoutManyBlankLines(clean, first);
  }
  const [line] = draft.lines;
  if (line === undefined || line.indent === '') {
    return draft;
  }
  if (needsLineBreak(line, scene)) {
    return { ...draft, lines: [{ ...line, indent: '', body: '', rawEnd: 0, complete: true }, ...draft.lines] };
  }
  if (line.indent === ' ' && DOUBLE_BLANK.test(scene.line) && scene.scope() === 'code') {
    return replaceLine(draft, 0, { ...line, indent: '' });
  }
  return draft;
}

/** One blank after an operator or an opening bracket; a second one is the model's. */
const DOUBLE_BLANK = /[=(,:[{+*/<>&|?!-] $/;

/** An answer whose first line break was trimmed away: it begins with the indentation of the body. */
function needsLineBreak(line: DraftLine, { line: current, rules, restKind, tabWidth }: Scene): boolean {
  return (
    restKind === 'none' &&
    columnsOf(line.indent, tabWidth) >= Math.max(2, Math.min(4, tabWidth)) &&
    line.body !== '' &&
    openerOf(current, rules) === 'block'
  );
}

function withoutManyBlankLines(draft: Draft, first: number): Draft {
  const tooMany = first - 1 - MAX_BLANK_LINES;
  return tooMany <= 0 ? draft : { ...draft, lines: [...draft.lines.slice(0, 1), ...draft.lines.slice(1 + tooMany)] };
}
