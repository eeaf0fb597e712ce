/** A conversation as the messages of `/v1/chat/completions`, in the manner of one of those who speak it. */
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ChatInput, ChatMessage, ImageContent, TextContent, ToolResultContent } from '../model-request.ts';
import { asRecord, type JsonRecord, parseJson } from './json.ts';
import { unsealDetails } from './reasoning-details.ts';
import { type ToolCallIds, toolCallId } from './tool-call-id.ts';

export interface MessageManner {
  /** Whether the models see; else images are left out with a warning. */
  readonly images: boolean;
  /** OpenAI takes text only as the result of a tool, so images follow as the user's; Mistral takes no user's message there. */
  readonly toolImages: 'in-the-result' | 'as-the-user';
  /** How a model gets back what it thought: not at all, as a field of the message, or as a piece of its content. */
  readonly thoughts: 'never' | 'field' | 'piece';
  readonly toolCallIds: ToolCallIds;
}

export interface ChatMessages {
  readonly messages: readonly ChatCompletionMessageParam[];
  readonly warnings: readonly string[];
}

export function chatMessages(input: ChatInput, manner: MessageManner): ChatMessages {
  const system = input.system === undefined ? [] : [{ role: 'system' as const, content: input.system }];
  const callsTools = input.messages.some((message) => message.role === 'tool');
  const messages = input.messages.flatMap((message) => messagesOf(message, manner, callsTools));
  const isBlind = !manner.images && input.messages.some(hasImage);
  return {
    messages: [...system, ...messages],
    warnings: isBlind ? ['The model sees no images; they were left out.'] : [],
  };
}

function messagesOf(message: ChatMessage, manner: MessageManner, callsTools: boolean): ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: content(message.content, manner) }];
    case 'assistant':
      return assistantMessage(message, manner, callsTools);
    case 'tool':
      return toolMessages(message.content, manner);
  }
}

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

function assistantMessage(
  message: AssistantMessage,
  manner: MessageManner,
  callsTools: boolean,
): ChatCompletionMessageParam[] {
  const text = textOf(message.content.filter((piece) => piece.type === 'text'));
  const calls = message.content.flatMap((piece) => (piece.type === 'tool-call' ? [piece] : []));
  if (text === '' && calls.length === 0) return [];
  const toolCalls = calls.map(({ id, name, json }) => ({
    id: toolCallId(id, manner.toolCallIds),
    type: 'function' as const,
    function: { name, arguments: objectJson(json) },
  }));
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
      ...thoughtFields(message, text, manner, callsTools),
      ...detailFields(message, manner),
    },
  ];
}

/**
 * Where a conversation has called tools, DeepSeek refuses one of the model's messages without its thoughts, also those that another
 * model wrote (https://api-docs.deepseek.com/guides/thinking_mode). What stands in for them then must differ from message to
 * message, or the model takes to repeating it.
 */
function thoughtFields(
  message: AssistantMessage,
  text: string,
  manner: MessageManner,
  callsTools: boolean,
): JsonRecord {
  const thoughts = message.content.flatMap((piece) => (piece.type === 'reasoning' ? [piece] : []));
  const thought = thoughts.map((piece) => piece.text).join('');
  switch (manner.thoughts) {
    case 'never':
      return {};
    case 'field':
      return callsTools ? { reasoning_content: thought === '' ? inPlaceOfThoughts(message, text) : thought } : {};
    case 'piece': {
      if (thought === '') return {};
      const signature = thoughts.map(({ origin }) => origin.signature).find((found) => found !== undefined);
      const piece = {
        type: 'thinking',
        thinking: [{ type: 'text', text: thought }],
        ...(signature === undefined ? {} : { signature }),
      };
      return { content: [piece, ...(text === '' ? [] : [{ type: 'text', text }])] };
    }
  }
}

/** Only who sent such details gets them back. */
function detailFields(message: AssistantMessage, { thoughts }: MessageManner): JsonRecord {
  if (thoughts === 'piece') return {};
  const details = message.content.flatMap((piece) =>
    piece.type === 'reasoning' ? unsealDetails(piece.origin.signature) : [],
  );
  return details.length === 0 ? {} : { reasoning_details: details };
}

function inPlaceOfThoughts(message: AssistantMessage, text: string): string {
  const calls = message.content.flatMap((piece) => (piece.type === 'tool-call' ? [`${piece.name} (${piece.id})`] : []));
  return calls.length === 0 ? text.slice(0, 80) : `Next: ${calls.join(', ')}`;
}

function toolMessages(results: readonly ToolResultContent[], manner: MessageManner): ChatCompletionMessageParam[] {
  const inResult = manner.toolImages === 'in-the-result';
  const answers = results.map((result): ChatCompletionMessageParam => {
    const pieces = result.isError ? [FAILED, ...result.content] : result.content;
    return {
      role: 'tool',
      tool_call_id: toolCallId(result.toolCallId, manner.toolCallIds),
      // Mistral wants the name, nobody minds it.
      ...(inResult ? { name: result.toolName } : {}),
      content: (inResult ? content(pieces, manner) : textOf(pieces)) as string,
    };
  });
  const shown = inResult || !manner.images ? [] : results.filter((result) => result.content.some(isImage));
  if (shown.length === 0) return answers;
  const pieces = shown.flatMap((result) => [
    { type: 'text' as const, text: `What ${result.toolName} shows:` },
    ...result.content.filter(isImage),
  ]);
  return [...answers, { role: 'user', content: content(pieces, manner) }];
}

/** There is no other way to say it in this protocol. */
const FAILED: TextContent = { type: 'text', text: 'The tool failed: ' };

type UserContent = Extract<ChatCompletionMessageParam, { role: 'user' }>['content'];

/** Text where there is nothing else, for servers that know no list. */
function content(pieces: readonly (TextContent | ImageContent)[], manner: MessageManner): UserContent {
  if (!manner.images || !pieces.some(isImage)) return textOf(pieces);
  return pieces.map((piece) =>
    piece.type === 'text'
      ? { type: 'text', text: piece.text }
      : { type: 'image_url', image_url: { url: dataUrl(piece) } },
  );
}

export function dataUrl({ mediaType, data }: ImageContent): string {
  return `data:${mediaType};base64,${data}`;
}

/** Templates of served models read the arguments as JSON and fail on anything else, which would end the conversation for good. */
export function objectJson(json: string): string {
  if (json.trim() === '') return '{}';
  return asRecord(parseJson(json)) === undefined ? JSON.stringify({ malformed: json }) : json;
}

function textOf(pieces: readonly { readonly type: string; readonly text?: string }[]): string {
  return pieces.map((piece) => (piece.type === 'text' ? (piece.text ?? '') : '')).join('');
}

function isImage(piece: TextContent | ImageContent): piece is ImageContent {
  return piece.type === 'image';
}

function hasImage(message: ChatMessage): boolean {
  switch (message.role) {
    case 'user':
      return message.content.some(isImage);
    case 'assistant':
      return false;
    case 'tool':
      return message.content.some((result) => result.content.some(isImage));
  }
}
