/** What a window that was cut out of a file begins in: code, a block comment, or a documentation string. */
import type { LanguageRules } from './language-rules.ts';
import { type Open, TRIPLE } from './open.ts';
import { isBlank } from './text-lines.ts';

export interface WindowStart {
  /** Where code begins. */
  readonly from: number;
  /** What is open there. */
  readonly open: readonly Open[];
}

/** At most `count` characters from the end of the text, from the start of a line where there is one. */
function tailFromLineStart(text: string, count: number): string {
  if (text.length <= count) {
    return text;
  }
  const lineStart = text.indexOf('\n', text.length - count) + 1;
  return text.slice(lineStart === 0 ? text.length - count : lineStart);
}

// A definition at the margin, in the languages whose strings and comments may hide where code begins.
const DEFINITION =
  /^(?:(?:export|function|async|class|abstract|interface|type|enum|const|namespace|declare|func|pub|fn|impl|struct|trait|public|module)\b.*[({[]|(?:describe|it|test)\(.*[({]|(?:def|class|async def)\b.*:)$/gm;

/** A text so short is taken to be all there is before the cursor. */
const WHOLE_CHARACTERS = 2000;

/** The same, of longer texts from the last definition at the margin: nothing is open before it. */
export function tailFromDefinition(text: string, count: number): string {
  const tail = tailFromLineStart(text, count);
  if (text.length <= WHOLE_CHARACTERS) {
    return text;
  }
  let start = 0;
  for (const { index } of tail.matchAll(DEFINITION)) {
    start = index;
  }
  return tail.slice(start);
}

export function windowStart(text: string, rules: LanguageRules): WindowStart {
  for (const [open, close] of rules.blockComments) {
    const end = commentEnd(text, open, close);
    if (end > 0) {
      return { from: end, open: [] };
    }
  }
  return { from: 0, open: rules.tripleQuotes && beginsInsideTriple(text) ? [QUOTE + TRIPLE] : [] };
}

/** Where the comment ends that the window begins in, or 0. */
function commentEnd(text: string, open: string, close: string): number {
  const closeAt = text.indexOf(close);
  const openAt = text.indexOf(open);
  if (closeAt < 0 || (openAt >= 0 && openAt < closeAt)) {
    return 0;
  }
  // A glob (`**/*.ts`) holds the same characters, but not at the end of a line of prose.
  const end = closeAt + close.length;
  const lineEnd = text.indexOf('\n', end);
  return isBlank(text.slice(end, lineEnd < 0 ? text.length : lineEnd)) ? end : 0;
}

const QUOTE = 34;
const TRIPLE_QUOTE = '"""';
const LEAD_CHARACTERS = 80;
const CODE_LINES =
  /^[ \t]*(?:(?:def|class|return|import|from|if|elif|for|while|with|except|raise|@\w+|assert|del|yield)\b.*[\w)\]:'"]|(?:else|try|finally):|[\w.[\]]+ ?[-+*/|]?= ?[^=\n]+|[\w.]+\(.*\))[ \t]*$/gm;
// What stands before a string in code: an assignment, an argument, `return`, or a line of its own after an opener.
const STRING_MAY_FOLLOW = /(?:[=(,[{:+]|\b(?:return|in|and|or|not|yield|assert)|\b[rbfuRBFU]{1,2})\s*$/;

/**
 * The window begins in a documentation string if more of it reads like code that way. Without such lines: if the first `"""`,
 * with nothing behind it, follows prose.
 */
function beginsInsideTriple(text: string): boolean {
  const first = text.indexOf(TRIPLE_QUOTE);
  if (first < 0) {
    return false;
  }
  const scores = text.split(TRIPLE_QUOTE).map((part) => part.match(CODE_LINES)?.length ?? 0);
  const outside = scores.reduce((sum, score, at) => sum + (at % 2 === 0 ? score : 0), 0);
  const inside = scores.reduce((sum, score, at) => sum + (at % 2 === 1 ? score : 0), 0);
  if (outside !== inside) {
    return inside > outside;
  }
  const lineEnd = text.indexOf('\n', first);
  if (lineEnd < 0 || !isBlank(text.slice(first + TRIPLE_QUOTE.length, lineEnd))) {
    return false;
  }
  const lead = text.slice(Math.max(0, first - LEAD_CHARACTERS), first);
  return !isBlank(lead) && !STRING_MAY_FOLLOW.test(lead);
}
