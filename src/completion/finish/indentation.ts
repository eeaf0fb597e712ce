/** Indents the further lines as the file does: its unit, its characters, and from the level where the cursor is. */
import { type Opener, closesBlock, openerOf } from '../syntax/block-lines.ts';
import { columnsOf, linesAbove } from '../syntax/text-lines.ts';
import { type Draft, type DraftLine, firstTextLine, hasText, lineText } from './draft.ts';
import { fitOf } from './fit.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

/** How the model's columns become those of the file: `from` stands for `to`, and `unit` columns for one level. */
interface Mapping {
  readonly from: number;
  readonly to: number;
  readonly unit: number;
}

/** A line as the model and as the file indents it. */
interface Reference {
  readonly model: number;
  readonly file: number;
  readonly opener: Opener | undefined;
}

/** Lines above that show how the file indents. */
const LINES_ABOVE = 60;
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
export function indentOf(columns: number, { context, tabWidth }: Pick<Scene, 'context' | 'tabWidth'>): string {
  if (!context.indentUnit.startsWith('\t')) {
    return ' '.repeat(columns);
  }
  return '\t'.repeat(Math.floor(columns / tabWidth)) + ' '.repeat(columns % tabWidth);
}

function indented(draft: Draft, first: number, scene: Scene): readonly DraftLine[] {
  const { rules, tabWidth } = scene;
  let above: Reference | undefined = first > 0 ? currentLine(scene, scene.line) : undefined;
  let mapping: Mapping | undefined;
  let unitIsKnown = false;
  return draft.lines.map((line, at) => {
    if (at === 0) {
      above = first === 0 ? currentLine(scene, scene.line + lineText(line)) : above;
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
    const file = mapping === undefined ? model : mapped(model, mapping, tabWidth);
    above = { model, file, opener: openerOf(line.body, rules) };
    const indent = indentOf(file, scene);
    return indent === line.indent ? line : { ...line, indent };
  });
}

function mapped(columns: number, { from, to, unit }: Mapping, tabWidth: number): number {
  const offset = columns - from;
  const levels = Math.trunc(offset / unit);
  return Math.max(0, to + levels * tabWidth + (offset - levels * unit));
}

function currentLine({ lineIsBlank, rules, tabWidth }: Scene, text: string): Reference | undefined {
  if (lineIsBlank && text.trim() === '') {
    return undefined;
  }
  const columns = columnsOf(text, tabWidth);
  return { model: columns, file: columns, opener: openerOf(text, rules) };
}

/** What the first further line says, `above` being the line of the cursor. */
function mappingBelow(above: Reference, line: DraftLine, model: number, scene: Scene): Mapping {
  const { rules, tabWidth } = scene;
  const closes = closesBlock(line.body, rules);
  const expected = above.file + (above.opener !== undefined && !closes ? tabWidth : 0);
  if (scene.context.indentUnit.startsWith('\t') && line.indent.startsWith(' ')) {
    return blanksForTabs(above, model, expected, tabWidth);
  }
  const plain: Mapping = { from: 0, to: 0, unit: tabWidth };
  if (model === expected || closes) {
    return plain;
  }
  if (above.opener !== undefined && model > above.file) {
    return above.opener === 'block' ? unitBelow(above, model, plain, scene) : plain;
  }
  if (above.file === 0 || mayStandLeft(line.body)) {
    return plain;
  }
  if (above.opener !== undefined) {
    // Not deeper than the line that opens the block: indented from the margin instead of from the cursor.
    return { from: model, to: expected, unit: model || tabWidth };
  }
  const level = scene.surroundings().blockColumns;
  return model === 0 && level !== undefined ? { from: 0, to: level + tabWidth, unit: tabWidth } : plain;
}

/** The step from a line that opens a block to the next is one level. */
function unitBelow(above: Reference, model: number, mapping: Mapping, scene: Scene): Mapping {
  const unit = model - above.model;
  return unit === mapping.unit || !LEVELS.includes(unit) || usesUnit(unit, scene)
    ? mapping
    : { from: above.model, to: above.file, unit };
}

/** The level that the line must have tells how many of the model's blanks are one tab. */
function blanksForTabs(above: Reference, model: number, expected: number, tabWidth: number): Mapping {
  if (above.opener !== undefined && model <= Math.max(above.file, tabWidth) && expected > tabWidth) {
    return { from: model, to: expected, unit: model };
  }
  const unit = model / Math.max(1, expected / tabWidth);
  return { from: 0, to: 0, unit: unit > 1 && LEVELS.includes(unit) ? unit : tabWidth };
}

const STANDS_LEFT = /^(?:case\b|default\b|#|\w+:|public|private|protected)/;

/** Labels and directives are less indented than the statements around them. */
function mayStandLeft(body: string): boolean {
  return STANDS_LEFT.test(body);
}

/** Whether the file itself has lines that are indented by such steps: then its unit is not as sure as it seemed. */
function usesUnit(unit: number, { context, tabWidth }: Scene): boolean {
  return linesAbove(context.before, LINES_ABOVE).some((line) => {
    const columns = columnsOf(line, tabWidth);
    return columns % tabWidth !== 0 && columns % unit === 0 && line.trim() !== '' && !line.trimStart().startsWith('*');
  });
}
