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
