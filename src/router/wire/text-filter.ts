/** Text that streams through a filter: what may come out at once comes out at once. */

export interface TextFilter {
  /** Takes more text, gives what is certain so far. */
  push(text: string): string;
  /** No more text will come: gives what was held back. */
  end(): string;
  /** The answer is complete; what comes after it is of no use. */
  readonly ended: boolean;
}

/** Ends the text before the first of the stop strings. Holds back only what may be the beginning of one. */
export function stopFilter(stops: readonly string[]): TextFilter {
  const wanted = stops.filter((stop) => stop !== '');
  let held = '';
  let ended = false;
  return {
    push(text) {
      if (ended) return '';
      const all = held + text;
      const at = firstOf(all, wanted);
      if (at !== undefined) {
        ended = true;
        held = '';
        return all.slice(0, at);
      }
      const keep = longestBeginning(all, wanted);
      held = all.slice(all.length - keep);
      return all.slice(0, all.length - keep);
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
    get ended() {
      return ended;
    },
  };
}

/**
 * The stop strings worth one of the few places that a server has for them: in the given order, without those that begin with a
 * shorter one. The rest is cut here.
 */
export function serverStops(stops: readonly string[], max: number): readonly string[] {
  const unique = [...new Set(stops)].filter((stop) => stop !== '');
  return unique.filter((stop) => !unique.some((other) => other !== stop && stop.startsWith(other))).slice(0, max);
}

/** How many characters at the end of `text` may be the beginning of one of the strings. */
function longestBeginning(text: string, strings: readonly string[]): number {
  let longest = 0;
  for (const string of strings) {
    for (let length = Math.min(string.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(string.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}

function firstOf(text: string, strings: readonly string[]): number | undefined {
  let first: number | undefined;
  for (const string of strings) {
    const at = text.indexOf(string);
    if (at !== -1 && (first === undefined || at < first)) first = at;
  }
  return first;
}
