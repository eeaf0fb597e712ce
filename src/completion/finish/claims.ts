/** Which of the brackets and strings that are open before the cursor are closed behind it already. */
import type { LanguageRules } from '../syntax/language-rules.ts';
import { type Open, closerOf, closes, isBracket, isComment, spansLines } from '../syntax/open.ts';
import { scan } from '../syntax/scan.ts';
import { columnsOf, firstLine, isBlank } from '../syntax/text-lines.ts';

/** What is open before the cursor; the arrays are outermost first. */
export interface OpenBefore {
  readonly stack: readonly Open[];
  /** Where the line of each begins. */
  readonly lineStarts: readonly number[];
  /** Indentation of that line. */
  readonly columns: readonly number[];
}

/** An opener that must stay open, because its closer stands behind the cursor. */
export interface Claim {
  readonly height: number;
  readonly open: Open;
  /** The indentation of the closer's line, if it begins with the closer. */
  readonly columns: number | undefined;
}

export interface Claims {
  /** Innermost first. */
  readonly all: readonly Claim[];
  /** Whether some of them are closed on the cursor's own line. */
  readonly onLine: boolean;
  /** Indentation of the line of each opener, outermost first. */
  readonly columns: readonly number[];
}

const CURLY = 123;
const AFTER_CHARACTERS = 2048;
/** Closers behind the cursor that are compared. */
const MAX_CLOSERS = 12;
/** Openers without a closer that may lie above one that has one. */
const MAX_UNCLOSED = 8;

/** The closers of one line behind the cursor that match nothing behind it. */
interface Run {
  readonly codes: readonly number[];
  readonly onLine: boolean;
  /** The indentation of the line, if it begins with them. */
  readonly columns: number | undefined;
}

export function claimsOf(open: OpenBefore, after: string, rules: LanguageRules, tabWidth: number): Claims {
  const all: Claim[] = [];
  let top = open.stack.length - 1;
  let from = 0;
  const innermost = open.stack[top];
  if (innermost !== undefined && !isBracket(innermost)) {
    const closer = isComment(innermost) ? '' : closerOf(innermost, rules);
    const at = closer === '' ? -1 : firstLine(after).indexOf(closer);
    if (at < 0 && (closer === '' || spansLines(innermost, rules))) {
      return { all: [], onLine: false, columns: [] };
    }
    // A string that must end with the line and does not is ended by the suggestion.
    if (at >= 0) {
      all.push({ height: top, open: innermost, columns: undefined });
      from = at + closer.length;
    }
    top--;
  }
  let onLine = all.length > 0;
  for (const run of runsIn(after.slice(from, from + AFTER_CHARACTERS), rules, tabWidth)) {
    let height = heightFor(run, run.codes, top, open);
    const whole = height >= 0;
    height = whole ? height : heightFor(run, run.codes.slice(0, 1), top, open);
    if (height < 0) {
      break;
    }
    const count = whole ? run.codes.length : 1;
    for (let at = 0; at < count; at++, height--) {
      all.push({ height, open: open.stack[height] ?? 0, columns: at === 0 ? run.columns : undefined });
    }
    onLine ||= run.onLine;
    top = height;
  }
  return { all, onLine, columns: open.columns };
}

/**
 * The height of the opener that the first closer of the run belongs to, or -1. A closer at the start of a line belongs to a
 * line that is indented like it. Where brackets leave some of a line's openers over, those are the innermost: what is being
 * typed.
 */
function heightFor(run: Run, codes: readonly number[], top: number, open: OpenBefore): number {
  const fits = (height: number): boolean =>
    codes.every((code, at) => {
      const opener = open.stack[height - at];
      return opener !== undefined && closes(opener, code);
    });
  for (const sameColumns of run.columns === undefined ? [false] : [true, false]) {
    for (let high = top; high >= 0 && top - high <= MAX_UNCLOSED;) {
      let low = high;
      while (low > 0 && open.lineStarts[low - 1] === open.lineStarts[high]) {
        low--;
      }
      const columns = open.columns[high] ?? 0;
      const mayBelong = run.columns === undefined || (sameColumns ? run.columns === columns : run.columns > columns);
      if (mayBelong) {
        const contained = low + codes.length - 1;
        for (let height = Math.max(low, contained); height <= high; height++) {
          if (fits(height)) {
            return height;
          }
        }
        for (let height = low; height < Math.min(contained, high + 1); height++) {
          if (fits(height)) {
            return height;
          }
        }
      }
      high = low - 1;
    }
  }
  return -1;
}

function runsIn(after: string, rules: LanguageRules, tabWidth: number): readonly Run[] {
  const runs: { codes: number[]; onLine: boolean; columns: number | undefined; line: number }[] = [];
  let count = 0;
  scan(after, rules, {
    listener: (event, code, index) => {
      if (event !== 'stray') {
        return undefined;
      }
      const line = after.lastIndexOf('\n', index) + 1;
      const last = runs.at(-1);
      if (last?.line === line) {
        last.codes.push(code);
      } else {
        const first = line > 0 && isBlank(after.slice(line, index));
        const columns = first ? columnsOf(after.slice(line, index), tabWidth) : undefined;
        runs.push({ codes: [code], onLine: line === 0, columns, line });
      }
      return ++count === MAX_CLOSERS ? 'stop' : undefined;
    },
  });
  return runs;
}

/**
 * Whether what is open now can still be closed by what stands behind the cursor. `low` is how much of what was open before
 * the cursor was never closed meanwhile.
 */
export function leavesClaims(stack: readonly Open[], length: number, low: number, { all, columns }: Claims): boolean {
  let at = length - 1;
  for (const claim of all) {
    while (at >= low && stack[at] !== claim.open) {
      at--;
    }
    if (at < low) {
      if (claim.height < low) {
        at = Math.min(at, claim.height);
        if (at < claim.height) {
          return false;
        }
      } else if (at < 0 || stack[at] !== claim.open || !mayReplace(claim, columns[at])) {
        return false;
      }
    }
    at--;
  }
  return true;
}

/** An outer bracket may take the place of the one whose closer stands behind the cursor; a brace only on a line like its own. */
function mayReplace({ open, columns }: Claim, outer: number | undefined): boolean {
  return columns === undefined ? open !== CURLY : columns === outer;
}
