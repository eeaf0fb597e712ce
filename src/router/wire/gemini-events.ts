/** The chunks of Gemini's `streamGenerateContent`. https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
import { randomUUID } from 'node:crypto';
import { ReaperError } from '../../base/errors.ts';
import { hostOf } from '../http-errors.ts';
import type { FinishReason, StreamPart } from '../stream-part.ts';
import { asRecord, listAt, recordAt, textAt } from './json.ts';
import { type ServerEvent, eventJson } from './server-events.ts';
import type { Target } from './transport.ts';
import { geminiUsage } from './usage.ts';

/** There is no last word: a stream that ends after a finish reason is complete, one without it gives no `finish`. */
export async function* geminiParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  const content = new Content();
  let reason: string | undefined;
  let usage: unknown;
  let toldUsage = false;
  for await (const { data } of events) {
    const chunk = eventJson(data, target);
    const candidate = asRecord(listAt(chunk, 'candidates')[0]);
    usage = recordAt(chunk, 'usageMetadata') ?? usage;
    const early = toldUsage ? undefined : geminiUsage(usage);
    if (early !== undefined) {
      toldUsage = true;
      // The input's count is final and comes first; the output's is only a beginning.
      yield { type: 'usage', usage: { ...early, output: 0, reasoning: 0, estimated: true } };
    }
    for (const part of listAt(recordAt(candidate, 'content'), 'parts')) yield* content.add(part);
    reason = textAt(candidate, 'finishReason') ?? reason;
    const blocked = textAt(recordAt(chunk, 'promptFeedback'), 'blockReason');
    if (blocked !== undefined && candidate === undefined) {
      yield { type: 'warning', message: `Gemini did not look at the request (${blocked.slice(0, 40)}).` };
      reason = BLOCKED;
    }
  }
  yield* content.thoughtEnd();
  if (reason === undefined) return;
  const finish = finishOf(reason, content.hasCalls, target);
  const last = geminiUsage(usage);
  if (last !== undefined) yield { type: 'usage', usage: last };
  yield { type: 'finish', reason: finish };
}

const BLOCKED = 'PROHIBITED_CONTENT';

class Content {
  hasCalls = false;
  #isThinking = false;

  *add(part: unknown): Generator<StreamPart> {
    const text = textAt(part, 'text') ?? '';
    if (asRecord(part)?.['thought'] === true) {
      if (text === '') return;
      this.#isThinking = true;
      yield { type: 'reasoning-delta', text };
      return;
    }
    const call = recordAt(part, 'functionCall');
    if (call === undefined) {
      if (text === '') return;
      yield* this.thoughtEnd();
      yield { type: 'text-delta', text };
      return;
    }
    const name = textAt(call, 'name') ?? '';
    if (name === '') return;
    yield* this.thoughtEnd();
    this.hasCalls = true;
    // Older models and Vertex give none; ours must not come up again in the same conversation.
    const id = textAt(call, 'id') || `call_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
    const signature = textAt(part, 'thoughtSignature') ?? textAt(part, 'thought_signature');
    yield { type: 'tool-call-start', id, name };
    yield { type: 'tool-call-delta', id, json: JSON.stringify(asRecord(call['args']) ?? {}) };
    yield { type: 'tool-call-end', id, ...(signature === undefined ? {} : { signature }) };
  }

  *thoughtEnd(): Generator<StreamPart> {
    if (!this.#isThinking) return;
    this.#isThinking = false;
    // The signature that counts comes with the call.
    yield { type: 'reasoning-end', signature: undefined };
  }
}

/** Throws for an answer that is none. */
function finishOf(reason: string, hasCalls: boolean, target: Target): FinishReason {
  switch (reason) {
    case 'MAX_TOKENS':
      return 'length';
    case 'SAFETY':
    case 'RECITATION':
    case 'LANGUAGE':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
      return 'refused';
    case 'MALFORMED_FUNCTION_CALL':
    case 'MALFORMED_RESPONSE':
    case 'UNEXPECTED_TOOL_CALL':
    case 'MISSING_THOUGHT_SIGNATURE':
      // Written anew it is usually well-formed.
      throw new ReaperError(
        'bad-response',
        `The model at ${hostOf(target.baseUrl)} wrote a tool call that cannot be read.`,
        {
          retryable: reason === 'MALFORMED_FUNCTION_CALL' || reason === 'MALFORMED_RESPONSE',
        },
      );
    default:
      return hasCalls ? 'tool-calls' : 'stop';
  }
}
