/** Ghost text as the editor adapter sees it: told of changes, asked for suggestions, told what became of them. */
import type { Event } from '../base/event.ts';
import type { Position } from '../editor/document.ts';
import type { DocumentChange, StageReport, Suggestion, SuggestionOutcome, SuggestionQuery } from './suggestion.ts';

/** What the status bar shows. */
export interface CompletionStatus {
  readonly state: 'idle' | 'working' | 'off' | 'snoozed' | 'problem';
  readonly providerId: string | undefined;
  /** With `problem`: what is wrong, in the user's words. */
  readonly problem: string | undefined;
}

/** The settings of the engine; read at each keystroke, so they must be cheap to read. */
export interface CompletionSettings {
  readonly enabled: boolean;
  /** Language id to on or off; `*` is the default. */
  readonly languages: Readonly<Record<string, boolean>>;
  /** Globs of workspace-relative paths without ghost text. */
  readonly disabledFiles: readonly string[];
  readonly inComments: boolean;
  readonly inStrings: boolean;
  readonly multiLine: 'auto' | 'never' | 'always';
  readonly maxLines: number;
  readonly maxOutputTokens: number;
  /** Prompt budget, in tokens: context, prefix and suffix together. */
  readonly promptTokens: number;
}

export interface OutcomeEvent {
  readonly suggestionId: string;
  readonly outcome: SuggestionOutcome;
  readonly providerId: string;
  readonly characters: number;
}

export interface LateResult {
  readonly uri: string;
  /** Where it may be shown; if the cursor is elsewhere by now, nobody waits for it. */
  readonly position: Position;
}

export interface CompletionEngine {
  /** Called in the change event itself; may start a request, never waits. `cursor` is where the edit left it. */
  documentChanged(change: DocumentChange): void;
  /** Answers from what is known, or joins the running request. Resolves with `[]` when nothing can be shown in time. */
  provide(query: SuggestionQuery, signal: AbortSignal): Promise<readonly Suggestion[]>;
  /** The item's command ran: the whole suggestion was accepted. */
  accepted(suggestionId: string): void;
  /** The user dismissed it (Esc). */
  rejected(suggestionId: string): void;
  /** Stops everything for a document that was closed. */
  documentClosed(uri: string): void;
  snooze(durationMs: number): void;
  cancelSnooze(): void;
  /** The last requests, newest first. */
  reports(): readonly StageReport[];
  readonly status: CompletionStatus;
  readonly onStatusChanged: Event<CompletionStatus>;
  readonly onOutcome: Event<OutcomeEvent>;
  /** A result came after `provide` had to give up at this place: the adapter asks the editor to ask again. */
  readonly onLateResult: Event<LateResult>;
  dispose(): void;
}
