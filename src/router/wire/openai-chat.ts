/** `/v1/chat/completions`: plain chat text, and a chat model that fills a hole. The request's shape is checked by OpenAI's own types. */
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, type HoleOrder, TAG_TOKENS, holePrompt } from '../fim/hole-filler.ts';
import type { ChatInput, FimInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { WireCall } from '../wire.ts';
import type { AdaptivePost } from './adaptive-post.ts';
import { type AnswerShape, answer } from './answer.ts';
import type { JsonRecord } from './json.ts';
import { openAiParts } from './openai-events.ts';
import { serverStops } from './text-filter.ts';
import { textMessages } from './text-messages.ts';

export interface OpenAiChatOptions {
  readonly post: AdaptivePost;
  /** OpenAI renamed it; most others did not follow. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  readonly maxStops: number;
  readonly order: HoleOrder;
  /** Further fields for a hole, to keep the model from thinking about it. */
  readonly holeFields: JsonRecord;
}

/** Resolves when the server has accepted the request. */
export async function openChat(
  call: WireCall,
  url: URL,
  options: OpenAiChatOptions,
): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { input, limits } = call;
  const request = input.type === 'chat' ? chatRequest(input, call, options) : holeRequest(input, call, options);
  const body = {
    model: call.model,
    messages: request.messages,
    [options.maxTokensField]: request.maxTokens,
    ...(request.stops.length === 0 ? {} : { stop: [...request.stops] }),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    ...request.fields,
    stream: true,
    stream_options: { include_usage: true },
  } satisfies ChatCompletionCreateParamsStreaming;
  const { events, warnings } = await options.post(call, url, body);
  return answer(call, openAiParts(events, call), { ...request.shape, warnings });
}

type Messages = ChatCompletionCreateParamsStreaming['messages'];

interface ChatRequest {
  readonly messages: Messages;
  readonly maxTokens: number;
  readonly stops: readonly string[];
  readonly fields: JsonRecord;
  readonly shape: AnswerShape;
}

function chatRequest(input: ChatInput, { limits }: WireCall, options: OpenAiChatOptions): ChatRequest {
  const system = input.system === undefined ? [] : [{ role: 'system' as const, content: input.system }];
  const turns = textMessages(input);
  return {
    messages: [...system, ...turns],
    maxTokens: limits.maxOutputTokens,
    stops: serverStops(limits.stop, options.maxStops),
    fields: {},
    shape: { prompt: [...system, ...turns].map(({ content }) => content).join('\n'), stops: limits.stop },
  };
}

function holeRequest(input: FimInput, { limits }: WireCall, options: OpenAiChatOptions): ChatRequest {
  const prompt = holePrompt(input, options.order);
  const user = prompt.context === undefined ? prompt.file : `${prompt.context}\n\n${prompt.file}`;
  return {
    messages: [
      { role: 'system', content: prompt.system },
      { role: 'user', content: user },
    ],
    maxTokens: limits.maxOutputTokens + TAG_TOKENS,
    stops: [CLOSING_TAG],
    fields: options.holeFields,
    shape: {
      prompt: `${prompt.system}\n${user}`,
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
  };
}
