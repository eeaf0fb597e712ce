/** Snippets of other files as plain text before the prefix, for models and endpoints without a form of their own for them. */
import type { FimInput } from '../model-request.ts';

/** How a provider's own fill-in-the-middle endpoint wants other files. */
export type ContextStyle = 'comments' | 'plus-headings' | 'hash-headings';

/** The prefix with what other files say before it; the prefix alone if there are no snippets. */
export function prefixWithContext(input: FimInput, style: ContextStyle): string {
  if (input.snippets.length === 0) return input.prefix;
  switch (style) {
    case 'comments':
      return commentedPrefix(input);
    case 'plus-headings':
      return headedPrefix(input, '+++++ ', '\n\n');
    case 'hash-headings':
      return headedPrefix(input, '#', '\n');
  }
}

function headedPrefix(input: FimInput, heading: string, separator: string): string {
  const others = input.snippets.map(({ path, text }) => `${heading}${path}\n${text}${separator}`).join('');
  return `${others}${heading}${input.path}\n${input.prefix}`;
}

function commentedPrefix(input: FimInput): string {
  const [open, close] = commentMarks(input.language);
  const comment = (line: string): string => `${open} ${line}`.trimEnd() + close;
  const lines = input.snippets.flatMap(({ path, text }) => [`Path: ${path}`, ...text.replace(/\n$/, '').split('\n')]);
  const head = [...lines, `Path: ${input.path}`].map(comment).join('\n');
  return `${head}\n${input.prefix}`;
}

const MARKS: readonly (readonly [open: string, close: string, languages: string])[] = [
  [
    '#',
    '',
    'python ruby shellscript yaml toml perl r elixir dockerfile makefile powershell julia coffeescript nim properties dotenv terraform graphql gdscript cmake starlark',
  ],
  ['--', '', 'sql lua haskell elm ada vhdl'],
  [';', '', 'clojure lisp scheme racket ini asm'],
  ['%', '', 'latex tex erlang matlab prolog'],
  ['<!--', ' -->', 'html xml markdown vue svelte xsl'],
  ['/*', ' */', 'css'],
  ["'", '', 'vb'],
];

/** By VS Code's language id; `//` for those that are not listed. */
function commentMarks(language: string): readonly [open: string, close: string] {
  for (const [open, close, languages] of MARKS) {
    if (languages.split(' ').includes(language)) return [open, close];
  }
  return ['//', ''];
}
