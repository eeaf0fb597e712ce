// @ts-check
/** Running another program to its end, with its output kept for the case that it fails. */
import { spawn } from 'node:child_process';
import { SetupError } from './progress.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Readonly<Record<string, string | undefined>>} [env]
 */

/**
 * Runs a program without a shell and without input.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ exitCode: number, output: string }>} stdout and stderr together
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const stop = () => child.kill();
    process.once('exit', stop);
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.removeListener('exit', stop);
      // 128 is what a shell reports for a program that a signal ended.
      resolve({ exitCode: code ?? (signal === null ? 1 : 128), output: Buffer.concat(chunks).toString('utf8') });
    });
  });
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
