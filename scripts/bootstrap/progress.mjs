// @ts-check
/** What a script says while it works: one line per step, with the time it took. */

/**
 * Runs one step of set-up; the line says what it is while it runs and how long it took when it is over.
 *
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startedAt = Date.now();
  process.stdout.write(`  ${label} … `);
  try {
    const result = await work();
    process.stdout.write(`${seconds(Date.now() - startedAt)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${seconds(Date.now() - startedAt)}\n`);
    throw error;
  }
}

/** @param {number} durationMs */
export function seconds(durationMs) {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** A failure that its reader can act on: printed as a sentence, without a stack. */
export class SetupError extends Error {}

/** What a shell reports for a program that such a signal ended: 128 + its number. */
const EXIT_CODES = /** @type {const} */ ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 });

/**
 * The outermost call of every script: prints what went wrong and sets the exit code. Whoever holds something that must not
 * outlive the script gives it back in an `exit` listener; signals end the script in a way that runs these.
 *
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
    process.on(signal, () => process.exit(exitCode));
  }
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
