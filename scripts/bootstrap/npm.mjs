// @ts-check
/** Calling npm's own program file with a Node of our choice: no shell, no `.cmd`, the same on every system. */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { SetupError } from './progress.mjs';
import { runOrFail } from './run.mjs';

/** Packages that are nothing without their install scripts, whatever people have set for others. */
export const CI_WITH_SCRIPTS = ['ci', '--ignore-scripts=false', '--include=optional'];

/**
 * @param {string} what the purpose, for the error
 * @param {string} node program file of the Node that npm and all install scripts run under
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: Readonly<Record<string, string>> }} options
 * @returns {Promise<string>} npm's output
 */
export function npm(what, node, args, options) {
  const env = { ...withoutOuterNpm(withNodeFirst(node)), npm_config_update_notifier: 'false', ...options.env };
  return runOrFail(what, node, [npmProgram(), ...args, '--no-audit', '--no-fund'], { cwd: options.cwd, env });
}

/**
 * The environment in which a program finds the given Node first.
 *
 * @param {string} node
 * @returns {Record<string, string | undefined>}
 */
export function withNodeFirst(node) {
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [pathKey]: [dirname(node), process.env[pathKey]].join(delimiter) };
}

/**
 * Without what an npm that runs us says of itself: under `npm test` it is another npm, under another Node. What people set, such
 * as a registry or a cache, stays.
 *
 * @param {Record<string, string | undefined>} env
 */
export function withoutOuterNpm(env) {
  const ofItself =
    /^(npm_(?!config_)|npm_config_(user_agent|node_gyp|npm_version|(local_|global_)?prefix)$|init_cwd$|node$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofItself.test(name)));
}

/** The file `npm-cli.js`: what npm says when it runs us, else beside the npm on the PATH or beside this Node. */
function npmProgram() {
  const beside = ['node_modules', 'npm', 'bin', 'npm-cli.js'];
  const bin = dirname(process.execPath);
  const candidates = [
    process.env['npm_execpath'],
    ...onPath(),
    join(bin, ...beside),
    join(bin, '..', 'lib', ...beside),
  ];
  const found = candidates.find((file) => file?.endsWith('npm-cli.js') && existsSync(file));
  if (found === undefined) {
    throw new SetupError('npm was not found. It comes with Node: https://nodejs.org');
  }
  return found;
}

/** @returns {string[]} */
function onPath() {
  const folders = (process.env['PATH'] ?? process.env['Path'] ?? '').split(delimiter);
  return folders.flatMap((folder) => {
    const windows = join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
    const linked = join(folder, 'npm');
    return existsSync(linked) ? [windows, realpathSync(linked)] : [windows];
  });
}
