/** Second stage, as the engine sees it: snippets of other files, in time or not at all. */
import type { DocumentView, Position } from '../editor/document.ts';
import type { ContextSnippet } from '../router/model-request.ts';

export interface ContextQuery {
  readonly document: DocumentView;
  readonly position: Position;
  readonly budgetTokens: number;
}

/** Resolves within its own deadline with what is ready, in a stable order, without secrets and forbidden files. */
export type GatherContext = (query: ContextQuery, signal: AbortSignal) => Promise<readonly ContextSnippet[]>;
