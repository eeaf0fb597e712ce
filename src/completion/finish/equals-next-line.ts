/** Refuses text that only writes the next line once more. */
import { closesBlock, isOnlyClosers } from '../syntax/block-lines.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { firstTextLine, lineText, nothing } from './draft.ts';
import type { LineRule } from './line-rule.ts';
import { resultingLine } from './resulting-line.ts';

export const equalsNextLine: LineRule = (draft, scene) => {
  const { below, rules } = scene;
  const first = firstTextLine(draft);
  const line = draft.lines[first];
  if (below === undefined || line === undefined) {
    return draft;
  }
  const next = below.text.trim();
  const whole = first > 0 ? lineText(line) : resultingLine(draft, scene);
  const text = whole.trim();
  // Which of two brackets is meant, the rule `closers` knows; a row of numbers is followed by others like it.
  if (text !== next || (rules.balanced && isOnlyClosers(next)) || !/\p{L}/u.test(next)) {
    return draft;
  }
  if (closesBlock(text, rules) && columnsOf(whole, scene.tabWidth) !== below.columns) {
    // `} else {` of another block.
    return draft;
  }
  return nothing('equals-next-line', 'The suggestion is the line that follows anyway.');
};
