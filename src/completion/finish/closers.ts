/** Cuts where the text closes what the text behind the cursor closes already, or what was never opened. */
import { openerOf } from '../syntax/block-lines.ts';
import { closes } from '../syntax/open.ts';
import { leadingWhite } from '../syntax/text-lines.ts';
import { type Draft, WAIT, cutAt, firstTextLine, keepLines, lineText, nothing } from './draft.ts';
import { type Cut, fitOf } from './fit.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

export const closers: LineRule = (draft, scene) => {
  if (scene.rules.blocks === 'prose') {
    return draft;
  }
  const fit = fitOf(draft, scene);
  if (fit.cut !== undefined) {
    return cutHere(draft, fit.cut, scene);
  }
  if (scene.restKind === 'none' || (draft.end === 'suffix' && scene.restKind === 'text')) {
    return draft;
  }
  // The rest of the line follows the text, so it may only end where it leaves nothing open.
  const first = firstTextLine(draft);
  const last = fit.lines.findLastIndex(
    ({ neutral }, at) => at >= first && neutral && draft.lines[at]?.complete === true,
  );
  if (first < 0 || last < 0) {
    return draft.end === undefined
      ? WAIT
      : nothing('closers', 'The suggestion would leave a bracket open in front of the text behind the cursor.');
  }
  const kept = last === draft.lines.length - 1 ? draft : { ...draft, lines: draft.lines.slice(0, last + 1) };
  return withRestBelow(kept, scene);
};

const SEPARATOR_AFTER = /^[\s)\]}]*([;,])\s*$/;

function cutHere(draft: Draft, { line, column, reason }: Cut, scene: Scene): Draft {
  const text = draft.lines[line];
  if (text === undefined) {
    return draft;
  }
  const end = reason === 'claimed' ? 'suffix' : 'block-end';
  const head = lineText(text).slice(0, column);
  if (head.trim() === '' && line > 0) {
    const kept = keepLines(draft, line, end);
    const goesBelow = reason === 'claimed' && scene.surroundings().claims.onLine && firstTextLine(kept) >= 0;
    return goesBelow ? { ...kept, restIndent: text.indent } : kept;
  }
  const cut = cutAt(draft, line, column, end);
  const separator = reason === 'unmatched' ? SEPARATOR_AFTER.exec(lineText(text).slice(column))?.[1] : undefined;
  const last = cut.lines.at(-1);
  if (separator === undefined || last === undefined || cut.lines.length !== line + 1 || head.trim() === '') {
    return withRestBelow(cut, scene);
  }
  // One bracket too many: what separates this statement from the next is still wanted.
  const repaired = { ...last, body: last.body + separator, rawEnd: text.rawEnd };
  return { ...cut, lines: cut.lines.with(line, repaired) };
}

/** Lines put between a pair of brackets, or above a closing one, leave that one on a line of its own. */
function withRestBelow(draft: Draft, scene: Scene): Draft {
  const first = firstTextLine(draft);
  const isBetween = draft.lines.length > 1 && first > 0 && isEmptyPair(scene);
  const isAbove = scene.lineIsBlank && first >= 0 && standsAlone(scene);
  const goesBelow = scene.restKind === 'closing' && (isBetween || isAbove);
  return goesBelow ? { ...draft, restIndent: leadingWhite(scene.line) } : draft;
}

/** Whether the closer has a line of its own: braces and tags always, others if they stand further left than what they close. */
function standsAlone({ rest, columns, above }: Scene): boolean {
  return /^\s*(?:\}|<\/)/.test(rest) || (/^\s*[)\]]/.test(rest) && above !== undefined && columns < above.columns);
}

function isEmptyPair({ line, rest, rules }: Scene): boolean {
  const opener = line.trimEnd().charCodeAt(line.trimEnd().length - 1);
  const closer = rest.trimStart();
  return closes(opener, closer.charCodeAt(0)) || (closer.startsWith('</') && openerOf(line, rules) !== undefined);
}
