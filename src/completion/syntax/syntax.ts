/** What the syntax around the cursor says: whether one line or a block is wanted, and whether this is code at all. */

export interface SyntaxQuery {
  /** VS Code language id. */
  readonly languageId: string;
  /** Text before the cursor, `\n` line breaks, a window that begins at a line start. */
  readonly before: string;
  readonly after: string;
}

export interface SyntaxFacts {
  /** `block`: the cursor is where a whole block belongs (an empty body, a new statement at block level after an opener). */
  readonly mode: 'line' | 'block';
  readonly scope: 'code' | 'comment' | 'string';
  readonly source: 'tree' | 'indentation';
}

export interface Syntax {
  /** By tree-sitter in a worker; by indentation where there is no grammar, or when the worker is late or gone. Never rejects. */
  analyze(query: SyntaxQuery): Promise<SyntaxFacts>;
  /** By indentation and a scan of the current line only: at once, well under a millisecond. */
  analyzeNow(query: SyntaxQuery): SyntaxFacts;
  dispose(): void;
}
