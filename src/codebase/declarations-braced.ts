/** Declarations of Rust, Java, C# and C++: statements that end with `;` or with a body in braces. */
import type { SlicedWork } from './background.ts';
import { type Declaration, MAX_DECLARATIONS, MAX_MEMBERS, type Member, tidySignature } from './declaration.ts';
import { readStatement, type Statement, statementStart } from './braced-statements.ts';
import type { LanguageFamily } from './languages.ts';
import { createScanner, type SourceScanner } from './source-scanner.ts';

export type BracedFamily = Extract<LanguageFamily, 'rust' | 'java' | 'csharp' | 'cpp'>;

interface Reading {
  readonly scanner: SourceScanner;
  readonly family: BracedFamily;
  readonly found: Declaration[];
}

export function* bracedDeclarations(text: string, family: BracedFamily): SlicedWork<readonly Declaration[]> {
  const scanner = createScanner(text, { backticks: 'none', regularExpressions: false, apostrophes: 'character' });
  const found: Declaration[] = [];
  yield* readBlock({ scanner, family, found }, 0, text.length);
  return found;
}

const SPACE_LIKE = /^(?:pub(?:\([^)]*\))? )?(?:inline )?(?:namespace|mod|extern "C(?:\+\+)?")(?: |$)/;
const TYPE_LIKE =
  /(?:^| )(?:enum (?:class|struct)|class|interface|@interface|enum|struct|record(?: struct| class)?|union|trait) ([\w:]+)/;
const IMPL = /^(?:unsafe )?impl\b(?:<[^{]*?>)?(?: (.+?) for)? ([\w:]+)/;

function* readBlock(reading: Reading, start: number, end: number): SlicedWork<undefined> {
  const { scanner, family, found } = reading;
  for (let at = statementStart(scanner, start, end, family); at < end && found.length < MAX_DECLARATIONS;) {
    const statement = readStatement(scanner, at, end);
    const header = tidySignature(statement.header);
    const { body } = statement;
    if (body !== undefined && SPACE_LIKE.test(header)) {
      yield* readBlock(reading, body.start, body.end);
    } else {
      yield* readDeclaration(reading, header, statement);
    }
    at = statementStart(scanner, Math.max(statement.next, at + 1), end, family);
    yield;
  }
  return undefined;
}

function* readDeclaration(reading: Reading, header: string, statement: Statement): SlicedWork<undefined> {
  const { family, found } = reading;
  const { body } = statement;
  const impl = family === 'rust' ? IMPL.exec(header) : null;
  if (impl !== null && body !== undefined) {
    const name = lastName(impl[2] ?? '');
    found.push({ name, header, members: yield* readMembers(reading, body, 'rust-impl'), braces: 'braces' });
    return undefined;
  }
  const type = beforeParameters(header, TYPE_LIKE.exec(header));
  if (type !== undefined) {
    const name = lastName(type) || (statement.trailing ?? '');
    if (body === undefined && !/[(;]/.test(header) && family !== 'rust') {
      return undefined;
    }
    const members = body === undefined ? [] : yield* readMembers(reading, body, kindOf(header));
    found.push({ name, header, members, braces: 'braces' });
    if (statement.trailing !== undefined && statement.trailing !== name) {
      found.push({ name: statement.trailing, header: `${header} ${statement.trailing}`, members, braces: 'braces' });
    }
    return undefined;
  }
  const name = functionName(header) ?? valueName(header, family);
  if (name !== undefined) {
    found.push({ name, header, members: [], braces: 'braces' });
  }
  return undefined;
}

type BodyKind = 'class' | 'open' | 'enum' | 'rust-impl' | 'rust-fields';

function kindOf(header: string): BodyKind {
  if (/(?:^| )enum /.test(header)) {
    return 'enum';
  }
  if (/(?:^| )(?:interface|@interface|trait|union)/.test(header)) {
    return 'open';
  }
  return /(?:^| )struct /.test(header) ? 'rust-fields' : 'class';
}

function* readMembers(
  reading: Reading,
  body: { readonly start: number; readonly end: number },
  kind: BodyKind,
): SlicedWork<readonly Member[]> {
  const { scanner, family } = reading;
  const members: Member[] = [];
  if (kind === 'enum' || (kind === 'rust-fields' && family === 'rust')) {
    return separatedMembers(scanner.text.slice(body.start, body.end), kind);
  }
  let access = kind === 'class' && family === 'cpp' ? 'private' : 'public';
  for (let at = statementStart(scanner, body.start, body.end, family); at < body.end && members.length < MAX_MEMBERS;) {
    const label =
      family === 'cpp' ? /^(public|private|protected)(?: \w+)?\s*:(?!:)/.exec(scanner.text.slice(at, at + 30)) : null;
    if (label !== null) {
      access = label[1] ?? access;
      at = statementStart(scanner, at + label[0].length, body.end, family);
      continue;
    }
    const statement = readStatement(scanner, at, body.end);
    const header = tidySignature(statement.header);
    if (statement.body !== undefined && beforeParameters(header, TYPE_LIKE.exec(header)) !== undefined) {
      yield* readDeclaration(reading, header, statement);
    }
    const name = functionName(header) ?? valueName(header, family);
    if (name !== undefined && isVisible(header, family, kind, access)) {
      members.push({ name, text: header });
    }
    at = statementStart(scanner, Math.max(statement.next, at + 1), body.end, family);
    yield;
  }
  return members;
}

function isVisible(header: string, family: BracedFamily, kind: BodyKind, access: string): boolean {
  switch (family) {
    case 'java':
      return !/(?:^| )private /.test(header);
    case 'csharp':
      return kind === 'open' || /(?:^| )(?:public|internal|protected) /.test(header);
    case 'cpp':
      return access !== 'private';
    case 'rust':
      return kind === 'open' || / for /.test(header) || /^pub\b/.test(header) || kind === 'rust-impl';
  }
}

/** Variants of an enumeration, or fields of a Rust struct: parted by commas outside of brackets. */
function separatedMembers(text: string, kind: BodyKind): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= text.length && members.length < MAX_MEMBERS; index++) {
    const char = text.charAt(index);
    depth += '({[<'.includes(char) && char !== '' ? 1 : ')}]>'.includes(char) && char !== '' ? -1 : 0;
    if (index === text.length || (depth <= 0 && (char === ',' || char === ';'))) {
      const part = tidySignature(text.slice(start, index).replace(/#\[[^\]]*\]/g, ''));
      const name = /^(?:pub(?:\([^)]*\))? )?(\w+)/.exec(part)?.[1];
      if (name !== undefined) {
        members.push({ name, text: kind === 'enum' ? (part.split(/ ?= ?/)[0] ?? part) : part });
      }
      start = index + 1;
      if (char === ';') {
        break;
      }
    }
  }
  return members;
}

/** The name in front of the parameters; keywords such as `if (` are no names. */
function functionName(header: string): string | undefined {
  const rust = /\bfn (\w+)/.exec(header)?.[1];
  if (rust !== undefined) {
    return rust;
  }
  const name = /(?:^|[\s*&~:.>\]])(~?[A-Za-z_]\w*)(?:<[^()]*>)? ?\(/.exec(header)?.[1];
  return name === undefined || NO_NAMES.has(name) ? undefined : name.replace('~', '');
}

/** `public static final int MAX`, `pub const MAX: u8`, `type A = B`, `using A = B`, `#define A`. */
function valueName(header: string, family: BracedFamily): string | undefined {
  if (header.includes('(') && !/^(?:#define|using|typedef)/.test(header)) {
    return undefined;
  }
  const named = /^(?:pub(?:\([^)]*\))? )?(?:const|static|type|using|#define) (?:mut )?(\w+)/.exec(header)?.[1];
  if (named !== undefined && (family === 'rust' || /^(?:using|#define)/.test(header))) {
    return named;
  }
  return /[\w>\]*&?] [*&]?([A-Za-z_]\w*)(?:\[[^\]]*\])?$/.exec(header)?.[1];
}

const NO_NAMES: ReadonlySet<string> = new Set(
  'if for while switch return catch sizeof typeof new throw using lock foreach macro_rules static_assert assert defined alignas'.split(
    ' ',
  ),
);

function beforeParameters(header: string, match: RegExpExecArray | null): string | undefined {
  return match !== null && !header.slice(0, match.index).includes('(') ? (match[1] ?? '') : undefined;
}

function lastName(path: string): string {
  return path.split('::').at(-1) ?? path;
}
