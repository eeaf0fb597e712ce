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

/** Sent only to models that see; elsewhere a `warning` part says that it was left out. */
export interface ImageContent {
  readonly type: 'image';
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  /** Base64, without the `data:` prefix. */
  readonly data: string;
}

/** What a model thought in an earlier turn, given back to the provider that wrote it and to no other. */
export interface ReasoningContent {
  readonly type: 'reasoning';
  readonly text: string;
  readonly origin: ReasoningOrigin;
}

/** Proof of origin that some providers want to see again, unread and unchanged. */
export interface ReasoningOrigin {
  readonly providerId: string;
  /** Opaque; `undefined` if the provider gave none. */
  readonly signature: string | undefined;
}

export interface ToolCallContent {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, as the model wrote them. */
  readonly json: string;
  readonly origin?: ReasoningOrigin;
}

export interface ToolResultContent {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly content: readonly (TextContent | ImageContent)[];
  readonly isError: boolean;
}

export type ChatMessage =
  | { readonly role: 'user'; readonly content: readonly (TextContent | ImageContent)[] }
  | { readonly role: 'assistant'; readonly content: readonly (TextContent | ReasoningContent | ToolCallContent)[] }
  /** Answers to the tool calls of the assistant's turn before it, all of them. */
  | { readonly role: 'tool'; readonly content: readonly ToolResultContent[] };

export interface ToolDefinition {
  /** Letters, digits, `_` and `-`, at most 64: what every provider takes. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ChatInput {
  readonly type: 'chat';
  readonly system?: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[];
  /** `auto` if left out. */
  readonly toolChoice?: ToolChoice;
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
  /** How long the model may think before it answers; the provider's own default if left out. */
  readonly reasoning?: ReasoningEffort;
}

export type ReasoningEffort = 'none' | 'low' | 'medium' | 'high';

/**
 * `single`: one after the other. `race`: several at once, the first useful token wins. `speculate_k`: a local model at once, a
 * better one takes over when it is ready. `parallel_merge`: several to their end, merged into one answer.
 */
export type Strategy = 'single' | 'race' | 'speculate_k' | 'parallel_merge';

/** Whom to ask first: as the user listed them, or by what was measured and what it costs. */
export type CandidateOrder = 'listed' | 'fastest' | 'smartest' | 'cheapest';

/** How long a provider that answered is kept: prompt caches make it cheaper and faster there. */
export type Stickiness = 'none' | 'turn' | 'session';

/** Hints of one request; what is left out comes from the settings of the purpose. */
export interface RoutingHints {
  readonly strategy?: Strategy;
  /** How many candidates take part in a race, a speculation or a merge. */
  readonly k?: number;
  /** Provider ids in order of preference; only these are tried. */
  readonly providers?: readonly string[];
  /** A model of the first provider, instead of the configured one. */
  readonly model?: string;
  readonly order?: CandidateOrder;
  /** US dollars for all attempts of this request together. */
  readonly budgetUsd?: number;
  /** To the first useful token; a race that has none by then goes on with the best single candidate. */
  readonly maxLatencyMs?: number;
  readonly stickiness?: Stickiness;
  /** Tokens that a branch must have written before it can win. */
  readonly minUsefulTokens?: number;
}

export interface ModelRequest {
  readonly purpose: Purpose;
  readonly input: ModelInput;
  readonly limits: RequestLimits;
  readonly routing?: RoutingHints;
  readonly conversationId?: string;
}
