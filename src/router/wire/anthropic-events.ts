/** The events of Anthropic's message stream. */
import type { FinishReason, StreamPart } from '../stream-part.ts';
import { type JsonRecord, recordAt, textAt } from './json.ts';
import { type ServerEvent, eventJson } from './server-events.ts';
import type { Target } from './transport.ts';
import { anthropicUsage } from './usage.ts';

/** `ping` and whatever is not known yet is skipped. Without `message_stop` there is no `finish`. */
export async function* anthropicParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  let reason: FinishReason = 'stop';
  let counts: JsonRecord = {};
  for await (const { data } of events) {
    const event = eventJson(data, target);
    switch (textAt(event, 'type')) {
      case 'message_start': {
        counts = known(recordAt(recordAt(event, 'message'), 'usage'));
        const usage = anthropicUsage(counts);
        // The input's count is final and comes first; the output's is only a beginning.
        if (usage !== undefined) yield { type: 'usage', usage: { ...usage, output: 0, estimated: true } };
        break;
      }
      case 'content_block_delta': {
        const delta = recordAt(event, 'delta');
        const text = textAt(delta, 'text') ?? '';
        const thinking = textAt(delta, 'thinking') ?? '';
        if (thinking !== '') yield { type: 'reasoning-delta', text: thinking };
        if (text !== '') yield { type: 'text-delta', text };
        break;
      }
      case 'message_delta':
        counts = { ...counts, ...known(recordAt(event, 'usage')) };
        reason = finishReason(textAt(recordAt(event, 'delta'), 'stop_reason')) ?? reason;
        break;
      case 'message_stop': {
        const usage = anthropicUsage(counts);
        if (usage !== undefined) yield { type: 'usage', usage };
        yield { type: 'finish', reason };
        break;
      }
      default:
        break;
    }
  }
}

/** Later counts take the place of earlier ones, unless they are `null`: "not repeated". */
function known(usage: JsonRecord | undefined): JsonRecord {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null));
}

function finishReason(reason: string | undefined): FinishReason | undefined {
  switch (reason) {
    case undefined:
      return undefined;
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool-calls';
    case 'refusal':
      return 'refused';
    default:
      return 'stop';
  }
}
