/** Where types, values and statements of TypeScript and JavaScript end. */
import type { SourceScanner } from './source-scanner.ts';

const CONTINUES_BEFORE = '.?:=+-*/&|,([`<>)^%';
const CONTINUES_AFTER = '=+-*/&|,([{<^%!~?:.';

/** Behind a statement: its semicolon, or the line break where a new one begins. `at` may be anywhere in it. */
export function statementEnd(scanner: SourceScanner, at: number, end: number): number {
  const { text } = scanner;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    if (char === ';') {
      return index + 1;
    }
    if (char === '}' || char === ')' || char === ']') {
      return index;
    }
    if (char === '{' || char === '(' || char === '[') {
      index = scanner.skipBrackets(index, end);
      continue;
    }
    if (char === '\n' && endsHere(scanner, index, end)) {
      return index + 1;
    }
    const next = scanner.skipLiteral(index, end);
    index = next > index ? next : index + 1;
    // A line comment took its line break with it.
    if (next > index - 1 && text.charAt(next - 1) === '\n' && char === '/' && endsHere(scanner, next - 1, end)) {
      return next;
    }
  }
  return end;
}

/** Whether the line break ends a statement: nothing before it and nothing behind it goes on. */
function endsHere(scanner: SourceScanner, newline: number, end: number): boolean {
  const { text } = scanner;
  let before = newline - 1;
  while (before > 0 && text.charCodeAt(before) <= 0x20) {
    before--;
  }
  if (CONTINUES_AFTER.includes(text.charAt(before))) {
    return false;
  }
  const next = scanner.skipBlank(newline, end);
  return next >= end || !CONTINUES_BEFORE.includes(text.charAt(next));
}

/** Where the value of a property ends: before its comma or the closing bracket. */
export function valueEnd(scanner: SourceScanner, at: number, end: number): number {
  const { text } = scanner;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    if (char === ',' || char === '}' || char === ')' || char === ']') {
      return index;
    }
    if (char === '{' || char === '(' || char === '[') {
      index = scanner.skipBrackets(index, end);
      continue;
    }
    const next = scanner.skipLiteral(index, end);
    index = next > index ? next : index + 1;
  }
  return end;
}

/** Behind the `>` that closes the `<` at `at`. */
export function skipAngles(scanner: SourceScanner, at: number, end: number): number {
  const { text } = scanner;
  let depth = 0;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    if (char === '<') {
      depth++;
    } else if (char === '>' && text.charAt(index - 1) !== '=') {
      depth--;
      if (depth === 0) {
        return index + 1;
      }
    } else if (char === '{' || char === '(' || char === '[') {
      index = scanner.skipBrackets(index, end);
      continue;
    } else if (char === ';') {
      return index;
    }
    const next = scanner.skipLiteral(index, end);
    index = next > index ? next : index + 1;
  }
  return end;
}

const TYPE_OPERATOR = /\b(?:extends|keyof|typeof|infer|is|asserts|in|out|unique|readonly|new|abstract)$/;

/**
 * Where the type that begins at `at` ends: before `=` (but not `=>`), `;`, `,`, a closing bracket, the `{` of a body, or the
 * line break behind a finished type. `before-arrow`: the return type of an arrow function, which ends before its `=>`.
 */
export function typeEnd(
  scanner: SourceScanner,
  at: number,
  end: number,
  until: 'complete' | 'before-arrow' = 'complete',
): number {
  const { text } = scanner;
  let expectsOperand = true;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    switch (char) {
      case ';':
      case ',':
      case ')':
      case ']':
      case '}':
        return index;
      case '{':
        if (!expectsOperand) {
          return index;
        }
        index = scanner.skipBrackets(index, end);
        expectsOperand = false;
        continue;
      case '(':
      case '[':
        index = scanner.skipBrackets(index, end);
        expectsOperand = false;
        continue;
      case '<':
        index = skipAngles(scanner, index, end);
        expectsOperand = false;
        continue;
      case '=':
        if (text.charAt(index + 1) !== '>' || until === 'before-arrow') {
          return index;
        }
        index += 2;
        expectsOperand = true;
        continue;
      case '|':
      case '&':
      case '?':
      case ':':
        expectsOperand = true;
        index++;
        continue;
      case '\n': {
        const next = scanner.skipBlank(index, end);
        const follows = text.charAt(next);
        const goesOn = expectsOperand || follows === '|' || follows === '&' || follows === '?' || follows === ':';
        if (!goesOn && !text.startsWith('extends', next) && !text.startsWith('=>', next)) {
          return index;
        }
        index = next;
        continue;
      }
      default: {
        const next = scanner.skipLiteral(index, end);
        if (next > index) {
          // A comment ends nothing; a literal is an operand.
          expectsOperand = char === '/' && expectsOperand;
          index = char === '/' && text.charAt(next - 1) === '\n' ? next - 1 : next;
          continue;
        }
        if (/[\w$]/.test(char)) {
          const wordEnd = endOfWord(text, index);
          expectsOperand = TYPE_OPERATOR.test(text.slice(index, wordEnd));
          index = wordEnd;
        } else {
          index++;
        }
      }
    }
  }
  return end;
}

function endOfWord(text: string, at: number): number {
  let index = at;
  while (index < text.length && /[\w$]/.test(text.charAt(index))) {
    index++;
  }
  return index;
}
