/** How the lines of a draft stand between the brackets and strings that are open before the cursor and those closed behind it. */
import { type Open, LINE_COMMENT, spansLines } from '../syntax/open.ts';
import { scan } from '../syntax/scan.ts';
import { columnsOf } from '../syntax/text-lines.ts';
import { leavesClaims } from './claims.ts';
import { type Draft, lineText } from './draft.ts';
import type { Scene } from './scene.ts';

export interface LineFit {
  /** Whether the line begins inside a string or comment that spans lines: its indentation means nothing. */
  readonly quoted: boolean;
  /** Whether the text may end with this line: it leaves nothing open that was not open before, and nothing closed. */
  readonly neutral: boolean;
}

export interface Cut {
  readonly line: number;
  /** In the text of the line, indentation included. */
  readonly column: number;
  /** `claimed`: the text closes what is closed behind the cursor; `unmatched`: it closes what was never opened. */
  readonly reason: 'claimed' | 'unmatched';
}

export interface Fit {
  readonly lines: readonly LineFit[];
  /** Where the text stops fitting. */
  readonly cut: Cut | undefined;
}

/** Of deeper nesting than this nothing is asked. */
const MAX_COMPARED = 64;

export function fitOf(draft: Draft, scene: Scene): Fit {
  const { tail, start, stack: base, claims, rooted } = scene.surroundings();
  const texts = draft.lines.map(lineText);
  const boundary = tail.length;
  const fits: LineFit[] = [];
  let lineEnd = boundary + (texts[0]?.length ?? 0);
  let quoted = false;
  /** How much of what was open before the cursor was never closed meanwhile. */
  let low = base.length;
  /** Where the text began to close what is closed behind the cursor; -1 while it does not. */
  let brokenAt = -1;
  let strayAt = -1;
  /** The first such places that were still ones at the end of their line: further lines cannot change them. */
  let claimedAt = -1;
  let unmatchedAt = -1;

  const passLines = (index: number, stack: readonly Open[]): void => {
    while (fits.length < texts.length && lineEnd <= index) {
      const top = stack.at(-1);
      const open = stack.length - (top === LINE_COMMENT && scene.restKind === 'none' ? 1 : 0);
      fits.push({ quoted, neutral: brokenAt < 0 && open <= base.length });
      if (draft.lines[fits.length - 1]?.complete === true) {
        claimedAt = claimedAt < 0 ? brokenAt : claimedAt;
        unmatchedAt = unmatchedAt < 0 ? strayAt : unmatchedAt;
      }
      quoted = top !== undefined && spansLines(top, scene.rules);
      lineEnd += 1 + (texts[fits.length]?.length ?? 0);
    }
  };

  const { stack } = scan(tail + texts.join('\n'), scene.rules, {
    ...start,
    strictFrom: boundary,
    listener: (event, what, index, before) => {
      if (index < boundary) {
        return undefined;
      }
      passLines(index, before);
      if (event === 'stray') {
        if (rooted || before.length > 0) {
          strayAt = strayAt < 0 && scene.rules.balanced ? index : strayAt;
        } else if (brokenAt < 0 && standsBehind(what, fits.length, texts[fits.length] ?? '', scene)) {
          // What was opened above the window is not known; the same closer behind the cursor is likely to be its.
          brokenAt = index;
        }
        return undefined;
      }
      const length = event === 'open' ? before.length + 1 : before.length - 1;
      low = Math.min(low, length);
      if (low < base.length && claims.all.length > 0) {
        const now = event === 'open' ? [...before.slice(-MAX_COMPARED), what] : before.slice(-MAX_COMPARED - 1, -1);
        const skipped = length - now.length;
        const holds = skipped > 0 || leavesClaims(now, length, low, claims);
        brokenAt = holds ? -1 : brokenAt < 0 ? index : brokenAt;
      }
      return undefined;
    },
  });
  passLines(Number.POSITIVE_INFINITY, stack);
  const at = firstOf(claimedAt, unmatchedAt);
  const reason = at === unmatchedAt ? 'unmatched' : 'claimed';
  return { lines: fits, cut: at < 0 ? undefined : { ...placeOf(texts, at - boundary), reason } };
}

/** Whether the same closer stands behind the cursor: on its line, or first on the next line, indented alike. */
function standsBehind(code: number, line: number, text: string, scene: Scene): boolean {
  const { rest, restKind, below, lineIsBlank, line: current, tabWidth } = scene;
  if (line === 0 && restKind === 'closing' && rest.trimStart().charCodeAt(0) === code) {
    return true;
  }
  const whole = line === 0 && lineIsBlank ? current + text : text;
  return (
    below !== undefined &&
    (line > 0 || lineIsBlank) &&
    whole.trimStart().charCodeAt(0) === code &&
    below.text.trimStart().charCodeAt(0) === code &&
    columnsOf(whole, tabWidth) === below.columns
  );
}

/** The smaller one that is not -1. */
function firstOf(one: number, other: number): number {
  return one < 0 || (other >= 0 && other < one) ? other : one;
}

function placeOf(texts: readonly string[], index: number): { readonly line: number; readonly column: number } {
  let column = index;
  for (const [line, text] of texts.entries()) {
    if (column <= text.length) {
      return { line, column };
    }
    column -= text.length + 1;
  }
  return { line: texts.length, column: 0 };
}
