/** The file store of a local disk. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import type { FileStore } from '../editor/ports.ts';
import { slashed } from './source-paths.ts';

export const diskFiles: FileStore = {
  facts: (path) =>
    unlessAbsent(async () => {
      const { size, mtimeMs } = await stat(path).then((facts) => {
        if (!facts.isFile() && !facts.isDirectory()) {
          throw new Error('neither file nor folder');
        }
        return { size: facts.isDirectory() ? -1 : facts.size, mtimeMs: facts.mtimeMs };
      });
      return { type: size < 0 ? 'folder' : 'file', modifiedAt: mtimeMs, bytes: Math.max(0, size) };
    }),
  readText: (path, maxBytes) =>
    unlessAbsent(async () => {
      const facts = await stat(path);
      // A pipe or device would never end.
      if (!facts.isFile() || facts.size > maxBytes) {
        return undefined;
      }
      const text = await readFile(path, 'utf8');
      return text.slice(0, 1_000).includes('\0') ? undefined : text.replace(/^\uFEFF/, '');
    }),
  list: async (path) => (await unlessAbsent(async () => (await readdir(path)).toSorted())) ?? [],
  realPath: (path) => unlessAbsent(async () => slashed(await realpath(path))),
};

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
