/** Ends the text where the block ends that it belongs to: by indentation, closing lines, blank lines and the line limit. */
import { closesBlock, continuesBlock, openerOf } from '../syntax/block-lines.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { type Draft, type DraftLine, firstTextLine, hasText, keepLines, lineText } from './draft.ts';
import { fitOf } from './fit.ts';
import type { Scene } from './scene.ts';

export interface BlockLimits {
  /** `one` statement with its body, or `all` to the end of the enclosing block. */
  readonly statements: 'one' | 'all';
  readonly maxLines: number;
}

/** Two blank lines in a row separate what does not belong together. */
const MAX_BLANK_LINES = 1;

export function blockEnd(draft: Draft, scene: Scene, limits: BlockLimits): Draft {
  const first = firstTextLine(draft);
  if (first < 0) {
    return draft;
  }
  const end =
    scene.rules.blocks === 'prose' ? paragraphEnd(draft, first, limits) : statementsEnd(draft, first, scene, limits);
  const limit = first + limits.maxLines;
  if (
    draft.lines.length > limit &&
    (end === undefined || end.count > limit) &&
    draft.lines[limit - 1]?.complete === true
  ) {
    return keepLines(draft, limit, 'max-lines');
  }
  return end === undefined ? draft : keepLines(draft, end.count, 'block-end');
}

interface End {
  /** Lines that belong to the block. */
  readonly count: number;
}

function paragraphEnd({ lines }: Draft, first: number, { statements }: BlockLimits): End | undefined {
  const blank = lines.findIndex((line, at) => at > first && line.complete && !hasText(line) && at < lines.length - 1);
  return blank < 0 || statements === 'all' ? undefined : { count: blank };
}

interface Block {
  /** Columns of the text's own level. */
  readonly base: number;
  /** Columns of the line that opened the block which the text fills; `undefined` if it stands among other statements. */
  readonly opener: number | undefined;
}

function statementsEnd(
  draft: Draft,
  first: number,
  scene: Scene,
  { statements, maxLines }: BlockLimits,
): End | undefined {
  const { lines } = draft;
  const { rules, tabWidth } = scene;
  const block = blockOf(draft, first, scene);
  const fits = fitOf(draft, scene).lines;
  let blanks = 0;
  let hadBody = false;
  const last = Math.min(lines.length, first + maxLines + MAX_BLANK_LINES + 1);
  for (let at = first + 1; at < last; at++) {
    const line = lines[at];
    if (line === undefined || !hasText(line)) {
      blanks += line?.complete === true ? 1 : 0;
      if (blanks > MAX_BLANK_LINES && at < lines.length - 1) {
        return { count: at };
      }
      continue;
    }
    const columns = columnsOf(line.indent, tabWidth);
    if (fits[at]?.quoted !== true) {
      if (columns < block.base && !standsLeft(line, columns, block, scene)) {
        return endBefore(line, at, columns, block, scene);
      }
      const isNext = columns === block.base && statements === 'one' && block.opener === undefined;
      if (isNext && (hadBody || blanks > 0) && line.complete && !continuesBlock(line.body, rules)) {
        return { count: at };
      }
    }
    hadBody ||= columns > block.base;
    blanks = 0;
  }
  return undefined;
}

function blockOf({ lines }: Draft, first: number, scene: Scene): Block {
  const { line, lineIsBlank, columns, above, rules, tabWidth } = scene;
  const level = scene.surroundings().statementColumns;
  const head = lines[first];
  const indent = columnsOf(head?.indent ?? '', tabWidth);
  const base = first > 0 ? indent : lineIsBlank ? columns + indent : level;
  const isBelow = first > 0 && !lineIsBlank;
  const opener = isBelow ? line : lineIsBlank ? above?.text : undefined;
  const fills = opener !== undefined && openerOf(opener, rules) !== undefined;
  return { base, opener: fills && level < base ? level : undefined };
}

/** The line is less indented than the text: it ends the block, and belongs to it if it closes what was opened above. */
function endBefore(line: DraftLine, at: number, columns: number, block: Block, { rules }: Scene): End | undefined {
  if (!line.complete) {
    return undefined;
  }
  const closes = closesBlock(line.body, rules);
  const isOuter = block.opener === undefined ? openerOf(line.body, rules) !== undefined : columns < block.opener;
  if (!closes || isOuter) {
    return { count: at };
  }
  return { count: at + 1 };
}

/** Directives stand at the margin; a closing line that opens the next part goes on: `} else {`. */
function standsLeft(line: DraftLine, columns: number, block: Block, { rules }: Scene): boolean {
  if (rules.blocks === 'brackets' && line.body.startsWith('#')) {
    return true;
  }
  return block.opener === columns && closesOrElse(line, rules) && openerOf(lineText(line), rules) !== undefined;
}

function closesOrElse(line: DraftLine, rules: Scene['rules']): boolean {
  return (
    closesBlock(line.body, rules) || /^(?:else|elif|elsif|elseif|except|catch|rescue|finally|ensure)\b/.test(line.body)
  );
}
