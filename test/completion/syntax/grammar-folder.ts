/** The runtime and the grammars next to each other, as the build puts them into `dist/`. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GRAMMAR_FOLDER_FILES, RUNTIME_FILE } from '../../../src/completion/syntax/grammars.ts';

const require = createRequire(import.meta.url);

export const workerPath = fileURLToPath(new URL('../../../src/completion/syntax/worker.ts', import.meta.url));

export function createGrammarFolder(): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), 'reaper-grammars-'));
  const grammars = join(dirname(require.resolve('@vscode/tree-sitter-wasm/package.json')), 'wasm');
  for (const file of GRAMMAR_FOLDER_FILES) {
    const source = file === RUNTIME_FILE ? require.resolve(`web-tree-sitter/${RUNTIME_FILE}`) : join(grammars, file);
    symlinkSync(source, join(path, file));
  }
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}
