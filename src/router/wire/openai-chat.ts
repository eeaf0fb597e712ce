/** `/v1/chat/completions`: a chat with tools, and a chat model that fills a hole. The request's shape is checked by OpenAI's own types. */
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, type HoleOrder, TAG_TOKENS, holePrompt, holeQuestion } from '../fim/hole-filler.ts';
import type { ChatInput, FimInput, ReasoningEffort } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { WireCall } from '../wire.ts';
import type { AdaptivePost } from './adaptive-post.ts';
import { type AnswerShape, answer } from './answer.ts';
import type { JsonRecord } from './json.ts';
import { type MessageManner, chatMessages } from './openai-chat-messages.ts';
import { openAiParts } from './openai-events.ts';
import { serverStops } from './text-filter.ts';
import type { ReasoningCount } from './usage.ts';

/** What those who speak this protocol do differently. */
export interface ChatManner extends MessageManner {
  /** OpenAI renamed it; most others did not follow. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  readonly maxStops: number;
  readonly order: HoleOrder;
  /** Further fields for a hole, to keep the model from thinking about it. */
  readonly holeFields: JsonRecord;
  readonly effortFields: (effort: ReasoningEffort) => JsonRecord;
  /** Whether usage must be asked for, or is always told. */
  readonly usage: 'on-request' | 'always';
  readonly reasoningCount: ReasoningCount;
}

/** OpenAI's own manner, as far as it has become everybody's. */
export const USUAL_MANNER: Omit<ChatManner, 'maxTokensField' | 'maxStops'> = {
  images: true,
  toolImages: 'as-the-user',
  thoughts: 'never',
  toolCallIds: 'any',
  order: 'prefix-first',
  holeFields: {},
  effortFields: (effort) => ({ reasoning_effort: effort }),
  usage: 'on-request',
  reasoningCount: 'inside',
};

/** Resolves when the server has accepted the request. */
export async function openChat(
  call: WireCall,
  url: URL,
  post: AdaptivePost,
  manner: ChatManner,
): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { input, limits } = call;
  const request = input.type === 'chat' ? chatRequest(input, call, manner) : holeRequest(input, call, manner);
  const body = {
    model: call.model,
    messages: request.messages,
    [manner.maxTokensField]: request.maxTokens,
    ...(request.stops.length === 0 ? {} : { stop: [...request.stops] }),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    ...request.fields,
    stream: true,
    ...(manner.usage === 'always' ? {} : { stream_options: { include_usage: true } }),
  } satisfies ChatCompletionCreateParamsStreaming;
  const { events, warnings } = await post(call, url, body);
  return answer(call, openAiParts(events, call, manner.reasoningCount), {
    ...request.shape,
    warnings: [...request.warnings, ...warnings],
  });
}

type Messages = ChatCompletionCreateParamsStreaming['messages'];

interface ChatRequest {
  readonly messages: Messages;
  readonly maxTokens: number;
  readonly stops: readonly string[];
  readonly fields: JsonRecord;
  readonly shape: AnswerShape;
  readonly warnings: readonly string[];
}

function chatRequest(input: ChatInput, { limits }: WireCall, manner: ChatManner): ChatRequest {
  const effort = limits.reasoning;
  const think = effort !== 'none';
  const { messages, warnings } = chatMessages(input, think ? manner : { ...manner, thoughts: 'never' });
  const fields = { ...toolFields(input), ...(effort === undefined ? {} : manner.effortFields(effort)) };
  return {
    messages: [...messages],
    maxTokens: limits.maxOutputTokens,
    stops: serverStops(limits.stop, manner.maxStops),
    fields,
    shape: { prompt: promptText(messages, fields), stops: limits.stop },
    warnings,
  };
}

function toolFields({ tools = [], toolChoice = 'auto' }: ChatInput): JsonRecord {
  // A choice without tools is an error at most servers.
  if (tools.length === 0) return {};
  const choice = typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: toolChoice };
  return {
    tools: tools.map(({ name, description, inputSchema }) => ({
      type: 'function',
      function: { name, description, parameters: inputSchema },
    })),
    ...(choice === 'auto' ? {} : { tool_choice: choice }),
  };
}

/** All that is read, to count it where the server does not; of an image its place only. */
function promptText(messages: readonly unknown[], fields: JsonRecord): string {
  return JSON.stringify([messages, fields], (key, value: unknown) => (key === 'url' ? '' : value));
}

function holeRequest(input: FimInput, { limits }: WireCall, manner: ChatManner): ChatRequest {
  const prompt = holePrompt(input, manner.order);
  const user = holeQuestion(prompt);
  return {
    messages: [
      { role: 'system', content: prompt.system },
      { role: 'user', content: user },
    ],
    maxTokens: limits.maxOutputTokens + TAG_TOKENS,
    stops: [CLOSING_TAG],
    fields: manner.holeFields,
    shape: {
      prompt: `${prompt.system}\n${user}`,
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
    warnings: [],
  };
}
