/** A `TextDocument` as the core reads it. */
import * as vscode from 'vscode';
import type { DocumentView } from '../editor/document.ts';

const views = new WeakMap<vscode.TextDocument, DocumentView>();

/** One live view per document: it always shows the present version, and reading it copies single lines only. */
export function viewOf(document: vscode.TextDocument): DocumentView {
  const known = views.get(document);
  if (known !== undefined) {
    return known;
  }
  const view: DocumentView = {
    uri: document.uri.toString(),
    path: document.uri.scheme === 'file' ? document.uri.fsPath : document.uri.path,
    get languageId() {
      return document.languageId;
    },
    get version() {
      return document.version;
    },
    get eol() {
      return document.eol === vscode.EndOfLine.LF ? '\n' : '\r\n';
    },
    get lineCount() {
      return document.lineCount;
    },
    lineAt: (line) => document.lineAt(line).text,
  };
  views.set(document, view);
  return view;
}
