/** Walks the workspace from the top down, so that what is near the root is learned first and depth is cut, not breadth. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_FILE_BYTES, isForeignFolder } from './worth-learning.ts';

export interface WalkOptions {
  readonly folders: readonly string[];
  readonly mayEnter: (folder: string) => Promise<boolean>;
  /** By name and language; asked before the file is looked at. */
  readonly isWanted: (path: string) => Promise<boolean>;
  readonly maxFiles: number;
}

/** More folders than any project that people edit by hand; a bound against generated mazes. */
const MAX_FOLDERS = 20_000;

/** Paths of files that are wanted and not too large. Folders that cannot be read are passed over, links are not followed. */
export async function* walkFiles(options: WalkOptions, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const queue = [...options.folders];
  let found = 0;
  for (let at = 0; at < queue.length && at < MAX_FOLDERS; at++) {
    const folder = queue[at];
    if (folder === undefined || signal.aborted) {
      return;
    }
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!isForeignFolder(entry.name) && (await options.mayEnter(path))) {
          queue.push(path);
        }
      } else if (entry.isFile() && (await options.isWanted(path)) && (await isSmall(path))) {
        yield path;
        found++;
        if (found >= options.maxFiles || signal.aborted) {
          return;
        }
      }
    }
  }
}

async function isSmall(path: string): Promise<boolean> {
  try {
    const { size } = await stat(path);
    return size > 0 && size <= MAX_FILE_BYTES;
  } catch {
    // Gone since its folder was read.
    return false;
  }
}
