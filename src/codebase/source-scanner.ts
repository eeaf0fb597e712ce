/** Steps over strings, comments and brackets of languages with braces. */

export interface ScanRules {
  /** Backticks hold templates (scripts) or raw strings (Go). */
  readonly backticks: 'template' | 'raw' | 'none';
  /** A `/` may begin a regular expression. */
  readonly regularExpressions: boolean;
  /** `'` begins a string (scripts), or one character, or a lifetime (Rust). */
  readonly apostrophes: 'string' | 'character';
}

export interface SourceScanner {
  readonly text: string;
  /** The next place that is neither blank nor comment; at most `end`. */
  skipBlank(at: number, end: number): number;
  /** Behind the string, template, comment or regular expression that begins here; `at` if none does. */
  skipLiteral(at: number, end: number): number;
  /** Behind the bracket that closes the one at `at`; `end` if it is never closed. */
  skipBrackets(at: number, end: number): number;
}

/** Templates within templates; deeper ones are hostile, and the rest of the text is stepped over. */
const MAX_NESTING = 40;

export function createScanner(text: string, rules: ScanRules): SourceScanner {
  let nesting = 0;
  const skipLiteral = (at: number, end: number): number => {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        return skipString(text, at, end, QUOTE);
      case APOSTROPHE:
        return rules.apostrophes === 'string' ? skipString(text, at, end, APOSTROPHE) : skipCharacter(text, at, end);
      case BACKTICK:
        return rules.backticks === 'template'
          ? skipTemplate(at, end)
          : rules.backticks === 'raw'
            ? behind(text, '`', at + 1, end)
            : at;
      case SLASH: {
        const next = text.charCodeAt(at + 1);
        if (next === SLASH) {
          return behind(text, '\n', at, end);
        }
        if (next === STAR) {
          return behind(text, '*/', at + 2, end);
        }
        return rules.regularExpressions && startsExpression(text, at) ? skipRegularExpression(text, at, end) : at;
      }
      default:
        return at;
    }
  };

  const skipTemplate = (at: number, end: number): number => {
    for (let index = at + 1; index < end; index++) {
      const code = text.charCodeAt(index);
      if (code === BACKSLASH) {
        index++;
      } else if (code === BACKTICK) {
        return index + 1;
      } else if (code === DOLLAR && text.charCodeAt(index + 1) === OPEN_BRACE) {
        if (++nesting > MAX_NESTING) {
          return end;
        }
        index = skipBrackets(index + 1, end) - 1;
        nesting--;
      }
    }
    return end;
  };

  const skipBrackets = (at: number, end: number): number => {
    let depth = 0;
    for (let index = at; index < end;) {
      const code = text.charCodeAt(index);
      if (code === OPEN_BRACE || code === OPEN_PAREN || code === OPEN_BRACKET) {
        depth++;
      } else if (code === CLOSE_BRACE || code === CLOSE_PAREN || code === CLOSE_BRACKET) {
        depth--;
        if (depth <= 0) {
          return index + 1;
        }
      } else if (code === QUOTE || code === APOSTROPHE || code === BACKTICK || code === SLASH) {
        const next = skipLiteral(index, end);
        index = next > index ? next : index + 1;
        continue;
      }
      index++;
    }
    return end;
  };

  return {
    text,
    skipLiteral,
    skipBrackets,
    skipBlank: (at, end) => {
      let index = at;
      while (index < end) {
        const code = text.charCodeAt(index);
        if (code <= SPACE || code === NO_BREAK_SPACE) {
          index++;
        } else if (code === SLASH && (text.charCodeAt(index + 1) === SLASH || text.charCodeAt(index + 1) === STAR)) {
          index = skipLiteral(index, end);
        } else {
          return index;
        }
      }
      return end;
    },
  };
}

function behind(text: string, mark: string, from: number, end: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? end : Math.min(end, found + mark.length);
}

function skipString(text: string, at: number, end: number, quote: number): number {
  for (let index = at + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) {
      index++;
    } else if (code === quote) {
      return index + 1;
    } else if (code === NEWLINE) {
      return index;
    }
  }
  return end;
}

/** `'a'`, `'\n'`, `'\u{1F600}'`; a lifetime such as `'static` is none. */
function skipCharacter(text: string, at: number, end: number): number {
  if (text.charCodeAt(at + 1) === BACKSLASH) {
    return behind(text, "'", at + 3, end);
  }
  const close = text.charCodeAt(at + 2) === APOSTROPHE ? at + 3 : text.charCodeAt(at + 3) === APOSTROPHE ? at + 4 : at;
  return Math.min(close, end);
}

/** Whether a value is expected here, so that `/` cannot be a division. */
function startsExpression(text: string, at: number): boolean {
  let index = at - 1;
  while (index >= 0 && text.charCodeAt(index) <= SPACE) {
    index--;
  }
  if (index < 0) {
    return true;
  }
  const before = text.charAt(index);
  if ('(,=:[!&|?{};+-*%~^<>'.includes(before)) {
    return true;
  }
  return /\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield)$/.test(
    text.slice(Math.max(0, index - 7), index + 1),
  );
}

function skipRegularExpression(text: string, at: number, end: number): number {
  let inClass = false;
  for (let index = at + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) {
      index++;
    } else if (code === OPEN_BRACKET) {
      inClass = true;
    } else if (code === CLOSE_BRACKET) {
      inClass = false;
    } else if (code === SLASH && !inClass) {
      return index + 1;
    } else if (code === NEWLINE) {
      return at;
    }
  }
  return at;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const DOLLAR = 0x24;
const APOSTROPHE = 0x27;
const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const STAR = 0x2a;
const SLASH = 0x2f;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const BACKTICK = 0x60;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const NO_BREAK_SPACE = 0xa0;
