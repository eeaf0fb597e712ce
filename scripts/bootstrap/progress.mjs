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
