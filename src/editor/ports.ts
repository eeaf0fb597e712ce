/** The small ports through which the core reads an editor and its workspace. */
import type { Event } from '../base/event.ts';
import type { DocumentView } from './document.ts';

export interface OpenDocuments {
  /** The documents of visible editors and open tabs, most recently used first. */
  list(): readonly DocumentView[];
}

export interface WorkspaceFiles {
  /** Absolute paths of the workspace folders. */
  readonly folders: readonly string[];
  /** Workspace-relative, `/` separated; the path itself for files outside. */
  relativePath(path: string): string;
  readonly onFileChanged: Event<{ readonly path: string; readonly type: 'changed' | 'created' | 'deleted' }>;
  readonly onFoldersChanged: Event<void>;
}

export interface FileFacts {
  readonly type: 'file' | 'folder';
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
  readonly bytes: number;
}

/** Files as they are on disk. Paths are absolute; what does not exist or cannot be read is `undefined`, never an error. */
export interface FileStore {
  facts(path: string): Promise<FileFacts | undefined>;
  /** `undefined` also for binary files and for those of more than `maxBytes`. */
  readText(path: string, maxBytes: number): Promise<string | undefined>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** With every link resolved. */
  realPath(path: string): Promise<string | undefined>;
}
