/** Declarations of TypeScript and JavaScript. */
import type { SlicedWork } from './background.ts';
import { type Declaration, MAX_DECLARATIONS, type Member, shownValueEnd, tidySignature } from './declaration.ts';
import { bodyMembers, enumMembers, objectMembers } from './script-members.ts';
import { arrowSignatureEnd, functionSignatureEnd } from './script-signatures.ts';
import { skipAngles, statementEnd, typeEnd } from './script-types.ts';
import { createScanner, type SourceScanner } from './source-scanner.ts';

export function* scriptDeclarations(text: string): SlicedWork<readonly Declaration[]> {
  const scanner = createScanner(text, { backticks: 'template', regularExpressions: true, apostrophes: 'string' });
  const found: Declaration[] = [];
  yield* readBlock(scanner, 0, text.length, '', found);
  return found;
}

const HEAD =
  /(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const\s+(?=enum\b))?(?:(function\b\s*\*?|class|interface|enum|type|namespace|module|global|const|let|var)(?![\w$.(])\s*)/y;
const NAME = /([A-Za-z_$][\w$]*)|["']([^"'\n]+)["']/y;

/** `within`: the namespace that the block belongs to, with a dot. */
function* readBlock(
  scanner: SourceScanner,
  start: number,
  end: number,
  within: string,
  found: Declaration[],
): SlicedWork<undefined> {
  const { text } = scanner;
  let at = scanner.skipBlank(start, end);
  while (at < end && found.length < MAX_DECLARATIONS) {
    HEAD.lastIndex = at;
    const keyword = text.charAt(at) === '}' ? undefined : HEAD.exec(text)?.[1];
    let next: number;
    if (keyword === undefined) {
      next = statementEnd(scanner, at, end);
    } else {
      next = yield* readDeclaration(scanner, at, HEAD.lastIndex, end, { keyword, within, found });
    }
    at = scanner.skipBlank(Math.max(next, at + 1), end);
    yield;
  }
  return undefined;
}

interface Place {
  readonly keyword: string;
  readonly within: string;
  readonly found: Declaration[];
}

/** Gives where the declaration ends. `nameAt`: behind the keyword. */
function* readDeclaration(
  scanner: SourceScanner,
  start: number,
  nameAt: number,
  end: number,
  { keyword, within, found }: Place,
): SlicedWork<number> {
  const { text } = scanner;
  NAME.lastIndex = nameAt;
  const match = NAME.exec(text);
  const name = match?.[1] ?? match?.[2] ?? (/\bdefault\b/.test(text.slice(start, nameAt)) ? 'default' : undefined);
  const behindName = match === null ? nameAt : NAME.lastIndex;
  const add = (headerEnd: number, members: readonly Member[] = [], braces: Declaration['braces'] = 'braces'): void => {
    if (name !== undefined) {
      const header = tidySignature(text.slice(start, headerEnd));
      const qualified = within === '' ? header : `${header} /* in ${within.slice(0, -1)} */`;
      found.push({ name, header: qualified, members, braces });
      if (/^export default\b/.test(header) && name !== 'default') {
        found.push({ name: 'default', header: qualified, members, braces });
      }
    }
  };
  switch (keyword) {
    case 'class':
    case 'interface':
    case 'enum':
    case 'namespace':
    case 'module':
    case 'global': {
      const open = bodyStart(scanner, behindName, end);
      if (open === undefined) {
        return statementEnd(scanner, behindName, end);
      }
      const close = scanner.skipBrackets(open, end);
      if (keyword === 'class' || keyword === 'interface') {
        add(open, yield* bodyMembers(scanner, open + 1, close - 1));
      } else if (keyword === 'enum') {
        add(open, enumMembers(scanner, open + 1, close - 1));
      } else {
        const first = found.length;
        yield* readBlock(scanner, open + 1, close - 1, keyword === 'global' ? '' : `${within}${name ?? ''}.`, found);
        const inside = found.slice(first).map((declaration) => ({ name: declaration.name, text: declaration.header }));
        if (inside.length > 0 && match?.[1] !== undefined) {
          add(open, inside);
        }
      }
      return close;
    }
    case 'type':
      return readAlias(scanner, behindName, end, add);
    case 'const':
    case 'let':
    case 'var':
      return match?.[1] === undefined
        ? statementEnd(scanner, nameAt, end)
        : yield* readVariable(scanner, behindName, end, add);
    default: {
      const signatureEnd = functionSignatureEnd(scanner, behindName, end);
      add(signatureEnd);
      return text.charAt(signatureEnd) === '{'
        ? scanner.skipBrackets(signatureEnd, end)
        : statementEnd(scanner, signatureEnd, end);
    }
  }
}

type Add = (headerEnd: number, members?: readonly Member[], braces?: Declaration['braces']) => void;

/** The `{` of a class, an interface or a namespace, behind its name, type parameters and heritage. */
function bodyStart(scanner: SourceScanner, at: number, end: number): number | undefined {
  const { text } = scanner;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    if (char === '{') {
      return index;
    }
    if (char === ';' || char === '}') {
      return undefined;
    }
    if (char === '<') {
      index = skipAngles(scanner, index, end);
    } else if (char === '(' || char === '[') {
      index = scanner.skipBrackets(index, end);
    } else {
      const next = scanner.skipLiteral(index, end);
      index = next > index ? next : index + 1;
    }
  }
  return undefined;
}

function readAlias(scanner: SourceScanner, at: number, end: number, add: Add): number {
  const { text } = scanner;
  let index = scanner.skipBlank(at, end);
  if (text.charAt(index) === '<') {
    index = scanner.skipBlank(skipAngles(scanner, index, end), end);
  }
  if (text.charAt(index) !== '=') {
    return statementEnd(scanner, index, end);
  }
  const value = scanner.skipBlank(index + 1, end);
  const valueEnds = typeEnd(scanner, value, end);
  const close = text.charAt(value) === '{' ? scanner.skipBrackets(value, end) : undefined;
  if (close !== undefined && scanner.skipBlank(close, end) >= scanner.skipBlank(valueEnds, end)) {
    add(value, [...bodyMembersNow(scanner, value + 1, close - 1)]);
  } else {
    add(valueEnds);
  }
  return statementEnd(scanner, valueEnds, end);
}

function bodyMembersNow(scanner: SourceScanner, start: number, end: number): readonly Member[] {
  const work = bodyMembers(scanner, start, end);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) {
      return value;
    }
  }
}

/** Of a value that is neither function nor object, this much is shown. */
const SHOWN_VALUE = 60;

function* readVariable(scanner: SourceScanner, at: number, end: number, add: Add): SlicedWork<number> {
  const { text } = scanner;
  let index = scanner.skipBlank(at, end);
  if (text.charAt(index) === '!') {
    index++;
  }
  if (text.charAt(index) === ':') {
    index = typeEnd(scanner, index + 1, end);
  }
  const equals = scanner.skipBlank(index, end);
  if (text.charAt(equals) !== '=') {
    add(index);
    return statementEnd(scanner, index, end);
  }
  const value = scanner.skipBlank(equals + 1, end);
  const finish = statementEnd(scanner, value, end);
  if (text.charAt(value) === '{') {
    const close = scanner.skipBrackets(value, end);
    add(value, yield* objectMembers(scanner, value + 1, close - 1));
    return finish;
  }
  if (/^class\b/.test(text.slice(value, value + 6))) {
    const open = bodyStart(scanner, value, end);
    if (open !== undefined) {
      add(open, yield* bodyMembers(scanner, open + 1, scanner.skipBrackets(open, end) - 1));
      return finish;
    }
  }
  add(arrowSignatureEnd(scanner, value, finish) ?? shownValueEnd(text, value, finish, SHOWN_VALUE, ';{'));
  return finish;
}
