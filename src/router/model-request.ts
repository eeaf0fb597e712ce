/** What a feature asks of a model: the one shape of every request, whoever answers it. */

export type Purpose = 'completion' | 'chat' | 'agent' | 'review' | 'tests' | 'commit';

/** A piece of another file (or of this one, far away) that helps with the completion. */
export interface ContextSnippet {
  /** Workspace-relative, `/` separated. */
  readonly path: string;
  readonly text: string;
}

/** Fill in the middle: the model writes what belongs between prefix and suffix. */
export interface FimInput {
  readonly type: 'fim';
  /** Workspace-relative, `/` separated. */
  readonly path: string;
  /** VS Code language id. */
  readonly language: string;
  /** Text before the cursor, `\n` line breaks. The current line is last. */
  readonly prefix: string;
  readonly suffix: string;
  /** In a stable order, least volatile first, so that server-side prefix caches hold. */
  readonly snippets: readonly ContextSnippet[];
}

export interface TextContent {
  readonly type: 'text';
  readonly text: string;
}

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly TextContent[];
}

export interface ChatInput {
  readonly type: 'chat';
  readonly system?: string;
  readonly messages: readonly ChatMessage[];
}

export type ModelInput = FimInput | ChatInput;

export interface RequestLimits {
  readonly maxOutputTokens: number;
  /** Strings that end the answer; they are not part of it. */
  readonly stop: readonly string[];
  /** Deadline for the first text that is not white space; then the attempt fails with `timeout`. */
  readonly firstUsefulTokenMs?: number;
  /** Longest silence between two pieces of content; pings do not count. */
  readonly betweenTokensMs?: number;
  readonly totalMs?: number;
  readonly temperature?: number;
}

export type Strategy = 'single';

/** Hints of one request; what is left out comes from the settings of the purpose. */
export interface RoutingHints {
  readonly strategy?: Strategy;
  /** Provider ids in order of preference; only these are tried. */
  readonly providers?: readonly string[];
  /** A model of the first provider, instead of the configured one. */
  readonly model?: string;
}

export interface ModelRequest {
  readonly purpose: Purpose;
  readonly input: ModelInput;
  readonly limits: RequestLimits;
  readonly routing?: RoutingHints;
  readonly conversationId?: string;
}
