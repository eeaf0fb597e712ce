/** Walks the workspace from the top down, so that what is near the root is learned first and depth is cut, not breadth. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isForeignFolder } from './worth-learning.ts';

export interface WalkOptions {
  readonly folders: readonly string[];
  readonly mayEnter: (folder: string) => Promise<boolean>;
  readonly isWanted: (path: string) => Promise<boolean>;
  readonly maxFiles: number;
}

/** More folders than any project that people edit by hand; a bound against generated mazes. */
const MAX_FOLDERS = 20_000;

/** Paths of files that are wanted. Folders that cannot be read are passed over, links are not followed. */
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
      } else if (entry.isFile() && (await options.isWanted(path))) {
        yield path;
        found++;
        if (found >= options.maxFiles || signal.aborted) {
          return;
        }
      }
    }
  }
}
