/** What the completion engine is asked and what it answers; the vocabulary of ghost text. */
import type { DocumentEdit, DocumentView, Position, Range } from '../editor/document.ts';

/** A change event, with the document as it is after it. */
export interface DocumentChange {
  readonly document: DocumentView;
  readonly edits: readonly DocumentEdit[];
  readonly cause: 'typing' | 'undo' | 'redo';
}

export interface SuggestionQuery {
  readonly document: DocumentView;
  readonly position: Position;
  /** `invoke`: the user asked; several candidates are wanted. */
  readonly trigger: 'automatic' | 'invoke';
  /** The entry selected in the suggest widget: the answer must begin with `text` in place of `range`. */
  readonly selectedEntry: { readonly range: Range; readonly text: string } | undefined;
}

export interface Suggestion {
  readonly id: string;
  /** Replaces `range`, which starts at the beginning of the line. */
  readonly insertText: string;
  readonly range: Range;
  readonly providerId: string;
}

/** The stages of one request, in order; the last one reached says why nothing was shown. */
export type CompletionStage = 'gate' | 'context' | 'prompt' | 'request' | 'filters' | 'finish' | 'cache' | 'shown';

/** One line of `Reaper: Why No Suggestion?`. */
export interface StageReport {
  readonly at: number;
  readonly path: string;
  readonly line: number;
  readonly endedAt: CompletionStage;
  /** In the user's words. */
  readonly reason: string;
  readonly elapsedMs: number;
  readonly providerId: string | undefined;
}

export type SuggestionOutcome =
  | 'shown'
  | 'accepted'
  | 'partly-accepted'
  | 'rejected'
  | 'retained-30s'
  | 'retained-5min'
  | 'removed-30s'
  | 'removed-5min';
