/** A request as OMEN takes it, whichever way it goes, and its answer: OpenAI's, with exceptions. */
import { holeAnswerFilter } from '../../fim/hole-answer.ts';
import { CLOSING_TAG, TAG_TOKENS, holePrompt, holeQuestion } from '../../fim/hole-filler.ts';
import type { ChatInput, ToolDefinition } from '../../model-request.ts';
import type { StreamPart } from '../../stream-part.ts';
import type { WireCall } from '../../wire.ts';
import type { AnswerShape } from '../answer.ts';
import { asRecord, type JsonRecord, listAt, parseJson, recordAt, textAt } from '../json.ts';
import { chatMessages } from '../openai-chat-messages.ts';
import { openAiParts } from '../openai-events.ts';
import type { ServerEvent } from '../server-events.ts';
import { serverStops } from '../text-filter.ts';
import type { Target } from '../transport.ts';

export interface OmenChat {
  readonly messages: readonly JsonRecord[];
  readonly maxTokens: number;
  readonly stops: readonly string[];
  readonly tools: readonly ToolDefinition[];
  /** The one tool that must be called; there is no other choice that OMEN can be told. */
  readonly forcedTool: string | undefined;
  readonly shape: AnswerShape;
}

// What it hands on to OpenAI, which takes no more.
const MAX_STOPS = 4;

/** `images`: whether this way can carry them. */
export function omenChat(call: WireCall, images: boolean): OmenChat {
  const { input, limits } = call;
  if (input.type === 'chat') return chat(input, call, images);
  const prompt = holePrompt(input, 'prefix-first');
  const user = holeQuestion(prompt);
  return {
    messages: [
      { role: 'system', content: prompt.system },
      { role: 'user', content: user },
    ],
    maxTokens: limits.maxOutputTokens + TAG_TOKENS,
    stops: [CLOSING_TAG],
    tools: [],
    forcedTool: undefined,
    shape: {
      prompt: `${prompt.system}\n${user}`,
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
  };
}

function chat(input: ChatInput, { limits }: WireCall, images: boolean): OmenChat {
  const { tools = [], toolChoice = 'auto' } = input;
  const built = chatMessages(input, {
    images,
    toolImages: 'as-the-user',
    thoughts: 'never',
    toolCallIds: 'any',
  });
  // Content that is null or missing is refused.
  const messages = built.messages.map((message): JsonRecord => ({ ...message, content: message.content ?? '' }));
  const warnings = [...built.warnings];
  if (toolChoice === 'required') warnings.push('OMEN cannot be told that a tool must be called; it was left free to.');
  if (limits.reasoning !== undefined) warnings.push('OMEN does not take a reasoning effort; it was left out.');
  return {
    messages,
    maxTokens: limits.maxOutputTokens,
    stops: serverStops(limits.stop, MAX_STOPS),
    // To be told that none may be called it has no words either.
    tools: toolChoice === 'none' ? [] : tools,
    forcedTool: typeof toolChoice === 'object' ? toolChoice.name : undefined,
    shape: {
      prompt: JSON.stringify([messages, tools], (key, value: unknown) => (key === 'url' ? '' : value)),
      stops: limits.stop,
      warnings,
    },
  };
}

/**
 * Frames of the providers behind it leak through and are skipped. The end of the body is the end of the answer, for some of them
 * tell no other; where none was told, a warning says so.
 */
export async function* omenParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  const seen = { text: false, end: false };
  for await (const part of openAiParts(ownEvents(events, seen), target, 'inside')) {
    if (part.type === 'finish' && !seen.end) {
      yield { type: 'warning', message: 'OMEN did not say that the answer is complete; its end may be missing.' };
    }
    yield part;
  }
}

async function* ownEvents(
  events: AsyncIterable<ServerEvent>,
  seen: { text: boolean; end: boolean },
): AsyncGenerator<ServerEvent, void, undefined> {
  for await (const event of events) {
    const json = parseJson(event.data);
    const record = asRecord(json);
    const choice = asRecord(listAt(record, 'choices')[0]);
    if (event.data.trim() === '[DONE]' || typeof choice?.['finish_reason'] === 'string') seen.end = true;
    const delta = recordAt(choice, 'delta');
    seen.text ||= (textAt(delta, 'content') ?? '') !== '' || listAt(delta, 'tool_calls').length > 0;
    // A piece that is no JSON is no frame of anybody's: something is missing there.
    const isOwn =
      json === undefined ||
      choice !== undefined ||
      (record !== undefined && ('error' in record || 'choices' in record));
    if (isOwn) yield event;
  }
  if (seen.text) yield { event: undefined, data: '[DONE]' };
}
