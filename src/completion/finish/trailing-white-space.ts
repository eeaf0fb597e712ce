/** Removes blanks at the ends of lines and blank lines at the end of the text. */
import type { Draft } from './draft.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

export const trailingWhiteSpace: LineRule = (draft, scene) => {
  const last = draft.lines.findLastIndex(({ body }) => body.replace(WHITE_END, '') !== '');
  const lines = draft.lines.slice(0, last + 1).map((line, at) => {
    const body = at === last ? trimmedEnd(line.body, draft, scene) : trimmedInside(line.body, scene);
    return body === line.body ? line : { ...line, body };
  });
  return { ...draft, lines };
};

/** Two blanks at the end of a line are a line break in Markdown. */
function trimmedInside(body: string, { rules }: Scene): string {
  return rules.blocks === 'prose' ? body : body.trimEnd();
}

// With white space goes half a character that an answer ended in.
const WHITE_END = /[\s\ud800-\udbff]+$/;

/** In front of a word or an operator one blank stays, and in front of a closer if the model put one there. */
function trimmedEnd(body: string, { restIndent, end }: Draft, { rest, restKind }: Scene): string {
  const text = body.replace(WHITE_END, '');
  const separates =
    restIndent === undefined &&
    (restKind === 'text'
      ? /^[^\s)\]},;.]/.test(rest)
      : restKind === 'closing' && end === 'suffix' && /^[)\]}]/.test(rest));
  return separates && text.length < body.length ? `${text} ` : text;
}
