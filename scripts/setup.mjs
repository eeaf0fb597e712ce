// @ts-check
/** Brings any machine to the point where the other scripts can work: a Node that runs TypeScript, dependencies, the build. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './bootstrap/dependencies.mjs';
import { requireModernNode } from './bootstrap/node.mjs';
import { projectFolder } from './bootstrap/paths.mjs';
import { step } from './bootstrap/progress.mjs';
import { runOrFail } from './bootstrap/run.mjs';
import { runScript } from './bootstrap/script.mjs';

/** Everything before this call must run on Node 18; everything after it may import TypeScript and dependencies. */
export async function setUp() {
  await requireModernNode();
  await installDependencies();
}

/** Bundles the extension into `dist/`. */
export async function build() {
  await step('Building the extension', () =>
    runOrFail('The build', process.execPath, [join(projectFolder, 'esbuild.mjs')], { cwd: projectFolder }),
  );
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    await setUp();
    await build();
  });
}
