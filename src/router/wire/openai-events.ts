/** The stream that OpenAI's completions and chat completions have in common, also as others speak it. */
import { ReaperError } from '../../base/errors.ts';
import { errorInPayload, hostOf } from '../http-errors.ts';
import type { FinishReason, StreamPart } from '../stream-part.ts';
import { type JsonRecord, asRecord, listAt, recordAt, textAt } from './json.ts';
import { type ServerEvent, eventJson } from './server-events.ts';
import { createReasoningDetails } from './reasoning-details.ts';
import { createToolCalls } from './tool-calls.ts';
import type { Target } from './transport.ts';
import { openAiUsage, type ReasoningCount } from './usage.ts';

/**
 * Usage comes after the finish reason, so the `finish` waits for `[DONE]`. A stream that ends without it but after a finish
 * reason is complete (some gateways leave `[DONE]` out); one without either gives no `finish`.
 */
export async function* openAiParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
  reasoningCount: ReasoningCount = 'inside',
): AsyncGenerator<StreamPart, void, undefined> {
  const reader = createChoiceReader(target);
  for await (const { data } of events) {
    if (data.trim() === '[DONE]') {
      for (const part of reader.end('stop')) yield part;
      // Read on to the end of the body: it keeps the connection.
      for await (const _rest of events) continue;
      return;
    }
    const chunk = eventJson(data, target);
    const choice = asRecord(listAt(chunk, 'choices')[0]);
    // Not `yield*`, which costs a promise more for each part.
    if (choice !== undefined) for (const part of reader.read(choice)) yield part;
    // Groq and Moonshot have places of their own for it.
    const told = recordAt(chunk, 'usage') ?? recordAt(recordAt(chunk, 'x_groq'), 'usage') ?? recordAt(choice, 'usage');
    const usage = openAiUsage(told, reasoningCount);
    if (usage !== undefined) yield { type: 'usage', usage };
  }
  for (const part of reader.end(undefined)) yield part;
}

interface ChoiceReader {
  read(choice: JsonRecord): Generator<StreamPart>;
  /** Without a reason of the server's or this one there is no `finish`. */
  end(reason: FinishReason | undefined): Generator<StreamPart>;
}

function createChoiceReader(target: Target): ChoiceReader {
  const calls = createToolCalls();
  const details = createReasoningDetails();
  let reason: FinishReason | undefined;
  let refused = false;
  let thinking = false;
  let signature: string | undefined;

  function* thoughtEnd(): Generator<StreamPart> {
    const sealed = details.seal() ?? signature;
    if (!thinking && sealed === undefined) return;
    thinking = false;
    signature = undefined;
    yield { type: 'reasoning-end', signature: sealed };
  }

  return {
    *read(choice) {
      const delta = recordAt(choice, 'delta');
      const thought = thoughtIn(delta);
      signature = thought.signature ?? signature;
      details.push(listAt(delta, 'reasoning_details'));
      if (thought.text !== '') {
        thinking = true;
        yield { type: 'reasoning-delta', text: thought.text };
      }
      const refusal = textAt(delta, 'refusal') ?? '';
      refused ||= refusal !== '';
      const text = (textAt(choice, 'text') ?? textAt(delta, 'content') ?? listedText(delta)) + refusal;
      const pieces = listAt(delta, 'tool_calls');
      if (text !== '' || pieces.length > 0) yield* thoughtEnd();
      if (text !== '') yield { type: 'text-delta', text };
      for (const piece of pieces) yield* calls.push(piece);
      reason = finishReason(choice, target) ?? reason;
    },
    *end(byDefault) {
      const told = reason ?? byDefault;
      reason = undefined;
      if (told === undefined) return;
      yield* thoughtEnd();
      // Several servers call tools and then say `stop`.
      const final = told !== 'stop' ? told : refused ? 'refused' : calls.any ? 'tool-calls' : 'stop';
      yield* calls.end(final === 'tool-calls' ? 'whole' : 'cut');
      yield { type: 'finish', reason: final };
    },
  };
}

interface Thought {
  readonly text: string;
  readonly signature: string | undefined;
}

/** DeepSeek and vLLM; OpenRouter and Ollama; Mistral, which sends a list of pieces. */
function thoughtIn(delta: JsonRecord | undefined): Thought {
  const text = textAt(delta, 'reasoning_content') ?? textAt(delta, 'reasoning');
  if (text !== undefined) return { text, signature: undefined };
  const pieces = listAt(delta, 'content').filter((piece) => textAt(piece, 'type') === 'thinking');
  return {
    text: pieces.flatMap((piece) => [textAt(piece, 'thinking') ?? '', ...textsIn(listAt(piece, 'thinking'))]).join(''),
    signature: pieces.map((piece) => textAt(piece, 'signature')).find((found) => found !== undefined),
  };
}

function listedText(delta: unknown): string {
  return textsIn(listAt(delta, 'content')).join('');
}

function textsIn(pieces: readonly unknown[]): readonly string[] {
  return pieces.map((piece) => (textAt(piece, 'type') === 'text' ? (textAt(piece, 'text') ?? '') : ''));
}

/** Throws for an answer that the server gave up. */
function finishReason(choice: JsonRecord, target: Target): FinishReason | undefined {
  const reason = textAt(choice, 'finish_reason');
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
    // OpenRouter and Mistral; DeepSeek.
    case 'error':
    case 'insufficient_system_resource':
      throw (
        errorInPayload(choice, target) ??
        new ReaperError('overloaded', `${hostOf(target.baseUrl)} broke off its answer (${reason}).`)
      );
    default:
      return 'stop';
  }
}
