/** A declaration without its body, as it is shown to a model. */

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

/** One line, no comments, no more blanks than needed. */
export function tidySignature(text: string): string {
  const tidy = text
    .slice(0, MAX_SIGNATURE * 3)
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, '')
    .replace(/(?<![:"'`\\])\/\/[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/,? ([)\]])/g, '$1')
    .replace(/([(<[]) /g, '$1')
    .trim();
  return tidy.length > MAX_SIGNATURE ? `${tidy.slice(0, MAX_SIGNATURE)} …` : tidy;
}
