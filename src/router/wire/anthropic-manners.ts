/**
 * How a model wants to be told how much to think, which tools it may be made to use, and whose thoughts it takes back. Each
 * generation of Claude differs; which one a model belongs to is found out by asking, and remembered.
 */
import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  ThinkingConfigParam,
} from '@anthropic-ai/sdk/resources/messages';
import { ReaperError } from '../../base/errors.ts';
import type { ReasoningEffort } from '../model-request.ts';
import type { WireCall } from '../wire.ts';

export interface Manners {
  /** Which of `waysOf` is the first that was not refused. */
  readonly way: number;
  readonly takesForcedTools: boolean;
}

export interface Adapted {
  readonly body: MessageCreateParamsStreaming;
  /** What was left out and is missed, in the user's words. */
  readonly warnings: readonly string[];
}

interface Way {
  readonly thinking?: ThinkingConfigParam;
  readonly effort?: Exclude<ReasoningEffort, 'none'>;
  /** Thinking counts as output: so much more must be allowed for it. */
  readonly extraTokens?: number;
  readonly warning?: string;
}

// The models that cannot be kept from thinking do so within the answer's limit; at low effort this is enough for a hole.
const THINKING_TOKENS = 1024;
// The least that a model with a budget takes.
const LEAST_BUDGET_TOKENS = 1024;
const BUDGET_SHARES = { low: 0.25, medium: 0.5, high: 0.75 } as const;

export const FIRST_MANNERS: Manners = { way: 0, takesForcedTools: true };

/** Where manners are remembered: thinking little and thinking much are refused in different ways. */
export function mannersKey({ baseUrl, model, options }: WireCall, reasoning: ReasoningEffort | undefined): string {
  const place = Object.values(options).join(' ');
  return `${baseUrl} ${place} ${model} ${reasoning === 'none' ? 'none' : 'some'}`;
}

export function adapt(
  body: MessageCreateParamsStreaming,
  reasoning: ReasoningEffort | undefined,
  manners: Manners,
): Adapted {
  const ways = waysOf(reasoning, body.max_tokens);
  const way = ways[Math.min(manners.way, ways.length - 1)] ?? {};
  const isForced = body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool';
  const { tool_choice: choice, ...rest } = body;
  const keepsChoice = choice !== undefined && (!isForced || manners.takesForcedTools);
  return {
    body: {
      ...rest,
      max_tokens: rest.max_tokens + (way.extraTokens ?? 0),
      ...(keepsChoice ? { tool_choice: choice } : {}),
      ...(way.thinking === undefined ? {} : { thinking: way.thinking }),
      ...(way.effort === undefined ? {} : { output_config: { effort: way.effort } }),
    },
    warnings: [
      ...(way.warning === undefined ? [] : [`${body.model} ${way.warning}`]),
      ...(isForced && !keepsChoice
        ? [`${body.model} cannot be made to use a tool; it was left to choose by itself.`]
        : []),
    ],
  };
}

/** Other manners after a refusal; `undefined`: it was about something else. */
export function nextManners(
  error: unknown,
  sent: MessageCreateParamsStreaming,
  reasoning: ReasoningEffort | undefined,
  manners: Manners,
): Manners | undefined {
  if (!isBadRequest(error)) return undefined;
  const forced = sent.tool_choice?.type === 'any' || sent.tool_choice?.type === 'tool';
  if (forced && /tool_choice|forced? tool|tool use/i.test(error.message)) {
    return { ...manners, takesForcedTools: false };
  }
  const mentioned = /\bthinking\b|\beffort\b|output_config|budget_tokens/i.test(error.message);
  if (!mentioned || (sent.thinking === undefined && sent.output_config === undefined)) return undefined;
  const ways = waysOf(reasoning, sent.max_tokens);
  const next = ways.findIndex((way, index) => index > manners.way && isWorthTrying(way, error.message));
  return next === -1 ? undefined : { ...manners, way: next };
}

/** Thoughts of another model, another account or a conversation that was changed since are refused. */
export function refusesThoughts(error: unknown, sent: MessageCreateParamsStreaming): boolean {
  return (
    isBadRequest(error) &&
    thoughtsIn(sent).length > 0 &&
    /signature|redacted_thinking|thinking.{0,5} blocks?/i.test(error.message)
  );
}

/** The same body without these thoughts, or without any. */
export function withoutThoughts(
  body: MessageCreateParamsStreaming,
  refused?: ReadonlySet<string>,
): MessageCreateParamsStreaming {
  const isRefused = (block: ContentBlockParam): boolean => {
    const proof = proofOf(block);
    return proof !== undefined && (refused === undefined || refused.has(proof));
  };
  const messages = body.messages.flatMap((message) => {
    if (message.role !== 'assistant' || typeof message.content === 'string') return [message];
    const content = message.content.filter((block) => !isRefused(block));
    return content.length === 0 ? [] : [{ ...message, content }];
  });
  return { ...body, messages };
}

/** What tells the thoughts of a body from others. */
export function thoughtsIn(body: MessageCreateParamsStreaming): readonly string[] {
  return body.messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.map(proofOf).filter((proof) => proof !== undefined),
  );
}

function proofOf(block: ContentBlockParam): string | undefined {
  if (block.type === 'thinking') return block.signature;
  return block.type === 'redacted_thinking' ? block.data : undefined;
}

/** From today's way to say it to the oldest, and to saying nothing. */
function waysOf(reasoning: ReasoningEffort | undefined, maxTokens: number): readonly Way[] {
  switch (reasoning) {
    case undefined:
      return [{}];
    case 'none':
      return [
        { thinking: { type: 'disabled' } },
        // Sonnet 5.5: none before the answer, only between tools.
        { thinking: { type: 'between_tools' } },
        // Opus 5.5, Fable: always thinks.
        { effort: 'low', extraTokens: THINKING_TOKENS },
        {},
      ];
    case 'low':
    case 'medium':
    case 'high': {
      // By default current models keep their thoughts to themselves, and the user waits in front of nothing.
      const adaptive: Way = { thinking: { type: 'adaptive', display: 'summarized' }, effort: reasoning };
      const budget = Math.max(LEAST_BUDGET_TOKENS, Math.floor(maxTokens * BUDGET_SHARES[reasoning]));
      const budgeted: Way = { thinking: { type: 'enabled', budget_tokens: budget } };
      const nothing: Way = { warning: 'does not take a reasoning effort; it was left out.' };
      return budget < maxTokens ? [adaptive, budgeted, nothing] : [adaptive, nothing];
    }
  }
}

/** `between_tools` is known to one model only, which says so when it refuses the other. */
function isWorthTrying(way: Way, said: string): boolean {
  return way.thinking?.type !== 'between_tools' || said.includes('between_tools');
}

function isBadRequest(error: unknown): error is ReaperError {
  return error instanceof ReaperError && error.status === 400;
}
