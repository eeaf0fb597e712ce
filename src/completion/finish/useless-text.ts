/** Refuses text with nothing in it. */
import { type Draft, firstTextLine, nothing } from './draft.ts';
import type { LineRule } from './line-rule.ts';

export const uselessText: LineRule = (draft) => {
  if (firstTextLine(draft) < 0) {
    return nothing('useless-text', reasonOf(draft));
  }
  return draft;
};

function reasonOf({ end }: Draft): string {
  switch (end) {
    case 'suffix':
      return 'The suggestion is what stands behind the cursor already.';
    case 'repetition':
      return 'The model repeated itself.';
    case 'block-end':
      return 'The block ends here already.';
    default:
      return 'The model had nothing to add.';
  }
}
