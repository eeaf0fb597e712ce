/** What is open at the cursor, and what of it the text behind the cursor closes already. */
import type { LanguageRules } from '../syntax/language-rules.ts';
import type { Open } from '../syntax/open.ts';
import { scan } from '../syntax/scan.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { type WindowStart, tailFromDefinition, windowStart } from '../syntax/window-start.ts';
import { type Claims, claimsOf } from './claims.ts';

export interface Surroundings {
  /** The end of the text before the cursor: what was scanned. */
  readonly tail: string;
  readonly start: WindowStart;
  /** What is open at the cursor, innermost last. */
  readonly stack: readonly Open[];
  readonly claims: Claims;
  /** Indentation of the line that opened the innermost brace; `undefined` if something else is innermost, or nothing. */
  readonly blockColumns: number | undefined;
  /** Indentation of the line on which the statement began that the last line with text belongs to. */
  readonly statementColumns: number;
  /** Whether the scan began at the outermost level, so that a closer without an opener is known to be one too many. */
  readonly rooted: boolean;
}

const CURLY = 123;
/** A few functions' worth; each call of a rule costs their scan. */
const TAIL_CHARACTERS = 3072;
/** White space looked at. */
const MAX_INDENT = 200;
/** Deeper nesting is not code. */
const MAX_DEPTH = 200;

export function surroundingsOf(before: string, after: string, rules: LanguageRules, tabWidth: number): Surroundings {
  const tail = tailFromDefinition(before, TAIL_CHARACTERS);
  const start = windowStart(tail, rules);
  const lastLineStart = tail.trimEnd().lastIndexOf('\n') + 1;
  let statementStart = lastLineStart;
  const opened: number[] = start.open.map(() => -1);
  const { stack, openedAt } = scan(tail, rules, {
    ...start,
    strictFrom: tail.length,
    listener: (event, _what, index) => {
      if (event === 'open') {
        opened.push(index);
      } else if (event === 'close') {
        const from = opened.pop() ?? -1;
        statementStart = index >= lastLineStart && from >= 0 ? Math.min(statementStart, from) : statementStart;
      }
      return undefined;
    },
  });
  const columnsAt = (index: number): number => {
    const lineStart = index <= 0 ? 0 : tail.lastIndexOf('\n', index - 1) + 1;
    return columnsOf(tail.slice(lineStart, lineStart + MAX_INDENT), tabWidth);
  };
  const lineStarts = openedAt.slice(0, MAX_DEPTH).map((at) => (at <= 0 ? 0 : tail.lastIndexOf('\n', at) + 1));
  const columns = lineStarts.map((from) => columnsOf(tail.slice(from, from + MAX_INDENT), tabWidth));
  const claims = claimsOf({ stack: stack.slice(0, MAX_DEPTH), lineStarts, columns }, after, rules, tabWidth);
  const blockColumns = stack.at(-1) === CURLY && (openedAt.at(-1) ?? -1) >= 0 ? columns.at(-1) : undefined;
  return {
    tail,
    start,
    stack,
    claims,
    blockColumns,
    statementColumns: columnsAt(statementStart),
    rooted: isRooted(tail, start),
  };
}

/** A window whose first line is not indented begins outside of everything. */
function isRooted(tail: string, { from, open }: WindowStart): boolean {
  return open.length === 0 && /^[\n\r]*[^\s)\]}]/.test(tail.slice(from, from + MAX_INDENT));
}
