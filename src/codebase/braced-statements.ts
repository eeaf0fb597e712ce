/** Cuts the text of a language with braces into statements, without understanding them. */
import type { LanguageFamily } from './languages.ts';
import type { SourceScanner } from './source-scanner.ts';

export interface Statement {
  /** Up to the body, the `=` of a value, or the semicolon. */
  readonly header: string;
  /** Inside the braces. */
  readonly body: { readonly start: number; readonly end: number } | undefined;
  /** The name behind the body: `typedef struct { … } Name;`. */
  readonly trailing: string | undefined;
  readonly next: number;
}

export function readStatement(scanner: SourceScanner, at: number, end: number): Statement {
  const { text } = scanner;
  let headerEnd: number | undefined;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    switch (char) {
      case ';':
        return { header: text.slice(at, headerEnd ?? index), body: undefined, trailing: undefined, next: index + 1 };
      case '}':
        return { header: '', body: undefined, trailing: undefined, next: index + 1 };
      case '#':
        if (text.startsWith('#define', at) && index === at) {
          const stop = lineEnd(text, index, end);
          return { header: text.slice(at, stop), body: undefined, trailing: undefined, next: stop };
        }
        index++;
        break;
      case '(':
      case '[':
        index = scanner.skipBrackets(index, end);
        break;
      case '=':
        // `==`, `=>` and `operator=` are no assignments, but they end what is worth showing as well.
        headerEnd ??= index;
        index++;
        break;
      case '{': {
        const close = scanner.skipBrackets(index, end);
        if (headerEnd === undefined) {
          return withBody(text, at, index, close, end);
        }
        index = close;
        break;
      }
      default: {
        const next = scanner.skipLiteral(index, end);
        index = next > index ? next : index + 1;
      }
    }
  }
  return { header: text.slice(at, headerEnd ?? end), body: undefined, trailing: undefined, next: end };
}

function withBody(text: string, at: number, open: number, close: number, end: number): Statement {
  const header = text.slice(at, open);
  const body = { start: open + 1, end: Math.max(open + 1, close - 1) };
  const trailing = /^\s*([A-Za-z_]\w*)\s*;/.exec(text.slice(close, Math.min(end, close + 120)));
  return trailing !== null && /\b(?:typedef|struct|enum|union|class)\b/.test(header)
    ? { header, body, trailing: trailing[1], next: close + trailing[0].length }
    : { header, body, trailing: undefined, next: close };
}

/** The next statement, behind blanks, attributes, annotations and preprocessor lines. */
export function statementStart(scanner: SourceScanner, from: number, end: number, family: LanguageFamily): number {
  const { text } = scanner;
  for (let at = scanner.skipBlank(from, end); at < end;) {
    const char = text.charAt(at);
    let behind = at;
    if (char === ';') {
      behind = at + 1;
    } else if (char === '#' && family === 'rust') {
      behind = scanner.skipBrackets(text.charAt(at + 1) === '!' ? at + 2 : at + 1, end);
    } else if (char === '#' && !text.startsWith('#define', at)) {
      behind = lineEnd(text, at, end);
    } else if (char === '@' && family === 'java' && !text.startsWith('@interface', at)) {
      behind = at + (/^@[\w.]+\s*/.exec(text.slice(at, at + 200))?.[0].length ?? 1);
      behind = text.charAt(behind) === '(' ? scanner.skipBrackets(behind, end) : behind;
    } else if (char === '[' && (family === 'csharp' || text.startsWith('[[', at))) {
      behind = scanner.skipBrackets(at, end);
    }
    if (behind <= at) {
      return at;
    }
    at = scanner.skipBlank(behind, end);
  }
  return end;
}

/** A line of the preprocessor goes on behind a backslash. */
function lineEnd(text: string, at: number, end: number): number {
  let stop = text.indexOf('\n', at);
  while (stop !== -1 && stop < end && text.charAt(stop - 1) === '\\') {
    stop = text.indexOf('\n', stop + 1);
  }
  return stop === -1 ? end : Math.min(stop, end);
}
