/** Ends the text before a line that nobody would read as ghost text: minified code, data. */
import { keepLines, nothing } from './draft.ts';
import type { LineRule } from './line-rule.ts';

/** Prose is written in lines of a paragraph each; code is hardly ever longer than 200. */
const MAX_LINE_CHARACTERS = 1000;

export const longLine: LineRule = (draft) => {
  const at = draft.lines.findIndex(({ body }) => body.length > MAX_LINE_CHARACTERS);
  if (at < 0) {
    return draft;
  }
  const kept = keepLines(draft, at, 'max-lines');
  return kept.lines.length === 0
    ? nothing('long-line', `The model wrote a line of more than ${MAX_LINE_CHARACTERS} characters.`)
    : kept;
};
