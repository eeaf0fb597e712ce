/** Read-only documents that are written anew while they are open: reports for the user. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';

export interface Report {
  /** The name on the tab; its ending decides the language. */
  readonly name: string;
  readonly render: () => string;
  readonly onDidChange: Event<unknown>;
}

export interface LiveReports extends Disposable {
  show(report: Report): Promise<void>;
}

/** Each maker of reports needs one of its own: the editor asks only one provider of a scheme. */
const SCHEME = 'reaper-report';
/** Requests come in bursts while one types; a document that changes more often cannot be read. */
const REFRESH_PAUSE_MS = 500;

export function createLiveReports(clock: Clock, reports: readonly Report[], scheme = SCHEME): LiveReports {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<vscode.Uri>());
  const uriOf = ({ name }: Report): vscode.Uri => vscode.Uri.from({ scheme, path: `/${name}` });
  store.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) =>
        reports.find((report) => uriOf(report).path === uri.path)?.render() ??
        vscode.l10n.t('There is no such report.'),
    }),
  );
  for (const report of reports) {
    let pending: Disposable | undefined;
    store.add(
      report.onDidChange(() => {
        pending ??= clock.setTimeout(() => {
          pending = undefined;
          // Without an open document this costs nothing: the editor does not ask for the text.
          changed.fire(uriOf(report));
        }, REFRESH_PAUSE_MS);
      }),
    );
    store.add({ dispose: () => pending?.dispose() });
  }
  return {
    show: async (report) => {
      const uri = uriOf(report);
      changed.fire(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Active });
    },
    dispose: () => store.dispose(),
  };
}
