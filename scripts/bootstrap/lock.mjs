// @ts-check
/** One run at a time: a folder that exists while its owner lives, because making a folder is atomic everywhere. */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename } from 'node:path';

/** How often the owner shows that it is alive. */
const HEARTBEAT_MS = 2_000;
/** An owner that has been silent for so long was killed; generous, because a busy machine may stall a process for seconds. */
const STALE_AFTER_MS = 20_000;
const POLL_MS = 250;

/**
 * Runs `work` while holding the lock; waits for another owner, and says so.
 *
 * @template T
 * @param {string} path of the lock folder; its parent must exist
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await acquire(path);
  const release = () => rmSync(path, { recursive: true, force: true });
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.removeListener('exit', release);
    release();
  }
}

/** @param {string} path */
async function acquire(path) {
  let announced = false;
  for (;;) {
    try {
      mkdirSync(path);
      return;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) {
        throw error;
      }
    }
    if (isStale(path)) {
      // Renaming first: of two runs that find the same dead lock, one gets it.
      const dead = `${path}-dead-${process.pid}`;
      try {
        renameSync(path, dead);
        rmSync(dead, { recursive: true, force: true });
      } catch {
        // The other run was faster.
      }
      continue;
    }
    if (!announced) {
      announced = true;
      process.stdout.write(`  Another run is busy with ${basename(path, '.lock')}; waiting for it.\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** @param {string} path */
function isStale(path) {
  try {
    return Date.now() - statSync(path).mtimeMs > STALE_AFTER_MS;
  } catch {
    return false;
  }
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Taken over after a long stall; the rename at the end of the work decides.
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
