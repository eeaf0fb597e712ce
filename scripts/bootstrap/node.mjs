// @ts-check
/** Finding or installing the Node that the project needs, and re-running a script under it. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cached, fingerprint } from './cache.mjs';
import { CI_WITH_SCRIPTS, npm } from './npm.mjs';
import { toolchainFolder } from './paths.mjs';
import { SetupError, step } from './progress.mjs';
import { RE_RUN } from './script.mjs';

/** From here on Node runs TypeScript without a flag. */
const MINIMUM = [22, 18];
/** The major version that the VS Code server of the tests demands, to the number. */
const SERVER_MAJOR = 24;

/**
 * Returns only in a process whose Node can run the project; otherwise the calling script runs again under one that can,
 * with the same arguments, terminal and signals, and this process ends with its exit code.
 *
 * @returns {Promise<void>}
 */
export async function requireModernNode() {
  if (isModern(process.versions.node)) {
    delete process.env[RE_RUN];
    return;
  }
  if (process.env[RE_RUN] !== undefined) {
    throw new SetupError(`The Node of the cache is ${process.versions.node}. Delete the cache folder and start again.`);
  }
  const node = await nodeForServer();
  const child = spawn(node, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, [RE_RUN]: '1' },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  const exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
  process.exit(exitCode);
}

/**
 * The program file of a Node 24: this one, or the one in the cache, which is installed if need be.
 *
 * @returns {Promise<string>}
 */
export async function nodeForServer() {
  if (Number(process.versions.node.split('.')[0]) === SERVER_MAJOR) {
    return process.execPath;
  }
  const lockFile = readFileSync(join(toolchainFolder, 'node', 'package-lock.json'), 'utf8');
  const version = JSON.parse(lockFile).packages['node_modules/node'].version;
  const name = `node-${version}-${process.platform}-${process.arch}-${fingerprint([lockFile])}`;
  const executable = join('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const folder = await cached(name, (temporary) =>
    step(`Installing Node ${version} through npm (this machine has ${process.versions.node})`, async () => {
      for (const file of ['package.json', 'package-lock.json']) {
        copyFileSync(join(toolchainFolder, 'node', file), join(temporary, file));
      }
      await npm('Installing Node', process.execPath, CI_WITH_SCRIPTS, { cwd: temporary });
      if (!existsSync(join(temporary, executable))) {
        throw new SetupError(
          `npm installed no Node for ${process.platform} ${process.arch}. Install Node 24 yourself.`,
        );
      }
    }),
  );
  return join(folder, executable);
}

/**
 * The folder whose `include/node` holds the C headers that belong to a Node, for native modules.
 *
 * @param {string} node
 * @returns {string | undefined}
 */
export function headersOf(node) {
  const bin = dirname(realpathSync(node));
  const packaged = join(bin, '..', 'node_modules', `node-${process.platform}-${process.arch}`);
  return [join(bin, '..'), packaged].find((folder) => existsSync(join(folder, 'include', 'node', 'node.h')));
}

/** @param {string} version */
export function isModern(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = MINIMUM;
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}
