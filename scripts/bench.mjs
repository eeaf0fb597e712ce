// @ts-check
/** `npm run bench -- <name>`: set-up, then one of the measurements in `bench/`, with the remaining arguments. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './bootstrap/paths.mjs';
import { SetupError } from './bootstrap/progress.mjs';
import { runScript } from './bootstrap/script.mjs';
import { build, setUp } from './setup.mjs';

const benchFolder = join(projectFolder, 'bench');

await runScript(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === '--help') {
    process.stdout.write(`npm run bench -- <name> [options]\n\n${names().join('\n')}\n`);
    return;
  }
  const file = mainFile(name);
  if (file === undefined) {
    throw new SetupError(`No such measurement: ${name}. There are: ${names().join(', ')}.`);
  }
  await setUp();
  await build();
  process.exitCode = await runInTerminal(file, args);
});

/** @returns {string[]} */
function names() {
  return readdirSync(benchFolder)
    .map((entry) => entry.replace(/\.ts$/, ''))
    .filter((name) => mainFile(name) !== undefined)
    .sort();
}

/** @param {string} name */
function mainFile(name) {
  return [join(benchFolder, name, 'main.ts'), join(benchFolder, `${name}.ts`)].find((file) => existsSync(file));
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
function runInTerminal(file, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: projectFolder, stdio: 'inherit' });
    process.once('exit', () => child.kill());
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
