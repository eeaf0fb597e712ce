/** What is open at the cursor, and how much of it the text behind the cursor closes already. */
import type { LanguageRules } from '../syntax/language-rules.ts';
import { type Open, closerOf, closes, isBracket, isComment } from '../syntax/open.ts';
import { scan } from '../syntax/scan.ts';
import { columnsOf, firstLine, isBlank } from '../syntax/text-lines.ts';
import { type WindowStart, tailFromLineStart, windowStart } from '../syntax/window-start.ts';

export interface Surroundings {
  /** The end of the text before the cursor: what was scanned. */
  readonly tail: string;
  readonly start: WindowStart;
  /** What is open at the cursor, innermost last. */
  readonly stack: readonly Open[];
  /** So many of them, from the outermost, are closed behind the cursor: the suggestion must leave them open. */
  readonly claimed: number;
  /** Whether some of them are closed on the current line. */
  readonly claimedOnLine: boolean;
  /** Indentation of the line that opened the innermost brace; `undefined` if something else is innermost, or nothing. */
  readonly blockColumns: number | undefined;
  /** Whether the scan began at the outermost level, so that a closer without an opener is known to be one too many. */
  readonly rooted: boolean;
}

const CURLY = 123;
const CURLY_CLOSE = 125;
/** A few functions' worth; each call of a rule costs their scan. */
const TAIL_CHARACTERS = 3072;
const AFTER_CHARACTERS = 2048;
/** Closers behind the cursor that are compared. */
const MAX_CLAIMS = 12;
/** Openers without a closer that may lie between two that have one. */
const MAX_UNCLOSED = 3;

interface OpenBefore {
  /** Innermost last. */
  readonly stack: readonly Open[];
  readonly columnsAt: (height: number) => number;
  /** The height of the outermost opener on the cursor's line, or -1. */
  readonly firstOnLine: number;
}

/** White space looked at. */
const MAX_INDENT = 200;

interface Closer {
  readonly code: number;
  readonly onLine: boolean;
  /** The indentation of its line if it is the first on it and not on the cursor's line. */
  readonly columns: number | undefined;
}

export function surroundingsOf(before: string, after: string, rules: LanguageRules, tabWidth: number): Surroundings {
  const tail = tailFromLineStart(before, TAIL_CHARACTERS);
  const start = windowStart(tail, rules);
  const { stack, openedAt } = scan(tail, rules, { ...start, strictFrom: tail.length });
  const rooted = isRooted(tail, start);
  const columnsAt = (height: number): number => {
    const lineStart = tail.lastIndexOf('\n', openedAt[height] ?? 0) + 1;
    return columnsOf(tail.slice(lineStart, lineStart + MAX_INDENT), tabWidth);
  };
  const lineStart = tail.lastIndexOf('\n') + 1;
  const firstOnLine = openedAt.findIndex((at) => at >= lineStart);
  const claims = claimsOf({ stack, columnsAt, firstOnLine }, after, rules, tabWidth);
  const blockColumns = stack.at(-1) === CURLY && (openedAt.at(-1) ?? -1) >= 0 ? columnsAt(stack.length - 1) : undefined;
  return { tail, start, stack, ...claims, blockColumns, rooted };
}

/** A window whose first line is not indented begins outside of everything. */
function isRooted(tail: string, { from, open }: WindowStart): boolean {
  return open.length === 0 && /^[\n\r]*[^\s)\]}]/.test(tail.slice(from, from + 200));
}

function claimsOf(
  { stack, columnsAt, firstOnLine }: OpenBefore,
  after: string,
  rules: LanguageRules,
  tabWidth: number,
): Pick<Surroundings, 'claimed' | 'claimedOnLine'> {
  let top = stack.length - 1;
  let from = 0;
  let claimed = 0;
  let claimedOnLine = false;
  const innermost = stack[top];
  if (innermost !== undefined && !isBracket(innermost)) {
    const closer = closerOf(innermost, rules);
    const at = isComment(innermost) && closer === '' ? -1 : firstLine(after).indexOf(closer);
    if (at < 0 || closer === '') {
      return { claimed: 0, claimedOnLine: false };
    }
    claimed = top + 1;
    claimedOnLine = true;
    top--;
    from = at + closer.length;
  }
  const closersBehind = closersIn(after.slice(from, from + AFTER_CHARACTERS), rules, tabWidth);
  top = claimedTop(stack, top, firstOnLine, closersBehind);
  for (const closer of closersBehind) {
    let height = top;
    while (height >= 0 && top - height <= MAX_UNCLOSED && !matches(stack[height], closer, () => columnsAt(height))) {
      height--;
    }
    if (height < 0 || top - height > MAX_UNCLOSED) {
      break;
    }
    claimed = Math.max(claimed, height + 1);
    claimedOnLine ||= closer.onLine;
    top = height - 1;
  }
  return { claimed, claimedOnLine };
}

/**
 * Where brackets behind the cursor leave some of its line open, those are the innermost: what is being typed. So the closers
 * on the line belong to the outermost openers of the line that they fit.
 */
function claimedTop(stack: readonly Open[], top: number, firstOnLine: number, all: readonly Closer[]): number {
  const onLine = all.filter((closer) => closer.onLine);
  if (firstOnLine < 0 || onLine.length === 0) {
    return top;
  }
  for (let height = firstOnLine + onLine.length - 1; height < top; height++) {
    const fits = onLine.every(({ code }, at) => {
      const open = stack[height - at];
      return open !== undefined && closes(open, code);
    });
    if (fits) {
      return height;
    }
  }
  return top;
}

function closersIn(after: string, rules: LanguageRules, tabWidth: number): readonly Closer[] {
  const found: Closer[] = [];
  const lineEnd = after.indexOf('\n');
  scan(after, rules, {
    listener: (event, code, index) => {
      if (event !== 'stray') {
        return undefined;
      }
      const onLine = lineEnd < 0 || index < lineEnd;
      const lineStart = after.lastIndexOf('\n', index) + 1;
      const first = !onLine && isBlank(after.slice(lineStart, index));
      found.push({ code, onLine, columns: first ? columnsOf(after.slice(lineStart, index), tabWidth) : undefined });
      return found.length === MAX_CLAIMS ? 'stop' : undefined;
    },
  });
  return found;
}

/** A brace at the start of a line belongs to the line that is indented like it; other closers to the innermost opener. */
function matches(open: Open | undefined, closer: Closer, columns: () => number): boolean {
  if (open === undefined || !closes(open, closer.code)) {
    return false;
  }
  return closer.code !== CURLY_CLOSE || closer.columns === undefined || closer.columns === columns();
}
