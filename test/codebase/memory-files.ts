/** A file store in memory, which counts what is read. */
import type { FileStore } from '../../src/editor/ports.ts';

export interface MemoryFiles extends FileStore {
  set(path: string, text: string): void;
  remove(path: string): void;
  /** A path that leads elsewhere. */
  link(path: string, target: string): void;
  readonly reads: string[];
}

export function createMemoryFiles(initial: Readonly<Record<string, string>> = {}): MemoryFiles {
  const texts = new Map(Object.entries(initial));
  const links = new Map<string, string>();
  const versions = new Map<string, number>();
  const reads: string[] = [];
  const isFolder = (path: string): boolean => [...texts.keys()].some((file) => file.startsWith(`${path}/`));
  const resolved = (path: string): string => {
    for (const [from, to] of links) {
      if (path === from || path.startsWith(`${from}/`)) {
        return to + path.slice(from.length);
      }
    }
    return path;
  };
  return {
    reads,
    set: (path, text) => {
      texts.set(path, text);
      versions.set(path, (versions.get(path) ?? 0) + 1);
    },
    remove: (path) => void texts.delete(path),
    link: (path, target) => void links.set(path, target),
    facts: async (raw) => {
      const path = resolved(raw);
      const text = texts.get(path);
      if (text !== undefined) {
        return { type: 'file', modifiedAt: versions.get(path) ?? 0, bytes: text.length };
      }
      return isFolder(path) ? { type: 'folder', modifiedAt: 0, bytes: 0 } : undefined;
    },
    readText: async (path, maxBytes) => {
      reads.push(path);
      const text = texts.get(resolved(path));
      return text === undefined || text.length > maxBytes ? undefined : text;
    },
    list: async (raw) => {
      const path = resolved(raw);
      const names = [...texts.keys()]
        .filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1));
      return [...new Set(names.map((name) => name.split('/')[0] ?? ''))].toSorted();
    },
    realPath: async (raw) => {
      const path = resolved(raw);
      return texts.has(path) || isFolder(path) ? path : undefined;
    },
  };
}
