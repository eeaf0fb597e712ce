/** Indents the further lines as the file does: its unit, its characters, and from the level where the cursor is. */
import { type Opener, closesBlock, continuesBlock, openerOf } from '../syntax/block-lines.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { type Draft, type DraftLine, firstTextLine, hasText, lineText } from './draft.ts';
import { fitOf } from './fit.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

/** How the model's columns become those of the file: `from` stands for `to`, and each `unit` beyond it for one `level`. */
interface Mapping {
  readonly from: number;
  readonly to: number;
  readonly unit: number;
  readonly level: number;
}

/** A line as the model and as the file indents it. */
interface Reference {
  readonly model: number;
  readonly file: number;
  readonly opener: Opener | undefined;
  /** Whether it is `case` or another label, which others may follow at the same level. */
  readonly isLabel: boolean;
}

const LEVELS: readonly number[] = [1, 2, 3, 4, 8];

export const indentation: LineRule = (draft, scene) => {
  const first = firstTextLine(draft);
  if (first < 0 || scene.rules.blocks === 'prose') {
    return draft;
  }
  const lines = indented(draft, first, scene);
  if (lines.every((line, at) => line === draft.lines[at])) {
    return draft;
  }
  // What is inside a string is text, not indentation.
  const fits = fitOf(draft, scene).lines;
  return { ...draft, lines: lines.map((line, at) => (fits[at]?.quoted === true ? (draft.lines[at] ?? line) : line)) };
};

/** White space of this width, in the file's characters. */
export function indentOf(columns: number, { unit, tabWidth }: Pick<Scene, 'unit' | 'tabWidth'>): string {
  if (!unit.startsWith('\t')) {
    return ' '.repeat(columns);
  }
  return '\t'.repeat(Math.floor(columns / tabWidth)) + ' '.repeat(columns % tabWidth);
}

function indented(draft: Draft, first: number, scene: Scene): readonly DraftLine[] {
  const { rules, tabWidth } = scene;
  let above: Reference | undefined = first > 0 ? statementAbove(scene) : undefined;
  let mapping: Mapping | undefined;
  let unitIsKnown = false;
  return draft.lines.map((line, at) => {
    if (at === 0) {
      above = first === 0 ? firstLine(line, scene) : above;
      return line;
    }
    if (!hasText(line)) {
      return line.indent === '' ? line : { ...line, indent: '' };
    }
    const model = columnsOf(line.indent, tabWidth);
    if (line.complete && above !== undefined && !unitIsKnown) {
      if (mapping === undefined) {
        mapping = mappingBelow(above, line, model, scene);
        unitIsKnown = above.opener === 'block';
      } else if (above.opener === 'block' && model > above.model && !closesBlock(line.body, rules)) {
        mapping = unitBelow(above, model, mapping, scene);
        unitIsKnown = true;
      }
    }
    const file = mapping === undefined ? model : mapped(model, mapping);
    above = { model, file, opener: openerOf(line.body, rules), isLabel: LABEL.test(line.body) };
    // Where no line shows the file's characters, the model's are as good.
    const indent = file === model && !scene.file().hasLines ? line.indent : indentOf(file, scene);
    return indent === line.indent ? line : { ...line, indent };
  });
}

function mapped(columns: number, { from, to, unit, level }: Mapping): number {
  const offset = columns - from;
  const levels = Math.trunc(offset / unit);
  return Math.max(0, to + levels * level + (offset - levels * unit));
}

/** The statement that ends with the line of the cursor, if the text begins below it. */
function statementAbove({ line, lineIsBlank, rules, surroundings }: Scene): Reference | undefined {
  if (lineIsBlank) {
    return undefined;
  }
  const columns = surroundings().statementColumns;
  return { model: columns, file: columns, opener: openerOf(line, rules), isLabel: LABEL.test(line.trimStart()) };
}

function firstLine(line: DraftLine, { line: current, lineIsBlank, rules, tabWidth, surroundings }: Scene): Reference {
  const text = current + lineText(line);
  // A line that goes on with a statement of several lines is indented like all of it.
  const columns = lineIsBlank
    ? columnsOf(text, tabWidth)
    : Math.min(columnsOf(text, tabWidth), surroundings().statementColumns);
  return { model: columns, file: columns, opener: openerOf(text, rules), isLabel: LABEL.test(text.trimStart()) };
}

/** What the first further line says, `above` being the line of the cursor. */
function mappingBelow(above: Reference, line: DraftLine, model: number, scene: Scene): Mapping {
  const { rules, tabWidth, unit } = scene;
  const plain: Mapping = { from: 0, to: 0, unit: tabWidth, level: tabWidth };
  const continues = continuesBlock(line.body, rules);
  const deeper = above.opener !== undefined && !continues;
  const expected = above.file + (deeper ? tabWidth : 0);
  if (unit.startsWith('\t') && line.indent.startsWith(' ')) {
    return blanksForTabs(above, model, expected, tabWidth);
  }
  if (model === expected || continues) {
    return plain;
  }
  if (above.opener !== undefined && model > above.file) {
    return above.opener === 'block' ? unitBelow(above, model, plain, scene) : plain;
  }
  if (above.file === 0 || mayStandLeft(line.body, above, model, scene)) {
    return plain;
  }
  if (above.opener !== undefined) {
    // Not deeper than the line that opens the block: indented from the margin instead of from the cursor.
    const step = model || tabWidth;
    const level = scene.file().steps.has(tabWidth) ? tabWidth : step;
    return { from: model, to: above.file + level, unit: step, level };
  }
  const block = scene.surroundings().blockColumns;
  const level = scene.lineIsBlank ? above.file : (block ?? 0) + tabWidth;
  return model === 0 && block !== undefined ? { ...plain, to: level } : plain;
}

/** The step from a line that opens a block to the next is one level; it is changed if the file is sure to use another. */
function unitBelow(above: Reference, model: number, mapping: Mapping, { file, tabWidth }: Scene): Mapping {
  const unit = model - above.model;
  const { steps } = file();
  return unit === mapping.unit || !LEVELS.includes(unit) || steps.has(unit) || !steps.has(tabWidth)
    ? mapping
    : { from: above.model, to: above.file, unit, level: tabWidth };
}

/** The level that the line must have tells how many of the model's blanks are one tab. */
function blanksForTabs(above: Reference, model: number, expected: number, tabWidth: number): Mapping {
  if (above.opener !== undefined && model <= Math.max(above.file, tabWidth) && expected > tabWidth) {
    return { from: model, to: expected, unit: model, level: tabWidth };
  }
  const unit = model / Math.max(1, expected / tabWidth);
  return { from: 0, to: 0, unit: unit > 1 && LEVELS.includes(unit) ? unit : tabWidth, level: tabWidth };
}

const LABEL = /^(?:case\b|default\b|\w+:$)/;
/** Languages whose formatters put `case` below `switch`. */
const UNINDENTED_CASE: ReadonlySet<string> = new Set(['go', 'c', 'cpp', 'objective-c']);
/** A pattern of a shell's `case`. */
const PATTERN = /^[^\s()]+\)/;

/** Labels, patterns and directives may stand where the line above them stands, or further left. */
function mayStandLeft(body: string, above: Reference, model: number, { context, rules }: Scene): boolean {
  if (body.startsWith('#') || (rules.blocks === 'words' && PATTERN.test(body))) {
    return true;
  }
  const isInside = above.opener === undefined || above.isLabel;
  return LABEL.test(body) && (isInside || (model === above.file && UNINDENTED_CASE.has(context.languageId)));
}
