// @ts-check
/** Tools kept per user between checkouts: installed into a temporary folder and renamed, so that half a tool is never seen. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.mjs';

/** The folder that Reaper's scripts may fill; deleting it costs a few minutes at the next start. */
export function cacheFolder() {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: localAppData } = process.env;
  if (xdg) {
    return join(xdg, 'reaper');
  }
  return process.platform === 'win32'
    ? join(localAppData ?? join(homedir(), 'AppData', 'Local'), 'reaper')
    : join(homedir(), '.cache', 'reaper');
}

/**
 * The folder `name` of the cache, made by `make` unless it is there. `make` gets an empty folder to fill.
 * Two runs at once make it once; a run that is interrupted leaves nothing that a later one would take for whole.
 *
 * @param {string} name
 * @param {(folder: string) => Promise<void>} make
 * @returns {Promise<string>}
 */
export async function cached(name, make) {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) {
    return target;
  }
  mkdirSync(dirname(target), { recursive: true });
  return withLock(`${target}.lock`, async () => {
    if (existsSync(target)) {
      return target;
    }
    removeLeftovers(target);
    const temporary = `${target}.tmp-${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      mkdirSync(temporary);
      await make(temporary);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return target;
  });
}

/**
 * A short fingerprint for names of cache folders: other content, other folder.
 *
 * @param {readonly (string | Uint8Array)[]} parts
 */
export function fingerprint(parts) {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part).update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

/** Whoever made them is gone: the lock is ours. @param {string} target */
function removeLeftovers(target) {
  const prefix = `${basename(target)}.tmp-`;
  for (const entry of readdirSync(dirname(target))) {
    if (entry.startsWith(prefix)) {
      rmSync(join(dirname(target), entry), { recursive: true, force: true });
    }
  }
}
