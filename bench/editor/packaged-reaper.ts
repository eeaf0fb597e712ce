/** Reaper as users get it, minified, in a folder of its own: builds in the checkout go on meanwhile without being measured. */
import { cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildOptions } from '../../esbuild.mjs';

/** The files that `.vscodeignore` lets into the package, as far as they matter when the extension runs. */
const PACKAGED = ['package.json', 'package.nls.json', 'l10n', 'media'];

/** The folder; whoever asked for it removes it. */
export async function packageReaper(root: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'reaper-packaged-'));
  await build({ ...buildOptions({ minify: true }), outdir: join(folder, 'dist') });
  const dist = join(root, 'dist');
  const grammars = existsSync(dist) ? readdirSync(dist).filter((name) => name.endsWith('.wasm')) : [];
  if (grammars.length === 0) {
    throw new Error('dist/ holds no grammars: run `npm run build` first.');
  }
  for (const name of grammars) {
    cpSync(join(dist, name), join(folder, 'dist', name));
  }
  for (const name of PACKAGED.filter((entry) => existsSync(join(root, entry)))) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  return folder;
}
