/** Which grammar parses which language; the build ships every file that is named here (`@vscode/tree-sitter-wasm`). */

/** The runtime of `web-tree-sitter`, next to the grammars. */
export const RUNTIME_FILE = 'web-tree-sitter.wasm';

/** By VS Code language id. */
const GRAMMAR_FILES: Readonly<Record<string, string>> = {
  typescript: 'tree-sitter-typescript.wasm',
  typescriptreact: 'tree-sitter-tsx.wasm',
  javascript: 'tree-sitter-javascript.wasm',
  javascriptreact: 'tree-sitter-javascript.wasm',
  python: 'tree-sitter-python.wasm',
  go: 'tree-sitter-go.wasm',
  rust: 'tree-sitter-rust.wasm',
  java: 'tree-sitter-java.wasm',
  csharp: 'tree-sitter-c-sharp.wasm',
  c: 'tree-sitter-cpp.wasm',
  cpp: 'tree-sitter-cpp.wasm',
  php: 'tree-sitter-php.wasm',
  ruby: 'tree-sitter-ruby.wasm',
  shellscript: 'tree-sitter-bash.wasm',
  powershell: 'tree-sitter-powershell.wasm',
  css: 'tree-sitter-css.wasm',
};

/** The grammar's file name, or `undefined` where there is none. */
export function grammarFile(languageId: string): string | undefined {
  return Object.hasOwn(GRAMMAR_FILES, languageId) ? GRAMMAR_FILES[languageId] : undefined;
}

/** Every file that the worker may load, for those who put them next to each other. */
export const GRAMMAR_FOLDER_FILES: readonly string[] = [RUNTIME_FILE, ...new Set(Object.values(GRAMMAR_FILES))];
