// @ts-check
/**
 * Bundles the extension into `dist/`: `node esbuild.mjs`, with `--watch` while working on it. The package is made with `--minify`
 * and `--outdir=<folder>`, so that it does not get in the way of an editor that runs from `dist/`.
 * The entry stays small because everything behind a dynamic import goes to a chunk of its own.
 */
import { copyFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { GRAMMAR_FOLDER_FILES, RUNTIME_FILE } from './src/completion/syntax/grammars.ts';

const project = fileURLToPath(new URL('.', import.meta.url));

/** File in `dist/` → source. Workers are entries of their own: they are started by file name. */
const ENTRIES = {
  extension: 'src/extension.ts',
  'predictor-worker': 'src/predictor/worker.ts',
  'syntax-worker': 'src/completion/syntax/worker.ts',
  'ledger-worker': 'src/ledger/worker.ts',
};

/**
 * @param {{ minify: boolean, outdir?: string }} choice
 * @returns {esbuild.BuildOptions & { metafile: true }}
 */
export function buildOptions({ minify, outdir = 'dist' }) {
  return {
    absWorkingDir: project,
    entryPoints: ENTRIES,
    outdir,
    bundle: true,
    format: 'esm',
    splitting: true,
    // Flat, so that `new URL('./predictor-worker.js', import.meta.url)` holds in every chunk.
    chunkNames: '[name]-[hash]',
    platform: 'node',
    // The extension host of the oldest VS Code that we support (1.120) runs Node 22.
    target: 'node22',
    // Without `module` first, jsonc-parser and others bring code that looks for its parts at run time.
    mainFields: ['module', 'main'],
    external: ['vscode'],
    // Bundled CommonJS packages call `require` for Node's own modules; an ES module has none.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    minify,
    sourcemap: minify ? false : 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  };
}

/** Copies what the syntax worker loads as files: the tree-sitter runtime, and a grammar for each language. @param {string} folder */
function copyAssets(folder) {
  for (const file of GRAMMAR_FOLDER_FILES) {
    const source = file === RUNTIME_FILE ? `web-tree-sitter/${file}` : `@vscode/tree-sitter-wasm/wasm/${file}`;
    copyFileSync(join(project, 'node_modules', source), join(folder, file));
  }
}

/**
 * Chunks carry a hash, so those of earlier builds would stay for ever.
 *
 * @param {string} folder
 * @param {esbuild.Metafile} metafile
 */
function removeOldOutputs(folder, metafile) {
  const current = new Set(Object.keys(metafile.outputs).map((output) => basename(output)));
  for (const file of readdirSync(folder)) {
    if (/\.js(\.map)?$/.test(file) && !current.has(file)) {
      rmSync(join(folder, file), { force: true });
    }
  }
}

/** @type {esbuild.Plugin} */
const finishOutputs = {
  name: 'finish-outputs',
  setup(build) {
    const folder = resolve(project, build.initialOptions.outdir ?? '');
    build.onEnd((result) => {
      if (result.metafile !== undefined && result.errors.length === 0) {
        copyAssets(folder);
        removeOldOutputs(folder, result.metafile);
        writeFileSync(join(folder, 'meta.json'), JSON.stringify(result.metafile));
      }
    });
  },
};

async function main() {
  const { values } = parseArgs({
    options: { minify: { type: 'boolean' }, watch: { type: 'boolean' }, outdir: { type: 'string' } },
  });
  const choice = { minify: values.minify === true, ...(values.outdir === undefined ? {} : { outdir: values.outdir }) };
  const options = { ...buildOptions(choice), plugins: [finishOutputs] };
  if (values.watch === true) {
    const context = await esbuild.context({ ...options, logLevel: 'info' });
    await context.watch();
    return;
  }
  try {
    await esbuild.build(options);
  } catch {
    // esbuild has printed what is wrong.
    process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main();
}
