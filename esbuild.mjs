// @ts-check
/**
 * Bundles the extension into `dist/`: `node esbuild.mjs`, with `--minify` for the package, with `--watch` while working on it.
 * The entry stays small because everything behind a dynamic import goes to a chunk of its own.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { GRAMMAR_FOLDER_FILES, RUNTIME_FILE } from './src/completion/syntax/grammars.ts';

const project = fileURLToPath(new URL('.', import.meta.url));
const dist = join(project, 'dist');

/** File in `dist/` → source. Workers are entries of their own: they are started by file name. */
const ENTRIES = {
  extension: 'src/extension.ts',
  'predictor-worker': 'src/predictor/worker.ts',
  'syntax-worker': 'src/completion/syntax/worker.ts',
};

/**
 * @param {{ minify: boolean }} choice
 * @returns {esbuild.BuildOptions & { metafile: true }}
 */
export function buildOptions({ minify }) {
  return {
    absWorkingDir: project,
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).filter(([, source]) => existsSync(join(project, source)))),
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    splitting: true,
    // Flat, so that `new URL('./predictor-worker.js', import.meta.url)` holds in every chunk.
    chunkNames: 'chunk-[name]-[hash]',
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

/** Copies what the syntax worker loads as files: the tree-sitter runtime, and a grammar for each language. */
function copyAssets() {
  mkdirSync(dist, { recursive: true });
  for (const file of GRAMMAR_FOLDER_FILES) {
    const source = file === RUNTIME_FILE ? `web-tree-sitter/${file}` : `@vscode/tree-sitter-wasm/wasm/${file}`;
    copyFileSync(join(project, 'node_modules', source), join(dist, file));
  }
}

/** Chunks carry a hash, so those of earlier builds would stay for ever. @param {esbuild.Metafile} metafile */
function removeOldOutputs(metafile) {
  const current = new Set(Object.keys(metafile.outputs).map((output) => basename(output)));
  for (const file of readdirSync(dist)) {
    if (/\.js(\.map)?$/.test(file) && !current.has(file)) {
      rmSync(join(dist, file), { force: true });
    }
  }
}

/** @type {esbuild.Plugin} */
const finishOutputs = {
  name: 'finish-outputs',
  setup(build) {
    build.onEnd((result) => {
      if (result.metafile !== undefined && result.errors.length === 0) {
        copyAssets();
        removeOldOutputs(result.metafile);
        writeFileSync(join(dist, 'meta.json'), JSON.stringify(result.metafile));
      }
    });
  },
};

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const options = { ...buildOptions({ minify: process.argv.includes('--minify') }), plugins: [finishOutputs] };
  if (process.argv.includes('--watch')) {
    const context = await esbuild.context({ ...options, logLevel: 'info' });
    await context.watch();
  } else {
    try {
      await esbuild.build(options);
    } catch {
      // esbuild has printed what is wrong.
      process.exitCode = 1;
    }
  }
}
