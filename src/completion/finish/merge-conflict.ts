/** Ends the text before a merge-conflict marker. */
import { keepLines } from './draft.ts';
import type { LineRule } from './line-rule.ts';

const MARKER = /^(?:<{7}|>{7}|\|{7})(?: |$)/;
/** Also underlines a title in prose: a marker only next to the others. */
const MIDDLE = /^={7}$/;

export const mergeConflict: LineRule = (draft, { context, line }) => {
  const inConflict = context.before.includes('<<<<<<< ');
  const at = draft.lines.findIndex(
    ({ indent, body }, index) =>
      indent === '' && (index > 0 || line === '') && (MARKER.test(body) || (inConflict && MIDDLE.test(body))),
  );
  return at < 0 ? draft : keepLines(draft, at, 'suffix');
};
