/** The documents of visible editors and open tabs, as the core's port. */
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { DocumentView } from '../editor/document.ts';
import type { OpenDocuments } from '../editor/ports.ts';
import { viewOf } from './document-view.ts';
import { TYPED_SCHEMES } from './typed-schemes.ts';

export function createOpenDocuments(): OpenDocuments & Disposable {
  const store = new DisposableStore();
  /** URIs, most recently used last. */
  const used = new Set<string>();
  const noteUse = (editor: vscode.TextEditor | undefined): void => {
    if (editor !== undefined) {
      const uri = editor.document.uri.toString();
      used.delete(uri);
      used.add(uri);
    }
  };
  noteUse(vscode.window.activeTextEditor);
  store.add(vscode.window.onDidChangeActiveTextEditor(noteUse));
  store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => used.delete(uri.toString())));
  return {
    list: () => openDocuments([...used].reverse()),
    dispose: () => store.dispose(),
  };
}

function openDocuments(mostRecentFirst: readonly string[]): readonly DocumentView[] {
  const open = openUris();
  const documents = vscode.workspace.textDocuments.filter(
    (document) => !document.isClosed && TYPED_SCHEMES.has(document.uri.scheme) && open.has(document.uri.toString()),
  );
  const rank = new Map(mostRecentFirst.map((uri, index) => [uri, index]));
  const rankOf = (document: vscode.TextDocument): number =>
    rank.get(document.uri.toString()) ?? Number.MAX_SAFE_INTEGER;
  return documents.toSorted((a, b) => rankOf(a) - rankOf(b)).map(viewOf);
}

/** The editor keeps documents for a while after their tab is closed, and others open some unseen: those do not count. */
function openUris(): ReadonlySet<string> {
  const uris = new Set(vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString()));
  for (const group of vscode.window.tabGroups.all) {
    for (const { input } of group.tabs) {
      if (input instanceof vscode.TabInputText) {
        uris.add(input.uri.toString());
      }
    }
  }
  return uris;
}
