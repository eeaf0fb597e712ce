/** Ghost text in VS Code: change events and the provider's calls go to the engine, its answers become inline items. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { CompletionEngine } from '../completion/engine.ts';
import type { DocumentChange, Suggestion } from '../completion/suggestion.ts';
import type { Position } from '../editor/document.ts';
import { SUGGESTION_SHOWN_CONTEXT } from '../config/context-keys.ts';
import { abortSignalFrom } from './cancellation.ts';
import { viewOf } from './document-view.ts';

/** By scheme, never `**`: that would read the chat box and the commit box. */
const SCHEMES = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs'] as const;

/** Runs after a full accept; not in the palette. */
const ACCEPTED_COMMAND = '_reaper.completion.accepted';
/** A question that follows our own trigger within this time is the editor's answer to it. */
const OWN_TRIGGER_MS = 500;

export interface InlineCompletionRegistration extends Disposable {
  /** The user dismissed what is shown: tells the engine, then hides it. */
  dismiss(): Promise<void>;
}

export function registerInlineCompletion(engine: CompletionEngine): InlineCompletionRegistration {
  const store = new DisposableStore();
  let shownId: string | undefined;
  let ownTriggerAt = Number.NEGATIVE_INFINITY;

  const setShown = (id: string | undefined): void => {
    if ((shownId === undefined) !== (id === undefined)) {
      void vscode.commands.executeCommand('setContext', SUGGESTION_SHOWN_CONTEXT, id !== undefined);
    }
    shownId = id;
  };

  const provider: vscode.InlineCompletionItemProvider = {
    provideInlineCompletionItems: async (document, position, context, token) => {
      const invoked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
      const own = invoked && performance.now() - ownTriggerAt < OWN_TRIGGER_MS;
      if (own) {
        ownTriggerAt = Number.NEGATIVE_INFINITY;
      }
      const abort = abortSignalFrom(token);
      try {
        const suggestions = await engine.provide(
          {
            document: viewOf(document),
            position,
            trigger: invoked && !own ? 'invoke' : 'automatic',
            selectedEntry: context.selectedCompletionInfo,
          },
          abort.signal,
        );
        if (!token.isCancellationRequested) {
          setShown(suggestions[0]?.id);
        }
        return suggestions.map(toItem);
      } finally {
        abort.dispose();
      }
    },
  };

  const selector = SCHEMES.map((scheme) => ({ scheme }));
  store.add(vscode.languages.registerInlineCompletionItemProvider(selector, provider));
  store.add(
    vscode.workspace.onDidChangeTextDocument((event) => {
      if (isEditedByUser(event)) {
        engine.documentChanged(toChange(event));
      }
    }),
  );
  store.add(vscode.workspace.onDidCloseTextDocument((document) => engine.documentClosed(document.uri.toString())));
  store.add(
    vscode.commands.registerCommand(ACCEPTED_COMMAND, (id: unknown) => {
      if (typeof id === 'string') {
        setShown(undefined);
        engine.accepted(id);
      }
    }),
  );
  store.add(
    engine.onLateResult(({ uri, position }) => {
      const editor = vscode.window.activeTextEditor;
      // Triggered elsewhere, it would ask for text at a place that the user only looks at.
      if (editor?.document.uri.toString() === uri && isOnlyCursor(editor.selections, position)) {
        ownTriggerAt = performance.now();
        void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      }
    }),
  );

  return {
    dismiss: async () => {
      const id = shownId;
      setShown(undefined);
      if (id !== undefined) {
        engine.rejected(id);
      }
      await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    },
    dispose: () => store.dispose(),
  };
}

function isOnlyCursor([only, ...others]: readonly vscode.Selection[], position: Position): boolean {
  return (
    others.length === 0 &&
    only?.isEmpty === true &&
    only.active.line === position.line &&
    only.active.character === position.character
  );
}

function toItem(suggestion: Suggestion): vscode.InlineCompletionItem {
  const { start, end } = suggestion.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const item = new vscode.InlineCompletionItem(suggestion.insertText, range);
  item.command = { command: ACCEPTED_COMMAND, title: '', arguments: [suggestion.id] };
  return item;
}

/** Changes of other documents (search and replace, a tool, git) are none of ours until the user looks at them. */
function isEditedByUser(event: vscode.TextDocumentChangeEvent): boolean {
  const { document, contentChanges } = event;
  return (
    contentChanges.length > 0 &&
    SCHEMES.some((scheme) => scheme === document.uri.scheme) &&
    vscode.window.activeTextEditor?.document === document
  );
}

function toChange(event: vscode.TextDocumentChangeEvent): DocumentChange {
  return {
    document: viewOf(event.document),
    edits: event.contentChanges.map(({ range, text }) => ({ range, text })),
    cause: causeOf(event.reason),
  };
}

function causeOf(reason: vscode.TextDocumentChangeReason | undefined): DocumentChange['cause'] {
  switch (reason) {
    case vscode.TextDocumentChangeReason.Undo:
      return 'undo';
    case vscode.TextDocumentChangeReason.Redo:
      return 'redo';
    case undefined:
      return 'typing';
  }
}
