/** Declarations of Python. */
import type { SlicedWork } from './background.ts';
import {
  type Declaration,
  MAX_DECLARATIONS,
  MAX_MEMBERS,
  type Member,
  shownValueEnd,
  tidySignature,
} from './declaration.ts';

interface OpenClass {
  readonly name: string;
  readonly header: string;
  readonly indent: number;
  readonly members: Member[];
  /** Inside `__init__`, where attributes are assigned. */
  initIndent: number | undefined;
  /** How far the members are indented: functions within them are none. */
  memberIndent: number;
}

/** Lines between two yields: a few hundredths of a millisecond. */
const LINES_PER_STEP = 64;

export function* pythonDeclarations(text: string): SlicedWork<readonly Declaration[]> {
  const found: Declaration[] = [];
  let open: OpenClass | undefined;
  let decorator = '';
  let quote: string | undefined;
  let count = 0;
  for (let at = 0; at < text.length && found.length < MAX_DECLARATIONS;) {
    const lineEnd = endOfLine(text, at);
    const line = text.slice(at, lineEnd);
    if (++count % LINES_PER_STEP === 0) {
      yield;
    }
    const wasQuoted = quote !== undefined;
    quote = quoteAfter(line, quote);
    const code = line.trim();
    if (wasQuoted || code === '' || code.startsWith('#')) {
      at = lineEnd + 1;
      continue;
    }
    const indent = line.length - line.trimStart().length;
    if (open !== undefined && indent <= open.indent) {
      found.push(closed(open));
      open = undefined;
    }
    const keyword = /^(?:async[ \t]+def|def|class)\b/.exec(code)?.[0];
    if (code.startsWith('@')) {
      decorator = code;
    } else if (keyword !== undefined) {
      const headerEnd = signatureEnd(text, at);
      const header = tidySignature(text.slice(at, headerEnd));
      const name = /^(?:async def|def|class) (\w+)/.exec(header)?.[1] ?? '';
      if (keyword === 'class' && indent === 0) {
        open = {
          name,
          header: `${header}:`,
          indent,
          members: [],
          initIndent: undefined,
          memberIndent: Number.POSITIVE_INFINITY,
        };
      } else if (keyword !== 'class' && open !== undefined && open.members.length < MAX_MEMBERS) {
        addMethod(open, name, header, decorator, indent);
      } else if (keyword !== 'class' && indent === 0) {
        found.push({ name, header, members: [], braces: 'indent' });
      }
      decorator = '';
      at = Math.max(endOfLine(text, headerEnd), lineEnd) + 1;
      continue;
    } else {
      decorator = '';
      addValue(found, open, code, indent);
    }
    at = lineEnd + 1;
  }
  if (open !== undefined) {
    found.push(closed(open));
  }
  return found;
}

function closed({ name, header, members }: OpenClass): Declaration {
  return { name, header, members, braces: 'indent' };
}

function addMethod(open: OpenClass, name: string, header: string, decorator: string, indent: number): void {
  open.initIndent = name === '__init__' ? indent : undefined;
  const isOfTheClass = indent <= open.memberIndent;
  if (isOfTheClass && (!name.startsWith('_') || name === '__init__' || name === '__call__')) {
    const shown = /^@(?:property|staticmethod|classmethod|cached_property|\w+\.setter)\b/.exec(decorator)?.[0];
    open.memberIndent = indent;
    open.members.push({ name, text: shown === undefined ? header : `${shown} ${header}` });
  }
}

const VALUE = /^([A-Za-z_]\w*)[ \t]*(:[^=]{1,120})?(?:=(?!=)[ \t]*(.*))?$/;
const ATTRIBUTE = /^self\.([A-Za-z]\w*)[ \t]*(:[^=]{1,120})?=(?!=)[ \t]*(.*)$/;

/** `NAME = value` and `name: Type` of the module or a class, `self.name = value` of `__init__`. */
function addValue(found: Declaration[], open: OpenClass | undefined, code: string, indent: number): void {
  if (open === undefined) {
    const match = indent === 0 ? VALUE.exec(code) : null;
    if (match?.[1] !== undefined && (match[2] !== undefined || match[3] !== undefined)) {
      found.push({ name: match[1], header: shortened(match[0]), members: [], braces: 'indent' });
    }
    return;
  }
  if (open.members.length >= MAX_MEMBERS) {
    return;
  }
  if (open.initIndent !== undefined && indent > open.initIndent) {
    const match = ATTRIBUTE.exec(code);
    const name = match?.[1];
    if (match !== null && name !== undefined && !open.members.some((member) => member.name === name)) {
      open.members.push({
        name,
        text: match[2] === undefined ? shortened(match[0]) : `self.${name}${tidySignature(match[2])}`,
      });
    }
    return;
  }
  const match = indent <= open.memberIndent ? VALUE.exec(code) : null;
  if (match?.[1] !== undefined && !match[1].startsWith('_') && (match[2] !== undefined || match[3] !== undefined)) {
    open.memberIndent = indent;
    open.members.push({ name: match[1], text: shortened(match[0]) });
  }
}

/** Of a value, so much is shown. */
const SHOWN_VALUE = 60;

/** `name: Type = value`, the value cut. */
function shortened(code: string): string {
  const value = code.indexOf('=') + 1;
  return tidySignature(value === 0 ? code : code.slice(0, shownValueEnd(code, value, code.length, SHOWN_VALUE, '{[(')));
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline;
}

/** The open triple quote behind this line, if any. */
function quoteAfter(line: string, before: string | undefined): string | undefined {
  let open = before;
  for (let at = 0; at < line.length;) {
    if (open !== undefined) {
      const close = line.indexOf(open, at);
      if (close === -1) {
        return open;
      }
      at = close + 3;
      open = undefined;
    } else {
      const next = /"""|'''|#/g;
      next.lastIndex = at;
      const match = next.exec(line);
      if (match === null || match[0] === '#') {
        return undefined;
      }
      open = match[0];
      at = match.index + 3;
    }
  }
  return open;
}

/** The longest signature that is followed; generated ones may have hundreds of parameters. */
const LONGEST_SIGNATURE = 8_000;

/** The colon behind the parameters and the return type of the `def` or `class` that begins at `at`. */
function signatureEnd(text: string, at: number): number {
  let depth = 0;
  const end = Math.min(text.length, at + LONGEST_SIGNATURE);
  for (let index = at; index < end; index++) {
    const char = text.charAt(index);
    if (char === '(' || char === '[' || char === '{') {
      depth++;
    } else if (char === ')' || char === ']' || char === '}') {
      depth--;
    } else if ((char === ':' && depth <= 0) || (char === '\n' && depth <= 0)) {
      return index;
    } else if (char === '#') {
      index = endOfLine(text, index);
    } else if (char === '"' || char === "'") {
      const close = text.indexOf(char, index + 1);
      index = close === -1 ? end : close;
    }
  }
  return end;
}
