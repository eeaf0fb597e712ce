/** The typed events of OpenAI's `/v1/responses`: https://developers.openai.com/api/reference/resources/responses/streaming-events */
import { ReaperError } from '../../base/errors.ts';
import { errorInPayload, hostOf } from '../http-errors.ts';
import type { FinishReason, StreamPart } from '../stream-part.ts';
import { type JsonRecord, asRecord, countAt, listAt, recordAt, textAt } from './json.ts';
import { reasoningSignature } from './openai-responses-input.ts';
import { type ServerEvent, eventJson } from './server-events.ts';
import type { Target } from './transport.ts';
import { responsesUsage } from './usage.ts';

/** No `finish` if the stream ends before the response has. Throws for a response that failed. */
export async function* responseParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  const items = createItems();
  for await (const { event, data } of events) {
    if (data.trim() === '[DONE]') continue;
    const json = asRecord(eventJson(data, target));
    if (json === undefined) continue;
    const type = textAt(json, 'type') ?? event ?? '';
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed': {
        const response = recordAt(json, 'response');
        const usage = responsesUsage(recordAt(response, 'usage'));
        if (usage !== undefined) yield { type: 'usage', usage };
        if (type === 'response.failed') throw failed(response, target);
        yield { type: 'finish', reason: items.finish(type, response) };
        // Read on to the end of the body: it keeps the connection.
        for await (const _rest of events) continue;
        return;
      }
      default:
        // Not `yield*`, which costs a promise more for each part.
        for (const part of items.read(type, json)) yield part;
    }
  }
}

interface Items {
  read(type: string, event: JsonRecord): Generator<StreamPart>;
  finish(type: 'response.completed' | 'response.incomplete', response: JsonRecord | undefined): FinishReason;
}

/** An item of the output while it is being written. */
interface Item {
  /** Of a function call. */
  callId: string | undefined;
  hasText: boolean;
  /** Parts of a summary are paragraphs. */
  summaryIndex: number | undefined;
}

function createItems(): Items {
  const items = new Map<string, Item>();
  let called = false;
  let refused = false;

  function itemOf(event: JsonRecord): Item {
    // Gateways make up item ids, some a new one for each event; the place in the output is what they keep.
    const key = String(
      countAt(event, 'output_index') ?? textAt(event, 'item_id') ?? textAt(recordAt(event, 'item'), 'id'),
    );
    let item = items.get(key);
    if (item === undefined) {
      item = { callId: undefined, hasText: false, summaryIndex: undefined };
      items.set(key, item);
    }
    return item;
  }

  function* text(event: JsonRecord, value: string): Generator<StreamPart> {
    if (value === '') return;
    itemOf(event).hasText = true;
    yield { type: 'text-delta', text: value };
  }

  function* thought(event: JsonRecord, value: string): Generator<StreamPart> {
    if (value === '') return;
    const item = itemOf(event);
    const index = countAt(event, 'summary_index');
    const isNext = item.hasText && index !== undefined && index !== item.summaryIndex;
    item.summaryIndex = index;
    item.hasText = true;
    yield { type: 'reasoning-delta', text: isNext ? `\n\n${value}` : value };
  }

  function* call(event: JsonRecord, source: JsonRecord): Generator<StreamPart> {
    const item = itemOf(event);
    if (item.callId !== undefined) return;
    const name = textAt(source, 'name') ?? '';
    const id = textAt(source, 'call_id') || textAt(source, 'id') || '';
    if (name === '' || id === '') return;
    item.callId = id;
    called = true;
    yield { type: 'tool-call-start', id, name };
  }

  function* callJson(event: JsonRecord, json: string): Generator<StreamPart> {
    const item = itemOf(event);
    if (json === '' || item.callId === undefined) return;
    item.hasText = true;
    yield { type: 'tool-call-delta', id: item.callId, json };
  }

  /** What was not streamed stands in the finished item. */
  function* finished(event: JsonRecord, source: JsonRecord): Generator<StreamPart> {
    const item = itemOf(event);
    switch (textAt(source, 'type')) {
      case 'message': {
        const pieces = listAt(source, 'content');
        refused ||= pieces.some((piece) => textAt(piece, 'type') === 'refusal');
        if (!item.hasText)
          yield* text(event, pieces.map((piece) => textAt(piece, 'text') ?? textAt(piece, 'refusal') ?? '').join(''));
        break;
      }
      case 'reasoning': {
        const said = [...listAt(source, 'summary'), ...listAt(source, 'content')];
        if (!item.hasText) yield* thought(event, said.map((piece) => textAt(piece, 'text') ?? '').join('\n\n'));
        const signature = reasoningSignature(source);
        if (item.hasText || signature !== undefined) yield { type: 'reasoning-end', signature };
        break;
      }
      case 'function_call': {
        yield* call(event, source);
        if (item.callId === undefined) {
          yield { type: 'warning', message: 'The model called a tool without naming it; the call was left out.' };
          return;
        }
        if (textAt(source, 'status') === 'incomplete') return;
        if (!item.hasText) yield* callJson(event, textAt(source, 'arguments') || '{}');
        yield { type: 'tool-call-end', id: item.callId };
        break;
      }
      default:
    }
  }

  return {
    *read(type, event) {
      const delta = textAt(event, 'delta') ?? '';
      switch (type) {
        case 'response.output_text.delta':
          yield* text(event, delta);
          break;
        case 'response.refusal.delta':
          refused ||= delta !== '';
          yield* text(event, delta);
          break;
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          yield* thought(event, delta);
          break;
        case 'response.output_item.added': {
          const item = recordAt(event, 'item');
          if (textAt(item, 'type') === 'function_call' && item !== undefined) yield* call(event, item);
          break;
        }
        case 'response.function_call_arguments.delta':
          yield* callJson(event, delta);
          break;
        case 'response.function_call_arguments.done':
          if (!itemOf(event).hasText) yield* callJson(event, textAt(event, 'arguments') ?? '');
          break;
        case 'response.output_item.done': {
          const item = recordAt(event, 'item');
          if (item !== undefined) yield* finished(event, item);
          break;
        }
        default:
        // What says that something goes on, and what tools of the server's own do.
      }
    },
    finish(type, response) {
      if (type === 'response.incomplete') {
        return textAt(recordAt(response, 'incomplete_details'), 'reason') === 'content_filter' ? 'refused' : 'length';
      }
      if (refused) return 'refused';
      return called ? 'tool-calls' : 'stop';
    },
  };
}

function failed(response: JsonRecord | undefined, target: Target): ReaperError {
  return (
    errorInPayload(response, target) ??
    new ReaperError('overloaded', `${hostOf(target.baseUrl)} broke off its answer without saying why.`)
  );
}
