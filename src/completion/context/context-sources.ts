/** What context is gathered from, with all that is remembered between two requests. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/logger.ts';
import { type Background, createBackground } from '../../codebase/background.ts';
import { diskFiles } from '../../codebase/disk-files.ts';
import { createImportResolver, type ImportResolver } from '../../codebase/import-resolver.ts';
import { createOpenFiles, type OpenFiles } from '../../codebase/open-files.ts';
import { createSymbolIndex, type SymbolIndex } from '../../codebase/symbol-index.ts';
import type { FileStore, OpenDocuments, WorkspaceFiles } from '../../editor/ports.ts';
import type { WorkspacePrivacy } from '../../privacy/privacy.ts';
import { ImportHeads } from './imported-files.ts';
import type { ChosenSignature } from './signature-selection.ts';
import type { SimilarWindow } from './similar-windows.ts';

export interface ContextOptions {
  readonly openDocuments: OpenDocuments;
  readonly workspace: WorkspaceFiles;
  readonly privacy: WorkspacePrivacy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly files?: FileStore;
}

/** The last choice for a document. */
export interface Remembered {
  readonly signatures: readonly ChosenSignature[];
  readonly windows: readonly SimilarWindow[];
}

export interface ContextSources extends Disposable {
  readonly openDocuments: OpenDocuments;
  readonly workspace: WorkspaceFiles;
  readonly privacy: WorkspacePrivacy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly resolver: ImportResolver;
  readonly index: SymbolIndex;
  readonly openFiles: OpenFiles;
  readonly heads: ImportHeads;
  /** By the document's URI. */
  readonly remembered: LRUCache<string, Remembered>;
}

/** Documents that somebody goes back and forth between. */
const MAX_REMEMBERED = 50;

export function createContextSources(options: ContextOptions): ContextSources {
  const { openDocuments, workspace, privacy, clock, logger, files = diskFiles } = options;
  const store = new DisposableStore();
  const background = store.add(createBackground(clock));
  const resolver = createImportResolver(files, () => workspace.folders);
  const index = store.add(createSymbolIndex({ files, workspace, openDocuments, privacy, background, clock }));
  const remembered = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED });
  store.add(
    workspace.onFileChanged(({ path, type }) => {
      // Another file may be meant now; a changed configuration may map paths anew.
      if (type !== 'changed' || /(?:config|package)[^/\\]*\.json$|go\.mod$/.test(path)) {
        resolver.forget();
      }
    }),
  );
  store.add(workspace.onFoldersChanged(() => resolver.forget()));
  return {
    openDocuments,
    workspace,
    privacy,
    clock,
    logger,
    background,
    resolver,
    index,
    openFiles: createOpenFiles(),
    heads: new ImportHeads(),
    remembered,
    dispose: () => {
      store.dispose();
      remembered.clear();
    },
  };
}
