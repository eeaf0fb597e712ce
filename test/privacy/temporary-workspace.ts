/** A real folder with files, and the events that an editor would send about it. */
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Emitter, type Event } from '../../src/base/event.ts';

export type FileEvent = { readonly path: string; readonly type: 'changed' | 'created' | 'deleted' };

export interface TemporaryWorkspace {
  /** Holds the workspace folder and whatever else a test puts beside it. */
  readonly root: string;
  /** The workspace folder: `<root>/project`. */
  readonly folder: string;
  readonly folders: readonly string[];
  readonly onFileChanged: Event<FileEvent>;
  readonly onFoldersChanged: Event<void>;
  relativePath(path: string): string;
  setFolders(folders: readonly string[]): void;
  /** Paths are relative to the workspace folder. */
  path(path: string): string;
  uri(path: string): string;
  write(path: string, text?: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  link(target: string, path: string): Promise<void>;
  /** An event without anything happening. */
  tell(path: string, type: FileEvent['type']): void;
  listeners(): number;
  dispose(): Promise<void>;
}

export async function createTemporaryWorkspace(
  files: Readonly<Record<string, string>> = {},
): Promise<TemporaryWorkspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'reaper-test-')));
  const folder = join(root, 'project');
  await mkdir(folder);
  const fileChanged = new Emitter<FileEvent>();
  const foldersChanged = new Emitter<void>();
  let folders: readonly string[] = [folder];
  const known = new Set<string>();
  const absolute = (path: string): string => join(folder, path);
  const write = async (path: string, text = 'x'): Promise<void> => {
    await mkdir(dirname(absolute(path)), { recursive: true });
    await writeFile(absolute(path), text);
    const type = known.has(path) ? 'changed' : 'created';
    known.add(path);
    fileChanged.fire({ path: absolute(path), type });
  };
  for (const [path, text] of Object.entries(files)) {
    await write(path, text);
  }
  return {
    root,
    folder,
    get folders() {
      return folders;
    },
    onFileChanged: fileChanged.event,
    onFoldersChanged: foldersChanged.event,
    relativePath: (path) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path),
    setFolders: (next) => {
      folders = next;
      foldersChanged.fire();
    },
    path: absolute,
    uri: (path) => pathToFileURL(absolute(path)).href,
    write,
    move: async (from, to) => {
      await mkdir(dirname(absolute(to)), { recursive: true });
      await rename(absolute(from), absolute(to));
      fileChanged.fire({ path: absolute(from), type: 'deleted' });
      fileChanged.fire({ path: absolute(to), type: 'created' });
    },
    remove: async (path) => {
      await rm(absolute(path), { recursive: true });
      known.delete(path);
      fileChanged.fire({ path: absolute(path), type: 'deleted' });
    },
    link: async (target, path) => {
      await mkdir(dirname(absolute(path)), { recursive: true });
      await rm(absolute(path), { force: true });
      await symlink(target, absolute(path));
      fileChanged.fire({ path: absolute(path), type: 'created' });
    },
    tell: (path, type) => fileChanged.fire({ path: absolute(path), type }),
    listeners: () => fileChanged.listenerCount + foldersChanged.listenerCount,
    dispose: () => rm(root, { recursive: true, force: true }),
  };
}
