/** Which grammar parses which language; the build ships every file that is named here (`@vscode/tree-sitter-wasm`). */

/** The runtime of `web-tree-sitter`, next to the grammars. */
export const RUNTIME_FILE = 'web-tree-sitter.wasm';

/**
 * By VS Code language id. Left out are the grammars whose code is large or that take hundreds of megabytes over text that is
 * broken at the cursor, as it always is there (measured by `npm run bench -- finish`): C and C++, C#, Ruby, shells, CSS.
 */
const GRAMMAR_FILES: Readonly<Record<string, string>> = {
  typescript: 'tree-sitter-typescript.wasm',
  typescriptreact: 'tree-sitter-tsx.wasm',
  javascript: 'tree-sitter-javascript.wasm',
  javascriptreact: 'tree-sitter-javascript.wasm',
  python: 'tree-sitter-python.wasm',
  go: 'tree-sitter-go.wasm',
  rust: 'tree-sitter-rust.wasm',
  java: 'tree-sitter-java.wasm',
  php: 'tree-sitter-php.wasm',
};

/** The grammar's file name, or `undefined` where there is none. */
export function grammarFile(languageId: string): string | undefined {
  return Object.hasOwn(GRAMMAR_FILES, languageId) ? GRAMMAR_FILES[languageId] : undefined;
}

/** Every file that the worker may load, for those who put them next to each other. */
export const GRAMMAR_FOLDER_FILES: readonly string[] = [RUNTIME_FILE, ...new Set(Object.values(GRAMMAR_FILES))];
