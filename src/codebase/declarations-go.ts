/** Declarations of Go, which gofmt puts at the start of a line. */
import type { SlicedWork } from './background.ts';
import {
  type Declaration,
  MAX_DECLARATIONS,
  MAX_MEMBERS,
  type Member,
  shownValueEnd,
  tidySignature,
} from './declaration.ts';
import { createScanner, type SourceScanner } from './source-scanner.ts';

export function* goDeclarations(text: string): SlicedWork<readonly Declaration[]> {
  const scanner = createScanner(text, { backticks: 'raw', regularExpressions: false, apostrophes: 'character' });
  const found: Declaration[] = [];
  const methods = new Map<string, Member[]>();
  for (let at = scanner.skipBlank(0, text.length); at < text.length && found.length < MAX_DECLARATIONS;) {
    const keyword = /^(?:func|type|const|var)\b/.exec(text.slice(at, at + 6))?.[0];
    let next = statementEnd(scanner, at);
    if (keyword === 'func') {
      readFunction(scanner, at, next, found, methods);
    } else if (keyword !== undefined) {
      const behind = scanner.skipBlank(at + keyword.length, text.length);
      if (text.charAt(behind) === '(') {
        next = scanner.skipBrackets(behind, text.length);
        yield* readGroup(scanner, keyword, behind + 1, next - 1, found);
      } else {
        readSpecification(scanner, keyword, behind, next, found);
      }
    }
    at = scanner.skipBlank(Math.max(next, at + 1), text.length);
    yield;
  }
  return withMethods(found, methods);
}

/** Behind a top-level statement: the line break outside of all brackets. */
function statementEnd(scanner: SourceScanner, at: number): number {
  const { text } = scanner;
  for (let index = at; index < text.length;) {
    const char = text.charAt(index);
    if (char === '\n') {
      return index;
    }
    if (char === '{' || char === '(' || char === '[') {
      index = scanner.skipBrackets(index, text.length);
      continue;
    }
    const next = scanner.skipLiteral(index, text.length);
    if (char === '/' && next > index && text.charAt(next - 1) === '\n') {
      return next;
    }
    index = next > index ? next : index + 1;
  }
  return text.length;
}

const FUNCTION = /^func\s*(?:\(\s*(?:\w+\s+)?\*?\s*(\w+)[^)]*\)\s*)?(\w+)/;

function readFunction(
  scanner: SourceScanner,
  at: number,
  end: number,
  found: Declaration[],
  methods: Map<string, Member[]>,
): void {
  const { text } = scanner;
  const match = FUNCTION.exec(text.slice(at, Math.min(end, at + 300)));
  const name = match?.[2];
  if (match === null || name === undefined) {
    return;
  }
  const header = tidySignature(text.slice(at, bodyStart(scanner, at + match[0].length, end)));
  const receiver = match[1];
  if (receiver === undefined) {
    found.push({ name, header, members: [], braces: 'braces' });
  } else {
    const members = methods.get(receiver) ?? [];
    members.push({ name, text: header });
    methods.set(receiver, members);
  }
}

/** The `{` of the body: `interface{}` and `struct{}` in a signature have one, too. */
function bodyStart(scanner: SourceScanner, at: number, end: number): number {
  const { text } = scanner;
  for (let index = at; index < end;) {
    const char = text.charAt(index);
    if (char === '(' || char === '[') {
      index = scanner.skipBrackets(index, end);
    } else if (char === '{') {
      if (!/\b(?:interface|struct)\s*$/.test(text.slice(Math.max(at, index - 12), index))) {
        return index;
      }
      index = scanner.skipBrackets(index, end);
    } else {
      index++;
    }
  }
  return end;
}

function* readGroup(
  scanner: SourceScanner,
  keyword: string,
  start: number,
  end: number,
  found: Declaration[],
): SlicedWork<undefined> {
  for (let at = scanner.skipBlank(start, end); at < end && found.length < MAX_DECLARATIONS;) {
    const next = Math.min(end, statementEnd(scanner, at));
    readSpecification(scanner, keyword, at, next, found);
    at = scanner.skipBlank(Math.max(next, at + 1), end);
    yield;
  }
  return undefined;
}

/** Of a constant or variable, this much is shown. */
const SHOWN_VALUE = 80;

function readSpecification(
  scanner: SourceScanner,
  keyword: string,
  at: number,
  end: number,
  found: Declaration[],
): void {
  const { text } = scanner;
  const name = /^\w+/.exec(text.slice(at, Math.min(end, at + 100)))?.[0];
  if (name === undefined) {
    return;
  }
  const open = keyword === 'type' ? text.slice(at, end).search(/\{/) : -1;
  if (open === -1) {
    const shownEnd = keyword === 'type' ? end : shownValueEnd(text, at, end, SHOWN_VALUE, '{');
    found.push({
      name,
      header: `${keyword} ${tidySignature(text.slice(at, shownEnd))}`,
      members: [],
      braces: 'braces',
    });
    return;
  }
  const close = scanner.skipBrackets(at + open, end);
  const members = fieldsOf(scanner, at + open + 1, close - 1);
  found.push({ name, header: `type ${tidySignature(text.slice(at, at + open))}`, members, braces: 'braces' });
}

function fieldsOf(scanner: SourceScanner, start: number, end: number): readonly Member[] {
  const { text } = scanner;
  const members: Member[] = [];
  for (let at = scanner.skipBlank(start, end); at < end && members.length < MAX_MEMBERS;) {
    const next = Math.min(end, statementEnd(scanner, at));
    const line = tidySignature(text.slice(at, next).replace(/`[^`]*`/, ''));
    // An embedded type is named by its last part.
    const name = /^\*?(?:\w+\.)*(\w+)/.exec(line)?.[1];
    if (name !== undefined) {
      members.push({ name, text: line });
    }
    at = scanner.skipBlank(Math.max(next, at + 1), end);
  }
  return members;
}

/** Methods belong to their type; those of a type in another file stand under its name. */
function withMethods(
  found: readonly Declaration[],
  methods: ReadonlyMap<string, readonly Member[]>,
): readonly Declaration[] {
  const rest = new Map(methods);
  const joined = found.map((declaration) => {
    const own = rest.get(declaration.name);
    rest.delete(declaration.name);
    return own === undefined
      ? declaration
      : { ...declaration, members: [...declaration.members, ...own].slice(0, MAX_MEMBERS) };
  });
  const others = [...rest].map(([name, members]) => ({
    name,
    header: `// methods of ${name}`,
    members,
    braces: 'braces' as const,
  }));
  return [...joined, ...others];
}
