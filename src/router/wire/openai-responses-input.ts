/** A conversation as the items of OpenAI's `/v1/responses`. */
import type {
  FunctionTool,
  ResponseInput,
  ResponseInputItem,
  ResponseInputMessageContentList,
} from 'openai/resources/responses/responses';
import type { ChatInput, ChatMessage, ImageContent, ReasoningContent, TextContent } from '../model-request.ts';
import { type JsonRecord, parseJson, textAt } from './json.ts';
import { dataUrl, objectJson } from './openai-chat-messages.ts';
import { toolCallId } from './tool-call-id.ts';

export function responseItems(input: ChatInput): ResponseInput {
  return input.messages.flatMap(itemsOf);
}

/** `strict` is on by default here and asks more of a schema than what tools of others keep to. */
export function responseTools({ tools = [], toolChoice = 'auto' }: ChatInput): JsonRecord {
  if (tools.length === 0) return {};
  const definitions = tools.map(({ name, description, inputSchema }): FunctionTool => ({
    type: 'function',
    name,
    description,
    parameters: inputSchema,
    strict: false,
  }));
  const choice = typeof toolChoice === 'string' ? toolChoice : { type: 'function', name: toolChoice.name };
  return { tools: definitions, ...(choice === 'auto' ? {} : { tool_choice: choice }) };
}

/** What a later request needs of a piece of reasoning; the server keeps nothing. */
export function reasoningSignature(item: unknown): string | undefined {
  const id = textAt(item, 'id');
  const encrypted = textAt(item, 'encrypted_content');
  return id === undefined || encrypted === undefined ? undefined : JSON.stringify({ id, encrypted });
}

function itemsOf(message: ChatMessage): readonly ResponseInputItem[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: pieces(message.content) }];
    case 'assistant':
      return assistantItems(message.content);
    case 'tool':
      return message.content.map((result) => ({
        type: 'function_call_output',
        call_id: toolCallId(result.toolCallId, 'any'),
        output: pieces(result.isError ? [FAILED, ...result.content] : result.content),
      }));
  }
}

const FAILED: TextContent = { type: 'text', text: 'The tool failed: ' };

type AssistantContent = Extract<ChatMessage, { role: 'assistant' }>['content'];

/** In their order: a piece of reasoning belongs to the item behind it. */
function assistantItems(content: AssistantContent): readonly ResponseInputItem[] {
  return content.flatMap((piece): readonly ResponseInputItem[] => {
    switch (piece.type) {
      case 'text':
        return piece.text === '' ? [] : [{ role: 'assistant', content: piece.text }];
      case 'reasoning':
        return reasoningItem(piece);
      case 'tool-call': {
        const { id, name, json } = piece;
        return [{ type: 'function_call', call_id: toolCallId(id, 'any'), name, arguments: objectJson(json) }];
      }
    }
  });
}

/** Nothing without a signature, or with one that is not of this protocol: it could not be read there. */
function reasoningItem({ text, origin }: ReasoningContent): readonly ResponseInputItem[] {
  const signed = origin.signature === undefined ? undefined : parseJson(origin.signature);
  const id = textAt(signed, 'id');
  const encrypted = textAt(signed, 'encrypted');
  if (id === undefined || encrypted === undefined) return [];
  const summary = text === '' ? [] : [{ type: 'summary_text' as const, text }];
  return [{ type: 'reasoning', id, summary, encrypted_content: encrypted }];
}

function pieces(content: readonly (TextContent | ImageContent)[]): string | ResponseInputMessageContentList {
  if (content.every((piece) => piece.type === 'text')) return content.map(({ text }) => text).join('');
  return content.map((piece) =>
    piece.type === 'text'
      ? { type: 'input_text', text: piece.text }
      : { type: 'input_image', image_url: dataUrl(piece), detail: 'auto' },
  );
}
