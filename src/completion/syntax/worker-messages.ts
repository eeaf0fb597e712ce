/** What the syntax worker is asked and what it answers. */
import type { SyntaxFacts, SyntaxQuery } from './syntax.ts';

export interface SyntaxWorkerData {
  /** The folder that holds the runtime and the grammars. */
  readonly grammarFolder: string;
}

export interface SyntaxRequest {
  readonly id: number;
  readonly query: SyntaxQuery;
}

export interface SyntaxReply {
  readonly id: number;
  readonly facts: SyntaxFacts;
  /** Whether the worker holds so much that it should be replaced by a new one. */
  readonly worn: boolean;
  /** Why there was no tree, the first time that a grammar fails. */
  readonly problem: string | undefined;
}
