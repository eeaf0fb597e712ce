/** Declarations as text for a prompt, whole or cut to a number of tokens. */
import { estimateTokenCount } from 'tokenx';
import type { SlicedWork } from '../../codebase/background.ts';
import type { Declaration, Member } from '../../codebase/declaration.ts';

export interface SignatureText {
  readonly text: string;
  readonly tokens: number;
  /** Members that did not fit. */
  readonly leftOut: ReadonlySet<Member>;
}

/**
 * At most about `maxTokens`; `undefined` when not even the header fits. When not all members fit, those that are worth most
 * come in, in the order of the file.
 */
export function* signatureText(
  declaration: Declaration,
  maxTokens: number,
  worth: (member: Member) => number,
): SlicedWork<SignatureText | undefined> {
  const { members } = declaration;
  let tokens = headerTokens(declaration);
  if (tokens > maxTokens) {
    return undefined;
  }
  const fitting = new Set<Member>();
  for (const member of members) {
    tokens += memberTokens(member);
    if (tokens > maxTokens) {
      break;
    }
    fitting.add(member);
  }
  if (fitting.size === members.length) {
    return { text: written(declaration, members), tokens, leftOut: NONE };
  }
  const rated: { readonly member: Member; readonly worth: number }[] = [];
  for (const [count, member] of members.entries()) {
    rated.push({ member, worth: worth(member) });
    if (count % MEMBERS_PER_STEP === MEMBERS_PER_STEP - 1) {
      yield;
    }
  }
  tokens = headerTokens(declaration) + ELLIPSIS_TOKENS;
  fitting.clear();
  for (const { member } of rated.toSorted((a, b) => b.worth - a.worth)) {
    const cost = memberTokens(member);
    if (tokens + cost <= maxTokens) {
      fitting.add(member);
      tokens += cost;
    }
    if (maxTokens - tokens < SMALLEST_MEMBER) {
      break;
    }
  }
  const kept = members.filter((member) => fitting.has(member));
  const leftOut = new Set(members.filter((member) => !fitting.has(member)));
  return { text: written(declaration, [...kept, ELLIPSIS]), tokens, leftOut };
}

const NONE: ReadonlySet<Member> = new Set();
const MEMBERS_PER_STEP = 100;
const ELLIPSIS: Member = { name: '…', text: '…' };
const ELLIPSIS_TOKENS = 3;
/** No member is shorter, with its line break. */
const SMALLEST_MEMBER = 3;
/** Braces and line breaks. */
const BRACES_TOKENS = 4;

const counted = new WeakMap<Declaration | Member, number>();

function headerTokens(declaration: Declaration): number {
  return tokensOf(declaration, declaration.header) + (declaration.members.length === 0 ? 1 : BRACES_TOKENS);
}

function memberTokens(member: Member): number {
  return tokensOf(member, member.text) + 1;
}

function tokensOf(key: Declaration | Member, text: string): number {
  let tokens = counted.get(key);
  if (tokens === undefined) {
    tokens = estimateTokenCount(text);
    counted.set(key, tokens);
  }
  return tokens;
}

function written({ header, braces }: Declaration, members: readonly Member[]): string {
  if (members.length === 0) {
    return header;
  }
  switch (braces) {
    case 'braces':
      return `${header} {\n${members.map(({ text }) => `  ${text}`).join('\n')}\n}`;
    case 'indent':
      return `${header}\n${members.map(({ text }) => `    ${text}`).join('\n')}`;
  }
}
