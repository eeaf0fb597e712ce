/** A declaration without its body, as it is shown to a model. */
import { redactSecrets } from '../base/redact.ts';

export interface Member {
  readonly name: string;
  /** One line, e.g. `readonly size: number` or `add(item: Item): void`. */
  readonly text: string;
}

export interface Declaration {
  readonly name: string;
  /** Without body: `export class A extends B`, `export function f(a: string): void`, a whole type alias. */
  readonly header: string;
  /** Public members, in order; empty for functions, type aliases and most constants. */
  readonly members: readonly Member[];
  /** What the members stand between when it is written out. */
  readonly braces: 'braces' | 'indent';
}

/** A header or a member is cut at this length: longer ones are tables and generated types. */
const MAX_SIGNATURE = 400;
/** More members than this say little about the use of a thing. */
export const MAX_MEMBERS = 400;
export const MAX_DECLARATIONS = 2_000;

/**
 * One line, no comments, no more blanks than needed, no secrets: what is cut off could be the half by which a secret is
 * known, so they go first.
 */
export function tidySignature(text: string): string {
  const tidy = redactSecrets(text.slice(0, MAX_SIGNATURE * 3))
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, '')
    .replace(/(?<![:"'`\\])\/\/[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/,? ([)\]])/g, '$1')
    .replace(/([(<[]) /g, '$1')
    .trim();
  return tidy.length > MAX_SIGNATURE ? `${tidy.slice(0, MAX_SIGNATURE)} …` : tidy;
}

/**
 * How much of the value that begins at `at` is shown: at most `most` characters, up to the first of `stops` or the end of
 * the line, and never a part of a string.
 */
export function shownValueEnd(text: string, at: number, end: number, most: number, stops: string): number {
  const limit = Math.min(end, at + most);
  for (let index = at; index < limit; index++) {
    const char = text.charAt(index);
    if (char === '\n' || stops.includes(char)) {
      return index;
    }
    if (char === '"' || char === "'" || char === '`') {
      const close = text.slice(index + 1, limit).indexOf(char);
      if (close === -1) {
        return index;
      }
      index += close + 1;
    }
  }
  return limit;
}
