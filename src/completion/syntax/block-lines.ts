/** Lines that begin, end or go on with a block, judged by themselves. */
import type { LanguageRules } from './language-rules.ts';
import { LINE_COMMENT, isComment } from './open.ts';
import { scan } from './scan.ts';

/** Of longer lines only the end is looked at: minified code has no block lines. */
const MAX_LINE = 500;

/** `block` holds statements, `literal` and `list` hold expressions. */
export type Opener = 'block' | 'literal' | 'list';

/** What the end of the line leaves open for the lines below, or `undefined`. */
export function openerOf(line: string, rules: LanguageRules): Opener | undefined {
  if (rules.blocks === 'prose') {
    return undefined;
  }
  const code = codeOf(line.length > MAX_LINE ? line.slice(-MAX_LINE) : line, rules);
  const last = code.at(-1);
  if (last === '{') {
    return LITERAL_BEFORE_BRACE.test(code) && !BLOCK_BEFORE_BRACE.test(code) ? 'literal' : 'block';
  }
  if (last === '(' || last === '[') {
    return 'list';
  }
  switch (rules.blocks) {
    case 'brackets':
      return CASE_LABEL.test(code) ? 'block' : undefined;
    case 'indentation':
      return INDENTATION_OPENER.test(code) ? 'block' : undefined;
    case 'words':
      return (OPENING_WORD.test(code) || OPENING_WORD_AT_END.test(code)) && !CLOSED_ON_LINE.test(code)
        ? 'block'
        : undefined;
    case 'tags':
      return endsWithOpeningTag(code) ? 'block' : undefined;
  }
}

/** Whether the line begins with what ends a block: a closing bracket, a closing tag, `end`. */
export function closesBlock(text: string, rules: LanguageRules): boolean {
  return CLOSER.test(text) || (rules.blocks === 'words' && CLOSING_WORD.test(text));
}

/** Whether the line goes on with the statement or block above it, although it is not deeper: `else`, `.then()`, `{`. */
export function continuesBlock(text: string, rules: LanguageRules): boolean {
  return closesBlock(text, rules) || CONTINUING.test(text);
}

/** Only closers and separators: nothing that one would miss. */
export function isOnlyClosers(text: string): boolean {
  return ONLY_CLOSERS.test(text);
}

/** The line without a comment at its end. */
export function codeOf(line: string, rules: LanguageRules): string {
  const markers = [...rules.lineComments, ...rules.blockComments.map(([open]) => open)];
  if (!markers.some((marker) => line.includes(marker))) {
    return line.trimEnd();
  }
  let commentAt = -1;
  const { stack } = scan(line, rules, {
    listener: (event, what, index) => {
      if (event === 'open' && isComment(what)) {
        commentAt = index;
      }
      return what === LINE_COMMENT ? 'stop' : undefined;
    },
  });
  const blockAtEnd = rules.blockComments.some(([, close]) => line.trimEnd().endsWith(close));
  return commentAt >= 0 && (stack.some(isComment) || blockAtEnd) ? line.slice(0, commentAt).trimEnd() : line.trimEnd();
}

// An object, a struct literal, an argument: an operator, a comma, a name or tag that touches the brace.
const LITERAL_BEFORE_BRACE = /(?:[=(,:[?&|]\s*|[\w$"'\]>]|\b(?:return|yield|default|await|throw|in|of)\s+)\{$/;
const BLOCK_BEFORE_BRACE =
  /(?:=>\s*|\)[^=,;()[\]{}]*|\b(?:else|try|do|finally|loop|unsafe|async|static|struct|interface|class))\{$/;
const CASE_LABEL = /^\s*(?:case\b.*|default\s*):$/;
const INDENTATION_OPENER = /(?::|[^=!<>]=|->|=>|\b(?:do|where|then|of|else))$/;
const OPENING_WORD =
  /^\s*(?:(?:private|public|protected|local|export)\s+)*(?:def|defp|defmodule|class|module|if|unless|while|until|for|case|begin|function|repeat|struct|quote|let)\b/;
const OPENING_WORD_AT_END =
  /(?:\b(?:then|do|else|begin|ensure|rescue|in|repeat)|\bdo\s*\|[^|]*\||\bfunction\s*\([^()]*\)|->)$/;
/** `if x then y end` on one line, `def f = 1`. */
const CLOSED_ON_LINE = /(?:\b(?:end|fi|done|esac)[)\]};,]*|^\s*def\s+[\w.?!]+(?:\([^()]*\))?\s*=\s.*)$/;
const CLOSER = /^\s*(?:[)\]}]|<\/)/;
const CLOSING_WORD = /^\s*(?:end|fi|done|esac|until|endif|endfunction)\b/;
const CONTINUING =
  /^\s*(?:(?:else|elif|elsif|elseif|except|finally|catch|rescue|ensure|then|do|and|or|where)\b|while\s*\(.*\)\s*;|[{.?:+%&|^=,]|\/(?![/*])|\*[^/]|-[^-]|->|<[^/\w!])/;
const ONLY_CLOSERS = /^[\s)\]};,]*$/;

const VOID_TAGS: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr !doctype ?xml'.split(' '),
);
const TAG_AT_END = /<([A-Za-z!?][\w.:-]*)(?:\s[^<>]*)?>$/;

/** Whether the line ends in an opening tag whose element is not void. */
function endsWithOpeningTag(code: string): boolean {
  const name = TAG_AT_END.exec(code)?.[1];
  return name !== undefined && !code.endsWith('/>') && !VOID_TAGS.has(name.toLowerCase());
}
