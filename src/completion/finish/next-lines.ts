/** Ends the text before a line that stands below the cursor already. */
import { isOnlyClosers } from '../syntax/block-lines.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { firstTextLine, hasText, keepLines } from './draft.ts';
import type { LineRule } from './line-rule.ts';

export const nextLines: LineRule = (draft, scene) => {
  const { below, rules, tabWidth } = scene;
  const first = firstTextLine(draft);
  if (below === undefined || first < 0) {
    return draft;
  }
  const text = below.text.trim();
  // Brackets are told apart by what they close (the rule `closers`), not by what they look like.
  if (rules.balanced && isOnlyClosers(text)) {
    return draft;
  }
  const at = draft.lines.findIndex(
    (line, index) =>
      index > first &&
      line.complete &&
      hasText(line) &&
      line.body.trimEnd() === text &&
      columnsOf(line.indent, tabWidth) === below.columns,
  );
  return at < 0 ? draft : keepLines(draft, at, 'suffix');
};
