/** The part of the raw text that is an answer at all: what the first rules narrow before there are lines. */
import type { Verdict } from './draft.ts';
import type { Scene } from './scene.ts';

export interface Span {
  readonly type: 'span';
  readonly raw: string;
  readonly from: number;
  readonly to: number;
  /** Whether no more text will come. */
  readonly ended: boolean;
}

export type SpanRule = (span: Span, scene: Scene) => Span | Verdict;

/** Behind the line breaks and blank lines at `from`; indentation of the first line with text stays. */
export function afterBlankLines(raw: string, from: number, to: number): number {
  let start = from;
  for (let at = from; at < to; at++) {
    const code = raw.charCodeAt(at);
    if (code === 10 || code === 13) {
      start = at + 1;
    } else if (code !== 32 && code !== 9) {
      break;
    }
  }
  return start;
}
