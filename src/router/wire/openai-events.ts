/** The stream that OpenAI's completions and chat completions have in common, also as others speak it. */
import type { FinishReason, StreamPart } from '../stream-part.ts';
import { type JsonRecord, asRecord, listAt, recordAt, textAt } from './json.ts';
import { type ServerEvent, eventJson } from './server-events.ts';
import type { Target } from './transport.ts';
import { openAiUsage } from './usage.ts';

/**
 * Usage comes after the finish reason, so the `finish` waits for `[DONE]`. A stream that ends without it but after a finish
 * reason is complete (some gateways leave `[DONE]` out); one without either gives no `finish`.
 */
export async function* openAiParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  let reason: FinishReason | undefined;
  for await (const { data } of events) {
    if (data.trim() === '[DONE]') {
      yield { type: 'finish', reason: reason ?? 'stop' };
      reason = undefined;
      // Read on to the end of the body: it keeps the connection.
      for await (const _rest of events) continue;
      return;
    }
    const chunk = eventJson(data, target);
    const choice = asRecord(listAt(chunk, 'choices')[0]);
    if (choice !== undefined) {
      yield* choiceParts(choice);
      reason = finishReason(textAt(choice, 'finish_reason')) ?? reason;
    }
    const usage = openAiUsage(recordAt(chunk, 'usage'));
    if (usage !== undefined) yield { type: 'usage', usage };
  }
  if (reason !== undefined) yield { type: 'finish', reason };
}

function* choiceParts(choice: JsonRecord): Generator<StreamPart> {
  const delta = recordAt(choice, 'delta');
  // DeepSeek and vLLM; OpenRouter and Ollama.
  const reasoning = textAt(delta, 'reasoning_content') ?? textAt(delta, 'reasoning') ?? '';
  if (reasoning !== '') yield { type: 'reasoning-delta', text: reasoning };
  const text = textAt(choice, 'text') ?? textAt(delta, 'content') ?? listedText(delta);
  if (text !== '') yield { type: 'text-delta', text };
}

/** Mistral may send a list of pieces, of which `thinking` is one kind. */
function listedText(delta: unknown): string {
  return listAt(delta, 'content')
    .map((piece) => (textAt(piece, 'type') === 'text' ? (textAt(piece, 'text') ?? '') : ''))
    .join('');
}

function finishReason(reason: string | undefined): FinishReason | undefined {
  switch (reason) {
    case undefined:
    case '':
      return undefined;
    case 'length':
    case 'model_length':
      return 'length';
    case 'content_filter':
      return 'refused';
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls';
    default:
      return 'stop';
  }
}
