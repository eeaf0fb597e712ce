/** One level of indentation as a file uses it. */

const INDENTED = /^(\t|( +))\S/gm;
/** Lines looked at; more does not change the answer. */
const SAMPLE = 200;
const DEFAULT_UNIT = '    ';

/** A tab if the indented lines near the cursor begin with tabs, else the smallest number of blanks seen (2 to 8). */
export function indentUnitOf(text: string): string {
  let tabs = 0;
  let seen = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const match of text.matchAll(INDENTED)) {
    if (match[1] === '\t') {
      tabs++;
    } else {
      const width = match[2]?.length ?? 0;
      // One blank is alignment (a block comment), not a level.
      smallest = width >= 2 ? Math.min(smallest, width) : smallest;
    }
    if (++seen === SAMPLE) {
      break;
    }
  }
  if (tabs * 2 > seen) {
    return '\t';
  }
  return smallest <= 8 ? ' '.repeat(smallest) : DEFAULT_UNIT;
}
