/** Skips what a chat model says before its answer, and ends the text where it begins to explain. */
import { WAIT, nothing } from './draft.ts';
import type { Scene } from './scene.ts';
import { type Span, type SpanRule, afterBlankLines } from './span.ts';

const PREAMBLE =
  /^(?:sure|certainly|of course|okay|ok|absolutely|great|got it|here(?:'s|’s| is| are| you go)|this is|below is|the (?:complet|missing|updated|following|code|rest)|i(?:'ll|’ll| will|'ve|’ve| have| would)\b|to complete|let(?:'s|’s| me)|answer|completion|output)\b.*[:.!]\s*$/i;
const REFUSAL =
  /^(?:i(?:'m|’m| am) (?:sorry|unable)|i (?:cannot|can't|can’t|apologi[sz]e)|sorry,|unfortunately,? i|as an ai\b)/i;
const EXPLANATION =
  /^(?:(?:\*\*)?(?:explanation|note|notes|changes made|how it works)(?:\*\*)?:|(?:this|the) (?:code|function|implementation|completion|snippet|method|above code)\b.*\s\w+\s\w+|in this (?:code|example|implementation)\b|let me know\b|i(?:'ve|’ve| have)? (?:added|completed|implemented|filled)\b)/i;
/** Punctuation that prose does not hold: a line with it is code. */
const CODE_SIGNS = /[;{}=<>]|\w\(|^\s*(?:\/\/|#|\*(?!\*)|--)/;
/** A sentence before code is short; no rule reads further. */
const MAX_LINE = 300;
const MAX_PREAMBLE_LINES = 3;
const EXPLAINED = /\n[ \t]*\r?\n(?=[A-Z*])/g;

export const chatText: SpanRule = (span, scene) => {
  if (scene.rules.blocks === 'prose') {
    return span;
  }
  const skipped = skipPreamble(span, scene);
  return skipped.type === 'span' ? beforeExplanation(skipped, scene) : skipped;
};

function skipPreamble(span: Span, scene: Scene): ReturnType<SpanRule> {
  const { raw, to, ended } = span;
  let { from } = span;
  for (let count = 0; count < MAX_PREAMBLE_LINES; count++) {
    const start = afterBlankLines(raw, from, to);
    const lineEnd = endOfLine(raw, start, to);
    const line = raw.slice(start, Math.min(lineEnd, start + MAX_LINE)).trim();
    if (CODE_SIGNS.test(line) || !(PREAMBLE.test(line) || REFUSAL.test(line)) || scene.scope() !== 'code') {
      break;
    }
    if (REFUSAL.test(line)) {
      return nothing('chat-text', 'The model answered in words instead of code.');
    }
    if (lineEnd >= to) {
      return ended ? nothing('chat-text', 'The model announced code and gave none.') : WAIT;
    }
    from = afterBlankLines(raw, lineEnd, to);
  }
  return { ...span, from };
}

function beforeExplanation(span: Span, scene: Scene): Span {
  const { raw, from, to } = span;
  EXPLAINED.lastIndex = from;
  for (let found = EXPLAINED.exec(raw); found !== null && found.index < to; found = EXPLAINED.exec(raw)) {
    const start = EXPLAINED.lastIndex;
    const lineEnd = endOfLine(raw, start, to);
    const line = raw.slice(start, Math.min(lineEnd, start + MAX_LINE));
    const isWhole = lineEnd < to || span.ended;
    if (isWhole && EXPLANATION.test(line) && !CODE_SIGNS.test(line) && scene.scope() === 'code') {
      return { ...span, to: found.index, ended: true };
    }
  }
  return span;
}

function endOfLine(raw: string, from: number, to: number): number {
  const at = raw.indexOf('\n', from);
  return at < 0 || at > to ? to : at;
}
