/** A conversation with tools, images and thoughts in the form of Ollama's `/api/chat`. https://docs.ollama.com/api/chat */
import { ReaperError } from '../../base/errors.ts';
import type { ChatInput, ChatMessage, ImageContent, ReasoningEffort, ToolResultContent } from '../model-request.ts';
import { type JsonRecord, asRecord, parseJson } from './json.ts';

/** What a model turned out not to take: found out by asking, and remembered. */
export interface OllamaLacks {
  readonly tools: boolean;
  readonly images: boolean;
  /** How many of the ways to speak of thinking were refused. */
  readonly thinking: number;
}

export const NO_LACKS: OllamaLacks = { tools: false, images: false, thinking: 0 };

export interface OllamaChat {
  readonly body: JsonRecord;
  readonly warnings: readonly string[];
}

export function ollamaChat(
  input: ChatInput,
  model: string,
  reasoning: ReasoningEffort | undefined,
  lacks: OllamaLacks,
): OllamaChat {
  const { tools = [], toolChoice = 'auto', system } = input;
  const messages = input.messages.flatMap((message) => messagesOf(message, !lacks.images));
  const offered = lacks.tools || toolChoice === 'none' ? [] : tools;
  const ways = thinkingWays(reasoning);
  const think = ways[lacks.thinking];
  const isBlind =
    lacks.images && input.messages.some((message) => message.content.some((piece) => imagesIn(piece).length > 0));
  const isForced = toolChoice === 'required' || typeof toolChoice !== 'string';
  return {
    body: {
      messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...messages],
      ...(offered.length === 0
        ? {}
        : {
            tools: offered.map(({ name, description, inputSchema }) => ({
              type: 'function',
              function: { name, description, parameters: inputSchema },
            })),
          }),
      ...(think === undefined ? {} : { think }),
    },
    warnings: [
      ...(lacks.tools && tools.length > 0 ? [`${model} takes no tools; they were left out.`] : []),
      ...(isForced && offered.length > 0 ? [`${model} cannot be made to use a tool; it chooses by itself.`] : []),
      ...(isBlind ? [`${model} sees no images; they were left out.`] : []),
      ...(think === undefined && ways.length > 1
        ? [`${model} does not take a reasoning effort; it was left out.`]
        : []),
    ],
  };
}

// Of the model, as opposed to one image that cannot be read.
const BLIND =
  /missing data required for image|not support (?:images?|vision|multi-?modal)|(?:images?|vision|multi-?modal)[\w ]{0,20} not supported/i;

/** What else the model lacks, by a refusal; `undefined`: it was about something else. */
export function moreLacks(error: unknown, sent: JsonRecord, lacks: OllamaLacks): OllamaLacks | undefined {
  if (!(error instanceof ReaperError) || error.status === undefined || error.kind === 'auth') return undefined;
  const said = error.message;
  if ('tools' in sent && /does not support tools/i.test(said)) return { ...lacks, tools: true };
  if ('think' in sent && /\bthink/i.test(said)) return { ...lacks, thinking: lacks.thinking + 1 };
  const hasImages = !lacks.images && JSON.stringify(sent['messages']).includes('"images":[');
  return hasImages && BLIND.test(said) ? { ...lacks, images: true } : undefined;
}

/** Levels are known to some models and some versions only; the last way is to say nothing. */
function thinkingWays(reasoning: ReasoningEffort | undefined): readonly (boolean | string | undefined)[] {
  switch (reasoning) {
    case undefined:
      return [undefined];
    case 'none':
      return [false];
    case 'low':
    case 'medium':
    case 'high':
      return [reasoning, true, undefined];
  }
}

function messagesOf(message: ChatMessage, sees: boolean): readonly JsonRecord[] {
  switch (message.role) {
    case 'user': {
      const images = sees ? message.content.flatMap(imagesIn) : [];
      const content = message.content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
      return [{ role: 'user', content, ...withImages(images) }];
    }
    case 'assistant':
      return [assistantMessage(message)];
    case 'tool':
      return message.content.map((result) => toolMessage(result, sees));
  }
}

function assistantMessage({ content }: Extract<ChatMessage, { role: 'assistant' }>): JsonRecord {
  const thinking = content.map((piece) => (piece.type === 'reasoning' ? piece.text : '')).join('');
  const calls = content.flatMap((piece) => (piece.type === 'tool-call' ? [piece] : []));
  return {
    role: 'assistant',
    content: content.map((piece) => (piece.type === 'text' ? piece.text : '')).join(''),
    ...(thinking === '' ? {} : { thinking }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, json }) => ({
            id,
            // Only objects are taken, so what the model wrote wrong is shown to it inside one.
            function: { name, arguments: asRecord(parseJson(json || '{}')) ?? { invalid_json: json } },
          })),
        }),
  };
}

function toolMessage(result: ToolResultContent, sees: boolean): JsonRecord {
  const text = result.content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
  return {
    role: 'tool',
    tool_name: result.toolName,
    tool_call_id: result.toolCallId,
    // There is no place for it but the text.
    content: result.isError ? `Error: ${text}` : text,
    ...withImages(sees ? imagesIn(result) : []),
  };
}

function imagesIn(piece: ChatMessage['content'][number]): readonly ImageContent[] {
  if (piece.type === 'tool-result') return piece.content.flatMap(imagesIn);
  return piece.type === 'image' ? [piece] : [];
}

function withImages(images: readonly ImageContent[]): JsonRecord {
  return images.length === 0 ? {} : { images: images.map(({ data }) => data) };
}
