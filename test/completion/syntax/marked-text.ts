/** Documents in tests: one string with `█` at the cursor. */

export interface MarkedText {
  readonly before: string;
  readonly after: string;
}

export function markedText(text: string): MarkedText {
  const at = text.indexOf('█');
  if (at < 0) {
    throw new Error(`No █ in: ${text}`);
  }
  return { before: text.slice(0, at), after: text.slice(at + 1) };
}
