/** Where the signatures of functions and arrow functions end. */
import type { SourceScanner } from './source-scanner.ts';
import { skipAngles, typeEnd } from './script-types.ts';

/** Behind type parameters, parameters and return type; at the `{` of the body if there is one. */
export function functionSignatureEnd(scanner: SourceScanner, at: number, end: number): number {
  const { text } = scanner;
  let index = scanner.skipBlank(at, end);
  if (text.charAt(index) === '<') {
    index = scanner.skipBlank(skipAngles(scanner, index, end), end);
  }
  if (text.charAt(index) !== '(') {
    return index;
  }
  index = scanner.skipBrackets(index, end);
  const colon = scanner.skipBlank(index, end);
  if (text.charAt(colon) === ':') {
    index = typeEnd(scanner, colon + 1, end);
  }
  const body = scanner.skipBlank(index, end);
  return text.charAt(body) === '{' ? body : index;
}

const BARE_ARROW = /^(?:async\s+)?[\w$]+\s*=>/;

/** Behind the `=>` of the arrow function, or before the body of the function expression, that begins at `value`. */
export function arrowSignatureEnd(scanner: SourceScanner, value: number, end: number): number | undefined {
  const { text } = scanner;
  const start = text.slice(value, value + 80);
  if (/^(?:async\s+)?function\b/.test(start)) {
    const open = text.indexOf('(', value);
    return open === -1 || open >= end ? undefined : functionSignatureEnd(scanner, open, end);
  }
  const bare = BARE_ARROW.exec(start);
  if (bare !== null) {
    return value + bare[0].length;
  }
  let index = /^async\b/.test(start) ? scanner.skipBlank(value + 5, end) : value;
  if (text.charAt(index) === '<') {
    index = scanner.skipBlank(skipAngles(scanner, index, end), end);
  }
  if (text.charAt(index) !== '(') {
    return undefined;
  }
  index = scanner.skipBlank(scanner.skipBrackets(index, end), end);
  if (text.charAt(index) === ':') {
    index = scanner.skipBlank(typeEnd(scanner, index + 1, end, 'before-arrow'), end);
  }
  return text.startsWith('=>', index) ? index + 2 : undefined;
}
