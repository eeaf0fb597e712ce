/** Takes the code out of a Markdown fence, and ends the text where a fence closes. */
import { WAIT, nothing } from './draft.ts';
import type { SpanRule } from './span.ts';

const OPENING = /[ \t\r\n]*(```|~~~)([\w+#.-]*)[ \t]*(\r\n|\n|$)/y;
const CLOSING = /(?:^|\n|\r)[ \t]*(?:```|~~~)/g;
/** What may still become an opening fence. */
const UNFINISHED_OPENING = /^\s*(?:`{1,3}|~{1,3})[\w+#.-]*$/;
const MARKDOWN = /^(?:markdown|md|mdx)$/;

export const codeFence: SpanRule = (span, scene) => {
  const { raw, from, to, ended } = span;
  OPENING.lastIndex = from;
  const opening = OPENING.exec(raw);
  const info = opening?.[2] ?? '';
  // In prose a fence is part of the text, unless the whole answer was wrapped in one.
  if (scene.rules.blocks === 'prose' && !MARKDOWN.test(info)) {
    return span;
  }
  if (!ended && to - from < 32 && UNFINISHED_OPENING.test(raw.slice(from, to))) {
    return WAIT;
  }
  if (opening === null) {
    const close = closingAt(raw, from, to);
    const inFence = close >= 0 && scene.context.before.includes('```');
    return close < 0 || inFence ? span : { ...span, to: close, ended: true };
  }
  if (scene.scope() === 'comment') {
    // An example in documentation.
    return span;
  }
  const start = OPENING.lastIndex;
  if (opening[3] === '' || start >= to) {
    return ended ? nothing('code-fence', 'The model opened a code block and wrote nothing into it.') : WAIT;
  }
  const close = closingAt(raw, start, to);
  return close < 0 ? { ...span, from: start } : { ...span, from: start, to: Math.max(start, close), ended: true };
};

/** Where the line break before a closing fence is, or -1. */
function closingAt(raw: string, from: number, to: number): number {
  CLOSING.lastIndex = from;
  // `^` matches only at the start of the raw text; a fence right at `from` is looked for by itself.
  if (/^[ \t]*(?:```|~~~)/.test(raw.slice(from, from + 40))) {
    return from;
  }
  const found = CLOSING.exec(raw);
  if (found === null || found.index >= to) {
    return -1;
  }
  return found[0].startsWith('\n') && raw.charCodeAt(found.index - 1) === 13 ? found.index - 1 : found.index;
}
