/** A request as Amazon's Converse takes it: the same shape for every model on Bedrock, save what only one family knows. */
import type {
  CachePointBlock,
  ContentBlock,
  ConverseStreamCommandInput,
  Message,
  SystemContentBlock,
  ToolConfiguration,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, type HoleOrder, TAG_TOKENS, holePrompt } from '../fim/hole-filler.ts';
import type { ChatInput, ChatMessage, FimInput, ImageContent, ToolResultContent } from '../model-request.ts';
import type { WireCall } from '../wire.ts';
import type { AnswerShape } from './answer.ts';
import { asRecord, parseJson } from './json.ts';
import { serverStops } from './text-filter.ts';
import { textMessages } from './text-messages.ts';

export interface BedrockRequest {
  readonly input: ConverseStreamCommandInput;
  readonly shape: AnswerShape;
}

/** What a model has refused before: it is left out. */
export type LeftOut = 'temperature' | 'thinking' | 'effort' | 'cache' | 'stops' | 'tool-choice';

// Older models take no more.
const MAX_STOPS = 4;
const CACHE_POINT: { readonly cachePoint: CachePointBlock } = { cachePoint: { type: 'default' } };
// The first tokens of an answer whose thinking cannot be turned off.
const THINKING_TOKENS = 1024;

export function bedrockRequest(call: WireCall, leftOut: ReadonlySet<LeftOut>, order: HoleOrder): BedrockRequest {
  return call.input.type === 'chat'
    ? chatRequest(call.input, call, leftOut)
    : holeRequest(call.input, call, leftOut, order);
}

function chatRequest(input: ChatInput, call: WireCall, leftOut: ReadonlySet<LeftOut>): BedrockRequest {
  const { limits, model } = call;
  const warnings: string[] = [];
  const cache = isCaching(model) && !leftOut.has('cache') ? [CACHE_POINT] : [];
  const hasSystem = input.system !== undefined && input.system.trim() !== '';
  // The tools come before the system's text, so the mark behind that is theirs too.
  const toolConfig = toolsOf(input, leftOut, hasSystem ? [] : cache, warnings);
  const messages = mergeTurns(
    input.messages.map((message) => ({
      role: message.role === 'assistant' ? 'assistant' : 'user',
      content: toolConfig === undefined ? plainBlocks(message) : blocksOf(message),
    })),
  );
  // The conversation so far is what the next turn begins with; a question alone is not asked again.
  const last = messages.at(-1);
  if (last?.role === 'user' && messages.length > 1) last.content = [...(last.content ?? []), ...cache];
  const system: SystemContentBlock[] = hasSystem ? [{ text: input.system }, ...cache] : [];
  const stops = leftOut.has('stops') ? [] : serverStops(limits.stop, MAX_STOPS).filter((stop) => stop.trim() !== '');
  const fields = effortFields(call, leftOut, warnings);
  const hasTemperature = limits.temperature !== undefined;
  if (hasTemperature && leftOut.has('temperature')) {
    warnings.push(`${model} does not take a temperature; it was left out.`);
  }
  return {
    input: {
      modelId: model,
      messages,
      ...(system.length === 0 ? {} : { system }),
      ...(toolConfig === undefined ? {} : { toolConfig }),
      inferenceConfig: {
        maxTokens: limits.maxOutputTokens,
        ...(hasTemperature && !leftOut.has('temperature') ? { temperature: limits.temperature } : {}),
        ...(stops.length === 0 ? {} : { stopSequences: [...stops] }),
      },
      ...(fields === undefined ? {} : { additionalModelRequestFields: fields }),
    },
    shape: {
      prompt: [input.system ?? '', ...textMessages(input).map(({ content }) => content)].join('\n'),
      stops: limits.stop,
      warnings,
    },
  };
}

function holeRequest(
  input: FimInput,
  { model, limits }: WireCall,
  leftOut: ReadonlySet<LeftOut>,
  order: HoleOrder,
): BedrockRequest {
  const prompt = holePrompt(input, order);
  const cache = isCaching(model) && !leftOut.has('cache') ? [CACHE_POINT] : [];
  const context: ContentBlock[] = prompt.context === undefined ? [] : [{ text: prompt.context }, ...cache];
  // A hole must be filled at once; a model that cannot be kept from thinking gets room for it.
  const thinks = isClaude(model) && leftOut.has('thinking');
  const fields = !isClaude(model) ? undefined : !thinks ? { thinking: { type: 'disabled' } } : lowEffort(leftOut);
  return {
    input: {
      modelId: model,
      system: [{ text: prompt.system }],
      messages: [{ role: 'user', content: [...context, { text: prompt.file }] }],
      inferenceConfig: {
        maxTokens: limits.maxOutputTokens + TAG_TOKENS + (thinks ? THINKING_TOKENS : 0),
        ...(leftOut.has('stops') ? {} : { stopSequences: [CLOSING_TAG] }),
      },
      ...(fields === undefined ? {} : { additionalModelRequestFields: fields }),
    },
    shape: {
      prompt: [prompt.system, prompt.context ?? '', prompt.file].join('\n'),
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
  };
}

type ModelFields = NonNullable<ConverseStreamCommandInput['additionalModelRequestFields']>;

function lowEffort(leftOut: ReadonlySet<LeftOut>): ModelFields | undefined {
  return leftOut.has('effort') ? undefined : { output_config: { effort: 'low' } };
}

/** Converse has no word of its own for it: each family has another. */
function effortFields(call: WireCall, leftOut: ReadonlySet<LeftOut>, warnings: string[]): ModelFields | undefined {
  const { model, limits } = call;
  const { reasoning } = limits;
  if (reasoning === undefined) return undefined;
  if (isClaude(model) && reasoning === 'none' && !leftOut.has('thinking')) return { thinking: { type: 'disabled' } };
  if (isClaude(model) && !leftOut.has('effort')) {
    const thinking = leftOut.has('thinking') || reasoning === 'none' ? {} : { thinking: { type: 'adaptive' } };
    return { ...thinking, output_config: { effort: reasoning === 'none' ? 'low' : reasoning } };
  }
  if (/\bopenai\.gpt/.test(model) && !leftOut.has('effort')) {
    return { reasoning_effort: reasoning === 'none' ? 'low' : reasoning };
  }
  if (/\bamazon\.nova-2/.test(model) && !leftOut.has('effort')) {
    return reasoning === 'none'
      ? { reasoningConfig: { type: 'disabled' } }
      : { reasoningConfig: { type: 'enabled', maxReasoningEffort: reasoning } };
  }
  if (reasoning !== 'none') warnings.push(`${model} does not take a reasoning effort; it was left out.`);
  return undefined;
}

function isClaude(model: string): boolean {
  return /\banthropic\.claude|\bclaude-/.test(model);
}

/** Others refuse a request with a cache point in it. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
function isCaching(model: string): boolean {
  return isClaude(model) || /\bamazon\.nova-(?!2-sonic)/.test(model);
}

/**
 * `undefined`: none of them may be called. Then Converse refuses calls and answers in the history too, so these go as text.
 */
function toolsOf(
  { tools = [], toolChoice = 'auto' }: ChatInput,
  leftOut: ReadonlySet<LeftOut>,
  cache: readonly (typeof CACHE_POINT)[],
  warnings: string[],
): ToolConfiguration | undefined {
  if (tools.length === 0 || toolChoice === 'none') return undefined;
  const choice =
    toolChoice === 'auto' ? undefined : toolChoice === 'required' ? { any: {} } : { tool: { name: toolChoice.name } };
  const isForced = choice !== undefined && !leftOut.has('tool-choice');
  if (choice !== undefined && !isForced) warnings.push('The model cannot be made to call a tool; it was left free to.');
  return {
    tools: [
      ...tools.map(({ name, description, inputSchema }) => ({
        toolSpec: {
          name,
          // An empty description is refused.
          ...(description === '' ? {} : { description }),
          inputSchema: { json: JSON.parse(JSON.stringify(inputSchema)) as ModelFields },
        },
      })),
      ...cache,
    ],
    ...(isForced ? { toolChoice: choice } : {}),
  };
}

/** Converse wants user and assistant in turn, and nobody silent. */
function mergeTurns(messages: readonly { role: 'user' | 'assistant'; content: ContentBlock[] }[]): Message[] {
  const merged: { role: 'user' | 'assistant'; content: ContentBlock[] }[] = [];
  for (const message of messages) {
    const before = merged.at(-1);
    if (message.content.length === 0) continue;
    if (before?.role === message.role) before.content.push(...message.content);
    else merged.push(message);
  }
  return merged;
}

function plainBlocks(message: ChatMessage): ContentBlock[] {
  if (message.role === 'user') return blocksOf(message);
  const [text] = textMessages({ type: 'chat', messages: [message] });
  return textBlocks(text?.content ?? '');
}

function blocksOf(message: ChatMessage): ContentBlock[] {
  return message.content.flatMap((content): ContentBlock[] => {
    switch (content.type) {
      case 'text':
        return textBlocks(content.text);
      case 'image':
        return [imageBlock(content)];
      case 'reasoning':
        return [{ reasoningContent: reasoningBlock(content.text, content.origin.signature) }];
      case 'tool-call':
        return [{ toolUse: { toolUseId: content.id, name: content.name, input: toolInput(content.json) } }];
      case 'tool-result':
        return [
          {
            toolResult: {
              toolUseId: content.toolCallId,
              content: resultBlocks(content),
              status: content.isError ? 'error' : 'success',
            },
          },
        ];
    }
  });
}

/** What was redacted came without text; its bytes stand in the signature (`bedrock-events` put them there). */
function reasoningBlock(
  text: string,
  signature: string | undefined,
): ContentBlock.ReasoningContentMember['reasoningContent'] {
  if (text === '' && signature !== undefined) return { redactedContent: Buffer.from(signature, 'base64') };
  return { reasoningText: { text, ...(signature === undefined ? {} : { signature }) } };
}

/** Arguments that are no JSON object were cut off while they were written. */
function toolInput(json: string): ModelFields {
  return (asRecord(parseJson(json)) ?? {}) as ModelFields;
}

function resultBlocks({ content }: ToolResultContent): ToolResultContentBlock[] {
  const blocks = content.flatMap((piece): ToolResultContentBlock[] =>
    piece.type === 'image' ? [imageBlock(piece)] : piece.text === '' ? [] : [{ text: piece.text }],
  );
  return blocks.length === 0 ? [{ text: '(nothing)' }] : blocks;
}

function imageBlock({ mediaType, data }: ImageContent): ContentBlock.ImageMember {
  const format = ({ 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/webp': 'webp', 'image/gif': 'gif' } as const)[
    mediaType
  ];
  return { image: { format, source: { bytes: Buffer.from(data, 'base64') } } };
}

/** A block without text is refused. */
function textBlocks(text: string): ContentBlock[] {
  return text.trim() === '' ? [] : [{ text }];
}
