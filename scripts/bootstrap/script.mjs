// @ts-check
/** The outermost call of every script: what happens at a failure, at a signal, and when whoever started it is gone. */
import { SetupError } from './progress.mjs';

/** What a shell reports for a program that such a signal ended: 128 + its number. */
const EXIT_CODES = /** @type {const} */ ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 });

/** Set for a script that runs again under another Node. */
export const RE_RUN = 'REAPER_RUNS_UNDER_OWN_NODE';

/** How soon a script notices that it was left behind. */
const PARENT_CHECK_MS = 500;

/**
 * Prints what went wrong and sets the exit code. Whoever holds something that must not outlive the script gives it back in an
 * `exit` listener; signals end the script in a way that runs these.
 *
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
    process.on(signal, () => process.exit(exitCode));
  }
  endWithParent();
  // Whoever read the output has gone, as in `npm test | head`.
  process.stdout.on('error', () => process.exit(1));
  try {
    await main();
  } catch (error) {
    process.stderr.write(`\n${error instanceof SetupError ? error.message : describe(error)}\n`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
function describe(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * npm hands a signal to the shell between it and us, and no further; a process that re-ran us may be killed. Where the parent is
 * known to wait for us, its end is ours.
 */
function endWithParent() {
  const { npm_lifecycle_event: underNpm, [RE_RUN]: reRun } = process.env;
  if (process.platform === 'win32' || (underNpm === undefined && reRun === undefined)) {
    return;
  }
  const parent = process.ppid;
  const check = () => process.ppid !== parent && process.kill(process.pid, 'SIGTERM');
  setInterval(check, PARENT_CHECK_MS).unref();
}
