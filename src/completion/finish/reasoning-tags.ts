/** Removes what a model thought aloud in tags before its answer. */
import { WAIT, nothing } from './draft.ts';
import { type SpanRule, afterBlankLines } from './span.ts';

const OPENING = /\s*<(think|thinking|thought|reasoning|reflection)>/iy;
/** What may still become an opening tag. */
const UNFINISHED_OPENING = /^\s*<[a-z]{0,10}$/i;

export const reasoningTags: SpanRule = (span) => {
  const { raw, from, to, ended } = span;
  OPENING.lastIndex = from;
  const name = OPENING.exec(raw)?.[1];
  if (name === undefined) {
    return !ended && to - from < 32 && UNFINISHED_OPENING.test(raw.slice(from, to)) ? WAIT : span;
  }
  const closing = `</${name}>`;
  const at = raw.indexOf(closing, from);
  if (at < 0 || at >= to) {
    return ended ? nothing('reasoning-tags', 'The model only thought aloud and gave no answer.') : WAIT;
  }
  return { ...span, from: afterBlankLines(raw, at + closing.length, to) };
};
