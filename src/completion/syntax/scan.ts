/** One pass over code that follows brackets, strings and comments: no tree, never wrong by more than a construct it does not know. */
import type { LanguageRules } from './language-rules.ts';
import {
  type Open,
  BLOCK_COMMENT,
  INTERPOLATION,
  LINE_COMMENT,
  TRIPLE,
  closerOf,
  closes,
  isBracket,
  opensAt,
} from './open.ts';

const LINE_FEED = 10;
const DOLLAR = 36;
const BACKSLASH = 92;
const CURLY = 123;
const ROUND_CLOSE = 41;
const SQUARE_CLOSE = 93;
const CURLY_CLOSE = 125;

export type ScanEvent = 'open' | 'close' | 'stray';

/**
 * Told of each thing that opens or closes, and of closers that match nothing (`what` is then the closer's code). `stack` is
 * what was open before. Returns `stop` to end the scan.
 */
export type ScanListener = (event: ScanEvent, what: Open, index: number, stack: readonly Open[]) => 'stop' | undefined;

export interface ScanOptions {
  /** Where the scan begins. */
  readonly from?: number;
  /** What is open there. */
  readonly open?: readonly Open[];
  /** Before this index a closer that matches nothing on top closes what lies up to `FORGIVEN` deeper. */
  readonly strictFrom?: number;
  readonly listener?: ScanListener;
}

export interface Scanned {
  /** Innermost last. */
  readonly stack: readonly Open[];
  /** Where each was opened; -1 for what was open from the start. */
  readonly openedAt: readonly number[];
}

/** Openers that code above the cursor may have left open by mistake, or that the scan may have misread. */
const FORGIVEN = 3;

export function scan(text: string, rules: LanguageRules, options: ScanOptions = {}): Scanned {
  const stack: Open[] = [...(options.open ?? [])];
  const openedAt: number[] = stack.map(() => -1);
  const { listener, strictFrom = 0 } = options;
  const interesting = interestingCodes(rules);
  const push = (what: Open, index: number): boolean => {
    const stop = listener?.('open', what, index, stack) === 'stop';
    stack.push(what);
    openedAt.push(index);
    return stop;
  };
  const pop = (what: Open, index: number): boolean => {
    const stop = listener?.('close', what, index, stack) === 'stop';
    stack.pop();
    openedAt.pop();
    return stop;
  };
  let at = options.from ?? 0;
  while (at < text.length) {
    const top = stack.at(-1);
    if (top !== undefined && !isBracket(top)) {
      const end = endOf(top, text, at, rules);
      if (end.type === 'interpolation') {
        if (push(INTERPOLATION, end.at)) {
          break;
        }
        at = end.at + 2;
      } else if (end.at < 0) {
        break;
      } else {
        if (pop(top, end.at)) {
          break;
        }
        at = end.at + end.length;
      }
      continue;
    }
    const code = text.charCodeAt(at);
    if (code >= 128 || interesting[code] === 0) {
      at++;
      continue;
    }
    const found = opensAt(text, at, rules);
    if (found !== undefined) {
      if (found.what !== undefined && push(found.what, at)) {
        break;
      }
      at += found.length;
      continue;
    }
    if (code === ROUND_CLOSE || code === SQUARE_CLOSE || code === CURLY_CLOSE) {
      const depth = matchingDepth(stack, code, at < strictFrom ? FORGIVEN : 0);
      if (depth < 0) {
        if (listener?.('stray', code, at, stack) === 'stop') {
          break;
        }
      } else {
        let stop = false;
        while (stack.length > depth && !stop) {
          stop = pop(stack.at(-1) ?? code, at);
        }
        if (stop) {
          break;
        }
      }
    }
    at++;
  }
  return { stack, openedAt };
}

interface EndFound {
  readonly type: 'end' | 'interpolation';
  readonly at: number;
  readonly length: number;
}

const NO_END: EndFound = { type: 'end', at: -1, length: 0 };

function endOf(open: Open, text: string, from: number, rules: LanguageRules): EndFound {
  if (open === LINE_COMMENT) {
    const at = text.indexOf('\n', from);
    // The line feed itself is code again.
    return { type: 'end', at, length: 1 };
  }
  if (open <= BLOCK_COMMENT) {
    const closer = closerOf(open, rules);
    return { type: 'end', at: text.indexOf(closer, from), length: closer.length };
  }
  const quote = open >= TRIPLE ? open - TRIPLE : open;
  const character = String.fromCharCode(quote);
  const long = open >= TRIPLE || rules.longQuotes.includes(character);
  const escapes = !rules.rawQuotes.includes(character);
  const interpolated = rules.interpolation && character === '`';
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && escapes) {
      at++;
    } else if (code === LINE_FEED && !long) {
      return { type: 'end', at, length: 1 };
    } else if (code === quote) {
      if (open < TRIPLE) {
        return { type: 'end', at, length: 1 };
      }
      if (text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote) {
        return { type: 'end', at, length: 3 };
      }
    } else if (interpolated && code === DOLLAR && text.charCodeAt(at + 1) === CURLY) {
      return { type: 'interpolation', at, length: 2 };
    }
  }
  return NO_END;
}

function matchingDepth(stack: readonly Open[], closer: number, forgiven: number): number {
  for (let depth = stack.length - 1; depth >= 0 && depth >= stack.length - 1 - forgiven; depth--) {
    const open = stack[depth];
    if (open === undefined || !isBracket(open)) {
      return -1;
    }
    if (closes(open, closer)) {
      return depth;
    }
    if (open === INTERPOLATION) {
      return -1;
    }
  }
  return -1;
}

const tables = new WeakMap<LanguageRules, Uint8Array>();

/** The characters at which anything can begin or end; all others are stepped over. */
function interestingCodes(rules: LanguageRules): Uint8Array {
  let table = tables.get(rules);
  if (table === undefined) {
    table = new Uint8Array(128);
    const starts = [...rules.lineComments, ...rules.blockComments.flat(), ...rules.quotes, ...rules.longQuotes];
    for (const start of [...starts, ...'()[]{}', rules.regularExpressions ? '/' : '(']) {
      table[start.charCodeAt(0)] = 1;
    }
    tables.set(rules, table);
  }
  return table;
}
