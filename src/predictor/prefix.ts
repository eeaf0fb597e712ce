/** How much of the text before the cursor is read. */

/** About 1,500 lines. */
export const MAX_PREFIX_CHARACTERS = 60_000;
/** The cut moves in steps of this, so that most calls find the text begin where it did and need not read it anew. */
const CUT_STEP = 16_384;

/** The end of a text, from a line start on. */
export function endOfPrefix(prefix: string): string {
  if (prefix.length <= MAX_PREFIX_CHARACTERS) {
    return prefix;
  }
  const cut = Math.ceil((prefix.length - MAX_PREFIX_CHARACTERS) / CUT_STEP) * CUT_STEP;
  return prefix.slice(prefix.indexOf('\n', cut) + 1);
}
