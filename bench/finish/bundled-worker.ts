/** The syntax worker as it is shipped: bundled, without the cost of reading TypeScript. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { workerPath } from '../../test/completion/syntax/grammar-folder.ts';

export async function bundledWorker(): Promise<{ readonly path: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'reaper-syntax-worker-'));
  const path = join(folder, 'syntax-worker.mjs');
  await build({
    entryPoints: [workerPath],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'error',
  });
  return { path, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
