/** Prepares for typing in the editor that was just opened: ignore files are read, and what its imports declare. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { DocumentView } from '../editor/document.ts';
import type { WorkspacePrivacy } from '../privacy/privacy.ts';
import { viewOf } from './document-view.ts';
import { TYPED_SCHEMES } from './typed-schemes.ts';

export interface ReadAheadOptions {
  readonly privacy: Pick<WorkspacePrivacy, 'readAhead'>;
  readonly prefetch: (document: DocumentView) => Promise<void>;
  readonly logger: Logger;
}

export function registerReadAhead({ privacy, prefetch, logger }: ReadAheadOptions): Disposable {
  const prepare = async (editor: vscode.TextEditor | undefined): Promise<void> => {
    const document = editor?.document;
    if (document === undefined || !TYPED_SCHEMES.has(document.uri.scheme)) {
      return;
    }
    try {
      if ((await privacy.readAhead(document.uri.toString())).allowed && !document.isClosed) {
        await prefetch(viewOf(document));
      }
    } catch (error) {
      logger.debug(`Nothing was read ahead: ${errorMessage(error)}`);
    }
  };
  for (const editor of vscode.window.visibleTextEditors) {
    void prepare(editor);
  }
  return vscode.window.onDidChangeActiveTextEditor((editor) => void prepare(editor));
}
