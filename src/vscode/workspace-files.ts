/** The workspace folders and what happens to their files, as the core's port. */
import { sep } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { WorkspaceFiles } from '../editor/ports.ts';

type FileChange = { readonly path: string; readonly type: 'changed' | 'created' | 'deleted' };

export function createWorkspaceFiles(): WorkspaceFiles & Disposable {
  const store = new DisposableStore();
  const fileChanged = store.add(new Emitter<FileChange>());
  const foldersChanged = store.add(new Emitter<void>());
  // One watcher over what the editor watches anyway; `files.watcherExclude` keeps dependencies out of it.
  const watcher = store.add(vscode.workspace.createFileSystemWatcher('**/*'));
  const tell = (type: FileChange['type']) => (uri: vscode.Uri) => {
    if (uri.scheme === 'file') {
      fileChanged.fire({ path: uri.fsPath, type });
    }
  };
  store.add(watcher.onDidChange(tell('changed')));
  store.add(watcher.onDidCreate(tell('created')));
  store.add(watcher.onDidDelete(tell('deleted')));
  store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => foldersChanged.fire()));
  return {
    get folders() {
      return (vscode.workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ uri }) => uri.fsPath);
    },
    relativePath: (path) => vscode.workspace.asRelativePath(path, false).replaceAll(sep, '/'),
    onFileChanged: fileChanged.event,
    onFoldersChanged: foldersChanged.event,
    dispose: () => store.dispose(),
  };
}
