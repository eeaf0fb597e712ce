/** Refuses text that only writes the line above once more. */
import { closesBlock } from '../syntax/block-lines.ts';
import { firstTextLine, lineText, nothing } from './draft.ts';
import type { LineRule } from './line-rule.ts';
import { resultingLine } from './resulting-line.ts';

/** Short lines (`break;`, `else`) repeat by right. */
const MIN_CHARACTERS = 6;

export const rewritesLineAbove: LineRule = (draft, scene) => {
  const first = firstTextLine(draft);
  const line = draft.lines[first];
  if (line === undefined) {
    return draft;
  }
  const isBelow = first > 0 && !scene.lineIsBlank;
  const above = (isBelow ? scene.line : (scene.above?.text ?? '')).trim();
  const text = (first > 0 ? lineText(line) : resultingLine(draft, scene)).trim();
  if (text !== above || text.length < MIN_CHARACTERS || !/\p{L}/u.test(text) || closesBlock(text, scene.rules)) {
    return draft;
  }
  return nothing('rewrites-line-above', 'The suggestion is the line above once more.');
};
