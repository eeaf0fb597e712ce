/** A conversation in the form of Gemini's contents. https://ai.google.dev/api/caching#Content */
import type {
  ChatInput,
  ChatMessage,
  ImageContent,
  TextContent,
  ToolCallContent,
  ToolChoice,
  ToolDefinition,
  ToolResultContent,
} from '../model-request.ts';
import { geminiParameters } from './gemini-schema.ts';
import { type JsonRecord, asRecord, parseJson } from './json.ts';

export interface GeminiManner {
  /** Whether calls and their answers carry ids. Vertex knows none: there order and name tell them apart. */
  readonly callIds: boolean;
}

export interface GeminiMessages {
  readonly body: JsonRecord;
  readonly warnings: readonly string[];
}

/** Before Gemini 3 nobody asked for signatures, nor took pictures inside an answer of a tool. */
export function isGemini3(model: string): boolean {
  const generation = /gemini-(\d+)/.exec(model)?.[1];
  return generation === undefined || Number(generation) >= 3;
}

// What Google names for calls that no Gemini made, so that they are not refused for want of a signature:
// https://ai.google.dev/gemini-api/docs/thought-signatures. On the first call of a turn only, or answers suffer.
const NO_SIGNATURE = 'skip_thought_signature_validator';

export function geminiMessages(input: ChatInput, model: string, manner: GeminiManner): GeminiMessages {
  const { tools = [], system } = input;
  const isNew = isGemini3(model);
  const contents = merged(input.messages, (message) => partsOf(message, isNew, manner));
  const gifs = input.messages.flatMap(({ content }) => content.flatMap(imagesIn)).filter(isGif).length;
  return {
    body: {
      ...(system === undefined || system.trim() === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      contents,
      ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools.map(declarationOf) }] }),
      ...(tools.length === 0 ? {} : toolConfigOf(input.toolChoice)),
    },
    warnings: gifs === 0 ? [] : [`${model} does not take GIF images; they were left out.`],
  };
}

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonRecord[];
}

function merged(
  messages: readonly ChatMessage[],
  partsIn: (message: ChatMessage) => readonly JsonRecord[],
): readonly Content[] {
  const contents: Content[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = partsIn(message);
    if (parts.length === 0) continue;
    const last = contents.at(-1);
    if (last?.role === role) contents[contents.length - 1] = { role, parts: [...last.parts, ...parts] };
    else contents.push({ role, parts });
  }
  return contents;
}

function partsOf(message: ChatMessage, isNew: boolean, manner: GeminiManner): readonly JsonRecord[] {
  switch (message.role) {
    case 'user':
      return message.content.flatMap(textOrImage);
    case 'assistant': {
      const calls = message.content.filter((content) => content.type === 'tool-call');
      const isSigned = calls.some(({ origin }) => origin?.signature !== undefined);
      const unsigned = isNew && !isSigned ? calls[0] : undefined;
      // Thoughts are summaries: Gemini does not want them back.
      return message.content.flatMap((content) => {
        if (content.type === 'reasoning') return [];
        if (content.type === 'text') return textOrImage(content);
        return [callOf(content, content === unsigned ? NO_SIGNATURE : content.origin?.signature, manner)];
      });
    }
    case 'tool':
      return [
        ...message.content.map((result) => responseOf(result, isNew, manner)),
        ...(isNew ? [] : message.content.flatMap(({ content }) => content.flatMap(imagesIn).flatMap(textOrImage))),
      ];
  }
}

function callOf({ id, name, json }: ToolCallContent, signature: string | undefined, manner: GeminiManner): JsonRecord {
  // Only objects are taken, so what the model wrote wrong is shown to it inside one.
  const args = asRecord(parseJson(json.trim() === '' ? '{}' : json)) ?? { invalid_json: json };
  return {
    functionCall: { ...(manner.callIds ? { id } : {}), name, args },
    ...(signature === undefined ? {} : { thoughtSignature: signature }),
  };
}

function responseOf(result: ToolResultContent, isNew: boolean, manner: GeminiManner): JsonRecord {
  const text = result.content.map((content) => (content.type === 'text' ? content.text : '')).join('');
  const images = isNew ? result.content.flatMap(imagesIn).flatMap(textOrImage) : [];
  return {
    functionResponse: {
      ...(manner.callIds ? { id: result.toolCallId } : {}),
      name: result.toolName,
      response: result.isError ? { error: text } : { output: text },
      ...(images.length === 0 ? {} : { parts: images }),
    },
  };
}

function textOrImage(content: TextContent | ImageContent): readonly JsonRecord[] {
  if (content.type === 'text') return content.text === '' ? [] : [{ text: content.text }];
  return isGif(content) ? [] : [{ inlineData: { mimeType: content.mediaType, data: content.data } }];
}

function imagesIn(content: ChatMessage['content'][number]): readonly ImageContent[] {
  if (content.type === 'tool-result') return content.content.flatMap(imagesIn);
  return content.type === 'image' ? [content] : [];
}

function isGif({ mediaType }: ImageContent): boolean {
  return mediaType === 'image/gif';
}

function declarationOf({ name, description, inputSchema }: ToolDefinition): JsonRecord {
  const parameters = geminiParameters(inputSchema);
  return { name, description, ...(parameters === undefined ? {} : { parameters }) };
}

function toolConfigOf(choice: ToolChoice | undefined): JsonRecord {
  const config = (mode: string, rest: JsonRecord = {}): JsonRecord => ({
    toolConfig: { functionCallingConfig: { mode, ...rest } },
  });
  switch (choice) {
    case undefined:
    case 'auto':
      return {};
    case 'none':
      return config('NONE');
    case 'required':
      return config('ANY');
    default:
      return config('ANY', { allowedFunctionNames: [choice.name] });
  }
}
