/** A conversation in the form of Anthropic's messages, with marks for the prompt cache where they pay. */
import type {
  CacheControlEphemeral,
  ContentBlockParam,
  ImageBlockParam,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolChoice as AnthropicToolChoice,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import type {
  ChatInput,
  ChatMessage,
  ImageContent,
  ReasoningContent,
  TextContent,
  ToolCallContent,
  ToolChoice,
  ToolDefinition,
  ToolResultContent,
} from '../model-request.ts';
import { asRecord, parseJson } from './json.ts';
import { toolCallId } from './tool-call-id.ts';

export interface AnthropicMessages {
  readonly system: string | TextBlockParam[] | undefined;
  readonly messages: MessageParam[];
  readonly tools: Tool[];
  readonly toolChoice: AnthropicToolChoice | undefined;
}

/** Stands before the data of a thought that came encrypted, where otherwise the signature of a readable one stands. */
export const REDACTED = 'redacted:';

const MARK: CacheControlEphemeral = { type: 'ephemeral' };
// Tools, system, and these: four marks are the most that a request may have.
const MARKED_USER_TURNS = 2;

/**
 * Marks cost a quarter more for what is written and save nine tenths of what is read again. So only what will be sent again
 * is marked: a conversation, or a request with tools, whose results will follow. Below 512 tokens a mark does nothing.
 */
export function anthropicMessages(input: ChatInput): AnthropicMessages {
  const turns = merged(input.messages);
  const tools = (input.tools ?? []).map(toolOf);
  const isConversation = tools.length > 0 || turns.length > 1;
  if (isConversation) mark(turns, tools);
  return {
    system:
      input.system === undefined || input.system.trim() === ''
        ? undefined
        : isConversation
          ? [{ type: 'text', text: input.system, cache_control: MARK }]
          : input.system,
    messages: turns.map(({ role, blocks }) => ({ role, content: plainest(blocks) })),
    tools,
    toolChoice: tools.length === 0 ? undefined : toolChoiceOf(input.toolChoice),
  };
}

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly blocks: ContentBlockParam[];
}

/** Answers of tools come from the user; what follows them belongs to the same turn. */
function merged(messages: readonly ChatMessage[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = message.content.flatMap(blocksOf);
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns;
}

function mark(turns: readonly Turn[], tools: Tool[]): void {
  const lastTool = tools.at(-1);
  if (lastTool !== undefined) lastTool.cache_control = MARK;
  for (const { blocks } of turns.filter(({ role }) => role === 'user').slice(-MARKED_USER_TURNS)) {
    const last = blocks.at(-1);
    // The user's blocks are of these kinds only.
    if (last?.type === 'text' || last?.type === 'image' || last?.type === 'tool_result') last.cache_control = MARK;
  }
}

function plainest(blocks: ContentBlockParam[]): MessageParam['content'] {
  const [first] = blocks;
  const isPlain = blocks.length === 1 && first?.type === 'text' && first.cache_control === undefined;
  return isPlain ? first.text : blocks;
}

function blocksOf(content: ChatMessage['content'][number]): readonly ContentBlockParam[] {
  switch (content.type) {
    case 'text':
    case 'image':
      return textOrImage(content);
    case 'reasoning':
      return thoughtOf(content);
    case 'tool-call':
      return [toolUseOf(content)];
    case 'tool-result':
      return [toolResultOf(content)];
  }
}

function textOrImage(content: TextContent | ImageContent): readonly (TextBlockParam | ImageBlockParam)[] {
  if (content.type === 'image') {
    return [{ type: 'image', source: { type: 'base64', media_type: content.mediaType, data: content.data } }];
  }
  // Blocks of white space alone are refused.
  return content.text.trim() === '' ? [] : [{ type: 'text', text: content.text }];
}

/** Unchanged, or it is refused; without a signature it is no proof of anything and stays away. */
function thoughtOf({ text, origin: { signature } }: ReasoningContent): readonly ContentBlockParam[] {
  if (signature === undefined) return [];
  return signature.startsWith(REDACTED)
    ? [{ type: 'redacted_thinking', data: signature.slice(REDACTED.length) }]
    : [{ type: 'thinking', thinking: text, signature }];
}

function toolUseOf({ id, name, json }: ToolCallContent): ContentBlockParam {
  const parsed = asRecord(parseJson(json.trim() === '' ? '{}' : json));
  // Only objects are taken, so what the model wrote wrong is shown to it inside one.
  return { type: 'tool_use', id: toolCallId(id, 'word-characters'), name, input: parsed ?? { invalid_json: json } };
}

function toolResultOf({ toolCallId: id, content, isError }: ToolResultContent): ToolResultBlockParam {
  // What went wrong may only be said in words.
  const blocks = content.flatMap((piece) => (isError && piece.type === 'image' ? [] : textOrImage(piece)));
  return {
    type: 'tool_result',
    tool_use_id: toolCallId(id, 'word-characters'),
    ...(blocks.length === 0 ? {} : { content: blocks }),
    ...(isError ? { is_error: true } : {}),
  };
}

function toolOf({ name, description, inputSchema }: ToolDefinition): Tool {
  // Refused at the top, and of little meaning there: the arguments are one object.
  const { oneOf: _oneOf, anyOf: _anyOf, allOf: _allOf, ...schema } = inputSchema;
  return { name, description, input_schema: { ...schema, type: 'object' } };
}

function toolChoiceOf(choice: ToolChoice | undefined): AnthropicToolChoice | undefined {
  switch (choice) {
    case undefined:
    case 'auto':
      return undefined;
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any' };
    default:
      return { type: 'tool', name: choice.name };
  }
}
