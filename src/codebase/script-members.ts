/** Members of classes, interfaces, object types, object literals and enums of TypeScript and JavaScript. */
import type { SlicedWork } from './background.ts';
import { MAX_MEMBERS, type Member, shownValueEnd, tidySignature } from './declaration.ts';
import { arrowSignatureEnd, functionSignatureEnd } from './script-signatures.ts';
import { statementEnd, typeEnd, valueEnd } from './script-types.ts';
import type { SourceScanner } from './source-scanner.ts';

const MODIFIERS =
  /(?:(?:public|private|protected|static|readonly|abstract|override|declare|async|accessor|get|set)\s+(?=[\w$["'#*]))*\*?\s*/y;
const MEMBER_NAME = /#?([A-Za-z_$][\w$]*)|["']([^"'\n]+)["']|\d+/y;

/** What others may use: all but private ones. */
export function* bodyMembers(scanner: SourceScanner, start: number, end: number): SlicedWork<readonly Member[]> {
  const { text } = scanner;
  const members: Member[] = [];
  let at = scanner.skipBlank(start, end);
  while (at < end && members.length < MAX_MEMBERS) {
    const char = text.charAt(at);
    if (char === ';' || char === ',') {
      at = scanner.skipBlank(at + 1, end);
      continue;
    }
    if (char === '@') {
      at = scanner.skipBlank(decoratorEnd(scanner, at, end), end);
      continue;
    }
    if (text.startsWith('static', at) && /^static\s*\{/.test(text.slice(at, at + 40))) {
      at = scanner.skipBlank(scanner.skipBrackets(text.indexOf('{', at), end), end);
      continue;
    }
    const { member, next } = readMember(scanner, at, end);
    if (member !== undefined) {
      members.push(member);
    }
    at = scanner.skipBlank(Math.max(next, at + 1), end);
    yield;
  }
  return members;
}

interface Read {
  readonly member: Member | undefined;
  readonly next: number;
}

function readMember(scanner: SourceScanner, at: number, end: number): Read {
  const { text } = scanner;
  MODIFIERS.lastIndex = at;
  MODIFIERS.test(text);
  const nameAt = Math.max(at, MODIFIERS.lastIndex);
  MEMBER_NAME.lastIndex = nameAt;
  const match = MEMBER_NAME.exec(text);
  const isPrivate = text.charAt(nameAt) === '#' || /\bprivate\b/.test(text.slice(at, nameAt));
  const name = match?.[1] ?? match?.[2];
  let index = match === null ? nameAt : MEMBER_NAME.lastIndex;
  if (match === null && text.charAt(index) === '[') {
    index = scanner.skipBrackets(index, end);
  }
  index = scanner.skipBlank(index, end);
  if (text.charAt(index) === '?' || text.charAt(index) === '!') {
    index = scanner.skipBlank(index + 1, end);
  }
  const signature = (to: number): Member | undefined =>
    name === undefined || isPrivate ? undefined : { name, text: memberText(text.slice(at, to)) };
  switch (text.charAt(index)) {
    case '(':
    case '<': {
      const signatureEnd = functionSignatureEnd(scanner, index, end);
      const next =
        text.charAt(signatureEnd) === '{'
          ? scanner.skipBrackets(signatureEnd, end)
          : statementEnd(scanner, signatureEnd, end);
      return { member: signature(signatureEnd), next };
    }
    case ':': {
      const typeEnds = typeEnd(scanner, index + 1, end);
      const behind = scanner.skipBlank(typeEnds, end);
      const next = text.charAt(behind) === '=' ? statementEnd(scanner, behind, end) : typeEnds;
      return { member: signature(typeEnds), next };
    }
    case '=': {
      const value = scanner.skipBlank(index + 1, end);
      const next = statementEnd(scanner, value, end);
      return {
        member: signature(
          arrowSignatureEnd(scanner, value, next) ?? shownValueEnd(text, value, next, SHORT_VALUE, SHORT_VALUE_STOPS),
        ),
        next,
      };
    }
    default:
      return {
        member: match === null ? undefined : signature(index),
        next: match === null ? statementEnd(scanner, index, end) : index,
      };
  }
}

function memberText(text: string): string {
  return tidySignature(text)
    .replace(/^public /, '')
    .replace(/\basync /, '');
}

function decoratorEnd(scanner: SourceScanner, at: number, end: number): number {
  const match = /^@[\w$.]+/.exec(scanner.text.slice(at, at + 200));
  const behind = at + (match?.[0].length ?? 1);
  return scanner.text.charAt(behind) === '(' ? scanner.skipBrackets(behind, end) : behind;
}

/** Of a plain value this much says what it is. */
const SHORT_VALUE = 40;
const SHORT_VALUE_STOPS = ';{[(,';

export function* objectMembers(scanner: SourceScanner, start: number, end: number): SlicedWork<readonly Member[]> {
  const { text } = scanner;
  const members: Member[] = [];
  let at = scanner.skipBlank(start, end);
  while (at < end && members.length < MAX_MEMBERS) {
    MODIFIERS.lastIndex = at;
    MODIFIERS.test(text);
    MEMBER_NAME.lastIndex = Math.max(at, MODIFIERS.lastIndex);
    const match = MEMBER_NAME.exec(text);
    const name = match?.[1] ?? match?.[2];
    const behind = match === null ? at : scanner.skipBlank(MEMBER_NAME.lastIndex, end);
    let signatureEnd = behind;
    let next = valueEnd(scanner, behind, end);
    if (text.charAt(behind) === '(' || text.charAt(behind) === '<') {
      signatureEnd = functionSignatureEnd(scanner, behind, end);
      next = text.charAt(signatureEnd) === '{' ? scanner.skipBrackets(signatureEnd, end) : signatureEnd;
    } else if (text.charAt(behind) === ':') {
      const value = scanner.skipBlank(behind + 1, end);
      next = valueEnd(scanner, value, end);
      signatureEnd =
        arrowSignatureEnd(scanner, value, next) ?? shownValueEnd(text, value, next, SHORT_VALUE, SHORT_VALUE_STOPS);
    }
    if (name !== undefined) {
      members.push({ name, text: memberText(text.slice(at, signatureEnd)) });
    }
    at = scanner.skipBlank(Math.max(next, at + 1), end);
    if (text.charAt(at) === ',') {
      at = scanner.skipBlank(at + 1, end);
    }
    yield;
  }
  return members;
}

export function enumMembers(scanner: SourceScanner, start: number, end: number): readonly Member[] {
  const { text } = scanner;
  const members: Member[] = [];
  let at = scanner.skipBlank(start, end);
  while (at < end && members.length < MAX_MEMBERS) {
    MEMBER_NAME.lastIndex = at;
    const match = MEMBER_NAME.exec(text);
    const name = match?.[1] ?? match?.[2];
    if (name !== undefined) {
      members.push({ name, text: name });
    }
    const next = valueEnd(scanner, match === null ? at + 1 : MEMBER_NAME.lastIndex, end);
    at = scanner.skipBlank(next + 1, end);
  }
  return members;
}
