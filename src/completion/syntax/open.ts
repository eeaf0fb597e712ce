/** What may be open at a place of code (brackets, strings, comments), where it begins and how it ends. */
import type { LanguageRules } from './language-rules.ts';
import { isBlankCode } from './text-lines.ts';

/** What is open at a place: a bracket or quote by its character code, the rest by these numbers. */
export type Open = number;
export const LINE_COMMENT: Open = -1;
/** Block comments of a language are numbered downwards from here. */
export const BLOCK_COMMENT: Open = -2;
/** Code inside a template string. */
export const INTERPOLATION: Open = -20;
/** Added to the character code of a quote for `"""` and `'''`. */
export const TRIPLE = 1000;

const SLASH = 47;
const APOSTROPHE = 39;
const ROUND = 40;
const SQUARE = 91;
const CURLY = 123;
const ROUND_CLOSE = 41;
const SQUARE_CLOSE = 93;
const CURLY_CLOSE = 125;

export function isBracket(open: Open): boolean {
  return open === ROUND || open === SQUARE || open === CURLY || open === INTERPOLATION;
}

export function isComment(open: Open): boolean {
  return open < 0 && open !== INTERPOLATION;
}

export function isString(open: Open): boolean {
  return open >= 0 && !isBracket(open);
}

/** A string or comment that goes on over the end of the line. */
export function spansLines(open: Open, rules: LanguageRules): boolean {
  if (isBracket(open) || open === LINE_COMMENT) {
    return false;
  }
  return open < 0 || open >= TRIPLE || rules.longQuotes.includes(String.fromCharCode(open));
}

/** Whether the opener is closed by this closing bracket. */
export function closes(open: Open, closer: number): boolean {
  switch (closer) {
    case ROUND_CLOSE:
      return open === ROUND;
    case SQUARE_CLOSE:
      return open === SQUARE;
    case CURLY_CLOSE:
      return open === CURLY || open === INTERPOLATION;
    default:
      return false;
  }
}

/** How the string or comment ends. */
export function closerOf(open: Open, rules: LanguageRules): string {
  if (open <= BLOCK_COMMENT && open !== INTERPOLATION) {
    return rules.blockComments[BLOCK_COMMENT - open]?.[1] ?? '';
  }
  return open >= TRIPLE ? String.fromCharCode(open - TRIPLE).repeat(3) : String.fromCharCode(open);
}

export interface Opening {
  /** `undefined`: something to step over (a regular expression, an apostrophe). */
  readonly what: Open | undefined;
  readonly length: number;
}

/** What begins at this character, if anything does. */
export function opensAt(text: string, at: number, rules: LanguageRules): Opening | undefined {
  const code = text.charCodeAt(at);
  if (code === ROUND || code === SQUARE || code === CURLY) {
    return { what: code, length: 1 };
  }
  for (const [number, [open]] of rules.blockComments.entries()) {
    if (text.startsWith(open, at)) {
      return { what: BLOCK_COMMENT - number, length: open.length };
    }
  }
  for (const marker of rules.lineComments) {
    if (text.startsWith(marker, at) && (marker !== '#' || standsAlone(text, at))) {
      return { what: LINE_COMMENT, length: marker.length };
    }
  }
  const character = text.charAt(at);
  if (rules.quotes.includes(character) || rules.longQuotes.includes(character)) {
    return quoteAt(text, at, rules);
  }
  if (code === SLASH && rules.regularExpressions) {
    const length = regularExpressionAt(text, at);
    return length === 0 ? undefined : { what: undefined, length };
  }
  return undefined;
}

/** `#` begins a comment after a blank, not in `$#`, `a#b` or a colour. */
function standsAlone(text: string, at: number): boolean {
  return at === 0 || isBlankCode(text.charCodeAt(at - 1)) || !/[\w$&{'"#]/.test(text.charAt(at - 1));
}

function quoteAt(text: string, at: number, rules: LanguageRules): Opening {
  const quote = text.charCodeAt(at);
  if (rules.tripleQuotes && text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote) {
    return { what: quote + TRIPLE, length: 3 };
  }
  if (quote === APOSTROPHE) {
    if (isApostrophe(text, at)) {
      return { what: undefined, length: 1 };
    }
    if (rules.characterQuotes) {
      CHARACTER_LITERAL.lastIndex = at;
      const literal = CHARACTER_LITERAL.exec(text)?.[0];
      return { what: undefined, length: literal?.length ?? 1 };
    }
  }
  return { what: quote, length: 1 };
}

const CHARACTER_LITERAL = /'(?:\\[^\n]{1,9}?|[^\\'\n]{1,2})'/y;
/** What may stand before a quote as part of the literal: `b'..'`, `rb'..'`, `N'..'`, `L'..'`. */
const LITERAL_PREFIX = /(?:^|[^\p{L}\p{N}_])[a-zA-Z]{1,2}$/u;

/** As in `don't`: a letter or digit stands right before it, and it is no prefix of a literal. */
function isApostrophe(text: string, at: number): boolean {
  if (at === 0 || !/[\p{L}\p{N}_]/u.test(text.charAt(at - 1))) {
    return false;
  }
  return !LITERAL_PREFIX.test(text.slice(Math.max(0, at - 3), at));
}

const REGULAR_EXPRESSION = /\/(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\[\n])+\//y;
/** Longer ones are rare, and the search for their end must not make the scan slow. */
const MAX_REGULAR_EXPRESSION = 200;
const BEFORE_EXPRESSION =
  /(?:^|[(,=:[!&|?{};+\-*%~^\n]|=>|\b(?:return|typeof|case|in|of|do|else|throw|new|yield|await|if|and|or|not|when))\s*$/;

/** The length of the regular expression that begins here, or 0 if the slash divides. */
function regularExpressionAt(text: string, at: number): number {
  if (!BEFORE_EXPRESSION.test(text.slice(Math.max(0, at - 16), at))) {
    return 0;
  }
  REGULAR_EXPRESSION.lastIndex = 0;
  const literal = REGULAR_EXPRESSION.exec(text.slice(at, at + MAX_REGULAR_EXPRESSION))?.[0];
  return literal?.length ?? 0;
}
