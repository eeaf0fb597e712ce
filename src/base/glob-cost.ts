/**
 * Which globs are safe to match on the main thread. A workspace may set globs, and a glob is matched with backtracking: its time
 * grows with a power of the number of stars in a segment and of `**` (2.7 s for `*a*a*a*b` and a name of 255 characters; two
 * stars take 0.1 ms).
 */

const MOST_CHARACTERS = 512;
const MOST_STARS_IN_SEGMENT = 2;
const MOST_GLOBSTARS = 3;
const MOST_ALTERNATIVES = 3;

export function isCheapGlob(pattern: string): boolean {
  return (
    pattern.length <= MOST_CHARACTERS &&
    pattern.split(/[/\\]/).every((segment) => count(segment, /\*+/g) <= MOST_STARS_IN_SEGMENT) &&
    count(pattern, /\*\*/g) <= MOST_GLOBSTARS &&
    count(pattern, /\{/g) <= MOST_ALTERNATIVES
  );
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}
