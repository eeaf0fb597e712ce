// @ts-check
/** Running another program to its end, with its output kept for the case that it fails. */
import { spawn, spawnSync } from 'node:child_process';
import { SetupError } from './progress.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Readonly<Record<string, string | undefined>>} [env]
 * @property {AbortSignal} [signal] ends the program and all that it has started, at once
 */

/**
 * Runs a program without a shell and without input.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ exitCode: number, output: string }>} stdout and stderr together
 */
export function run(command, args, { signal, ...options } = {}) {
  return new Promise((resolve, reject) => {
    // A group of its own can be ended as a whole; Windows knows the children by their parent.
    const detached = signal !== undefined && process.platform !== 'win32';
    const child = spawn(command, [...args], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      detached,
    });
    const stop = () => (signal === undefined ? child.kill() : endTree(child));
    const abandon = () => {
      stop();
      // Who has left the group may still hold these, and the end would never come.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    signal?.addEventListener('abort', abandon);
    if (signal?.aborted === true) abandon();
    process.once('exit', stop);
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, endedBy) => {
      process.removeListener('exit', stop);
      signal?.removeEventListener('abort', abandon);
      // 128 is what a shell reports for a program that a signal ended.
      resolve({ exitCode: code ?? (endedBy === null ? 1 : 128), output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function endTree(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawnSync('taskkill', ['/PID', String(child.pid), '/T', '/F']);
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Like `run`, but fails with the end of the program's output if it does not succeed.
 *
 * @param {string} what the program's purpose, for the error
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} the output
 */
export async function runOrFail(what, command, args, options = {}) {
  const { exitCode, output } = await run(command, args, options);
  if (exitCode !== 0) {
    throw new SetupError(`${what} failed (exit code ${exitCode}). The end of its output:\n${lastLines(output, 40)}`);
  }
  return output;
}

/**
 * @param {string} text
 * @param {number} count
 */
function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
