/** What is known of a language without a parser: comments, quotes, and how it shows that a block begins and ends. */

export interface LanguageRules {
  /** How blocks are marked: brackets, deeper lines, closing words (`end`), tags; `prose` has none. */
  readonly blocks: 'brackets' | 'indentation' | 'words' | 'tags' | 'prose';
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [open: string, close: string])[];
  /** Quote characters whose strings end with the line. */
  readonly quotes: string;
  /** Quote characters whose strings may span lines. */
  readonly longQuotes: string;
  /** Those of the quotes in which a backslash means nothing. */
  readonly rawQuotes: string;
  /** `"""` and `'''`. */
  readonly tripleQuotes: boolean;
  /** `'` holds one character (or marks a lifetime): a string only if it closes at once. */
  readonly characterQuotes: boolean;
  /** `${` in a back-quoted string leads back into code. */
  readonly interpolation: boolean;
  /** `/` may begin a regular expression. */
  readonly regularExpressions: boolean;
  /** Whether a closing bracket without an opening one is always wrong (it is right in a shell's `case`). */
  readonly balanced: boolean;
}

const BRACKETS: LanguageRules = {
  blocks: 'brackets',
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  quotes: `"'`,
  longQuotes: '',
  rawQuotes: '',
  tripleQuotes: false,
  characterQuotes: false,
  interpolation: false,
  regularExpressions: false,
  balanced: true,
};
const CHARACTERS: LanguageRules = { ...BRACKETS, characterQuotes: true };
const SCRIPT: LanguageRules = { ...BRACKETS, longQuotes: '`', interpolation: true, regularExpressions: true };
const PYTHON: LanguageRules = {
  ...BRACKETS,
  blocks: 'indentation',
  lineComments: ['#'],
  blockComments: [],
  tripleQuotes: true,
};
const YAML: LanguageRules = { ...PYTHON, tripleQuotes: false };
const RUBY: LanguageRules = {
  ...BRACKETS,
  blocks: 'words',
  lineComments: ['#'],
  blockComments: [['=begin', '=end']],
  regularExpressions: true,
};
const LUA: LanguageRules = {
  ...RUBY,
  lineComments: ['--'],
  blockComments: [['--[[', ']]']],
  regularExpressions: false,
};
const SHELL: LanguageRules = {
  ...BRACKETS,
  blocks: 'words',
  lineComments: ['#'],
  blockComments: [],
  rawQuotes: `'`,
  balanced: false,
};
const CSS: LanguageRules = { ...BRACKETS, lineComments: [] };
const SQL: LanguageRules = { ...BRACKETS, lineComments: ['--'], rawQuotes: `"'` };
const MARKUP: LanguageRules = {
  ...BRACKETS,
  blocks: 'tags',
  lineComments: [],
  blockComments: [['<!--', '-->']],
  quotes: '',
  balanced: false,
};
const PROSE: LanguageRules = { ...MARKUP, blocks: 'prose' };
const LISP: LanguageRules = { ...BRACKETS, lineComments: [';'], blockComments: [], quotes: '"' };

/** By VS Code language id. A language that is not here is taken for one with brackets and `//`. */
const RULES: Readonly<Record<string, LanguageRules>> = {
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  go: { ...CHARACTERS, longQuotes: '`', rawQuotes: '`' },
  rust: CHARACTERS,
  c: CHARACTERS,
  cpp: CHARACTERS,
  'objective-c': CHARACTERS,
  csharp: CHARACTERS,
  java: { ...CHARACTERS, tripleQuotes: true },
  kotlin: { ...CHARACTERS, tripleQuotes: true },
  scala: { ...CHARACTERS, tripleQuotes: true },
  swift: { ...BRACKETS, quotes: '"', tripleQuotes: true },
  dart: { ...BRACKETS, tripleQuotes: true },
  php: { ...BRACKETS, lineComments: ['//', '#'] },
  json: { ...BRACKETS, quotes: '"' },
  jsonc: { ...BRACKETS, quotes: '"' },
  css: CSS,
  scss: BRACKETS,
  less: BRACKETS,
  python: PYTHON,
  yaml: YAML,
  dockercompose: YAML,
  coffeescript: { ...PYTHON, regularExpressions: true },
  fsharp: { ...CHARACTERS, blocks: 'indentation', blockComments: [['(*', '*)']] },
  haskell: { ...CHARACTERS, blocks: 'indentation', lineComments: ['--'], blockComments: [['{-', '-}']] },
  nim: PYTHON,
  makefile: { ...YAML, quotes: '', balanced: false },
  toml: { ...YAML, blocks: 'brackets', tripleQuotes: true },
  ini: { ...YAML, blocks: 'brackets', lineComments: ['#', ';'], quotes: '', balanced: false },
  properties: { ...YAML, blocks: 'brackets', quotes: '', balanced: false },
  dockerfile: SHELL,
  ruby: RUBY,
  crystal: RUBY,
  elixir: { ...RUBY, blockComments: [], tripleQuotes: true, regularExpressions: false },
  julia: {
    ...RUBY,
    blockComments: [['#=', '=#']],
    tripleQuotes: true,
    characterQuotes: true,
    regularExpressions: false,
  },
  lua: LUA,
  shellscript: SHELL,
  fish: SHELL,
  powershell: { ...BRACKETS, lineComments: ['#'], blockComments: [['<#', '#>']], rawQuotes: `"'` },
  perl: { ...BRACKETS, lineComments: ['#'], blockComments: [], balanced: false },
  r: { ...BRACKETS, lineComments: ['#'], blockComments: [] },
  sql: SQL,
  clojure: LISP,
  lisp: LISP,
  scheme: LISP,
  html: MARKUP,
  xml: MARKUP,
  xsl: MARKUP,
  vue: MARKUP,
  svelte: MARKUP,
  handlebars: MARKUP,
  markdown: PROSE,
  mdx: PROSE,
  plaintext: PROSE,
  latex: PROSE,
  tex: PROSE,
  restructuredtext: PROSE,
  asciidoc: PROSE,
  'git-commit': PROSE,
  scminput: PROSE,
  log: PROSE,
};

export function languageRules(languageId: string): LanguageRules {
  return Object.hasOwn(RULES, languageId) ? (RULES[languageId] ?? BRACKETS) : BRACKETS;
}
