/** Cuts to the first line with text; to more only where what stands behind the cursor would split an expression. */
import { type Draft, WAIT, firstTextLine, keepLines } from './draft.ts';
import { fitOf } from './fit.ts';
import type { LineRule } from './line-rule.ts';

export const firstLine: LineRule = (draft, scene) => {
  const first = firstTextLine(draft);
  if (first < 0 || draft.lines[first]?.complete !== true) {
    return draft.end === undefined ? WAIT : draft;
  }
  if (scene.restKind === 'none' || draft.end === 'suffix') {
    return keepLines(draft, first + 1, endOf(draft, first));
  }
  const { lines, cut } = fitOf(draft, scene);
  const whole = lines.findIndex(({ neutral }, at) => at >= first && neutral && draft.lines[at]?.complete === true);
  const last = cut !== undefined && (whole < 0 || cut.line < whole) ? cut.line : whole;
  if (last < 0 || last - first >= scene.context.maxLines) {
    return draft.end === undefined && draft.lines.length - first <= scene.context.maxLines
      ? WAIT
      : keepLines(draft, first + 1, 'line');
  }
  return keepLines(draft, last + 1, 'line');
};

function endOf(draft: Draft, first: number): Draft['end'] & string {
  return draft.end !== undefined && draft.lines.length === first + 1 ? draft.end : 'line';
}
