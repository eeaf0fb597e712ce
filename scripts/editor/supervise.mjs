// @ts-check
/**
 * Runs a program that must not outlive its caller: `node supervise.mjs <program> <args…>`, started in a process group of its
 * own, with a pipe as stdin. When the pipe ends, because the caller closed it or was killed, the whole group is ended.
 */
import { spawn } from 'node:child_process';

/** VS Code's server needs a moment to write what it holds. */
const GRACE_MS = 3_000;

const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
let ending = false;

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  killGroup();
});
child.on('exit', () => killGroup());
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, end);
}

function end() {
  if (ending) {
    return;
  }
  ending = true;
  child.kill('SIGTERM');
  setTimeout(killGroup, GRACE_MS);
}

/** Extension hosts and file watchers that the program left behind, and this process itself. */
function killGroup() {
  process.kill(-process.pid, 'SIGKILL');
}
