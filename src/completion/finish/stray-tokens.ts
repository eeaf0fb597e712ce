/** Ends the text at a token that belongs to a model's template, and skips such tokens at its start. */
import type { Scene } from './scene.ts';
import { type SpanRule, afterBlankLines } from './span.ts';

// The templates of the model families that Reaper asks (router/fim), and the tags of hole-filling prompts.
const TOKEN =
  /<\|[a-zA-Z][a-zA-Z_0-9]*\|>|<｜[^｜<>\n]{1,30}｜>|<\/?(?:fim[_-](?:prefix|suffix|middle|pad)|file_sep|repo_name|reponame|start_of_turn|end_of_turn|eos|bos|EOT|PRE|SUF|MID|COMPLETION|completion|think|thinking)>|<\[[a-zA-Z_▁ -]{1,30}\]>|\[(?:PREFIX|SUFFIX|MIDDLE)\]|<\/?s>/g;
/** The beginning of one that was cut by the end of the answer. */
const CUT_TOKEN = /(?:<\|[a-zA-Z][a-zA-Z_0-9]*\|?|<｜[^｜<>\n]{0,30}｜?|<fim[_-][a-z]*)$/;
/** Right before a token it says that the token is talked about. */
const QUOTE = /['"`]/;
const LONGEST_TOKEN = 40;
/** In the user's text it says that templates are what the text is about. */
const TEMPLATE = /<\|[a-z_]+\|>|<｜[^｜<>\n]{1,30}｜>|<fim[_-]|<\[fim-/;
/** Elements of HTML that look like tokens. */
const ELEMENT = /^<\/?(?:s|PRE)>$/;

export const strayTokens: SpanRule = (span, scene) => {
  const { raw, to, ended } = span;
  let { from } = span;
  TOKEN.lastIndex = from;
  for (let found = TOKEN.exec(raw); found !== null && found.index < to; found = TOKEN.exec(raw)) {
    const [token] = found;
    if (isOwn(token, scene) || QUOTE.test(raw.charAt(found.index - 1))) {
      continue;
    }
    if (raw.slice(from, found.index).trim() !== '') {
      return { ...span, from, to: found.index, ended: true };
    }
    // At the start: `<MID>` repeated, or the opening tag of an answer. A line break after it belongs to the tag.
    from = found.index + token.length;
    from = scene.line.trimEnd().endsWith('{') ? from : afterBlankLines(raw, from, to);
    TOKEN.lastIndex = from;
  }
  const cut = ended ? CUT_TOKEN.exec(raw.slice(Math.max(from, to - LONGEST_TOKEN), to)) : null;
  return { ...span, from, to: cut === null ? to : to - cut[0].length };
};

/** Whether it may be the user's own text: someone who writes about templates, or HTML. */
function isOwn(token: string, { context, rules }: Scene): boolean {
  const hasElements = rules.blocks === 'tags' || rules.blocks === 'prose' || context.languageId.endsWith('react');
  return (hasElements && ELEMENT.test(token)) || TEMPLATE.test(context.before) || TEMPLATE.test(context.after);
}
