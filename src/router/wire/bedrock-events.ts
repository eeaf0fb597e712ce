/** The stream of Converse: Amazon's binary frames, decoded by the SDK's own codec, as stream parts. */
import type { BedrockRuntimeClientResolvedConfig } from '@aws-sdk/client-bedrock-runtime';
import { ReaperError } from '../../base/errors.ts';
import { hostOf, reaperErrorWithin } from '../http-errors.ts';
import type { FinishReason, StreamPart, TokenUsage } from '../stream-part.ts';
import { bedrockStreamError } from './bedrock-errors.ts';
import { countAt, type JsonRecord, asRecord, parseJson, recordAt, textAt } from './json.ts';
import { byteChunks, notTheProtocol, type Target } from './transport.ts';

export type FrameCodec = BedrockRuntimeClientResolvedConfig['eventStreamMarshaller'];

// A frame holds a few words of the answer; more than this is either a fault or an attack on our memory.
const MAX_FRAME_BYTES = 1024 * 1024;
// Lengths of frame and headers, three checksums: a frame cannot be shorter.
const MIN_FRAME_BYTES = 16;

/** Ends with a `finish` if the stream came to its end. What is not known yet is skipped. */
export async function* bedrockParts(
  response: Response,
  codec: FrameCodec,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (/html|xml|json/.test(type)) {
    response.body?.cancel().catch(() => undefined);
    throw notTheProtocol(response, target);
  }
  let reason: FinishReason | undefined;
  const tools = new Map<number, string>();
  for await (const [name, event] of eventsOf(response, codec, target)) {
    switch (name) {
      case 'contentBlockStart': {
        const tool = recordAt(recordAt(event, 'start'), 'toolUse');
        const id = textAt(tool, 'toolUseId');
        if (id !== undefined) {
          tools.set(countAt(event, 'contentBlockIndex') ?? 0, id);
          yield { type: 'tool-call-start', id, name: textAt(tool, 'name') ?? '' };
        }
        break;
      }
      case 'contentBlockDelta':
        yield* deltaParts(recordAt(event, 'delta'), tools.get(countAt(event, 'contentBlockIndex') ?? 0));
        break;
      case 'contentBlockStop': {
        const index = countAt(event, 'contentBlockIndex') ?? 0;
        const id = tools.get(index);
        tools.delete(index);
        if (id !== undefined) yield { type: 'tool-call-end', id };
        break;
      }
      case 'messageStop':
        reason = finishReason(textAt(event, 'stopReason'));
        break;
      case 'metadata': {
        const usage = usageOf(recordAt(event, 'usage'));
        if (usage !== undefined) yield { type: 'usage', usage };
        break;
      }
      default:
        break;
    }
  }
  if (reason !== undefined) yield { type: 'finish', reason };
}

function* deltaParts(delta: JsonRecord | undefined, toolCallId: string | undefined): Generator<StreamPart> {
  const text = textAt(delta, 'text') ?? '';
  if (text !== '') yield { type: 'text-delta', text };
  const json = textAt(recordAt(delta, 'toolUse'), 'input') ?? '';
  if (json !== '' && toolCallId !== undefined) yield { type: 'tool-call-delta', id: toolCallId, json };
  const reasoning = recordAt(delta, 'reasoningContent');
  const thought = textAt(reasoning, 'text') ?? '';
  if (thought !== '') yield { type: 'reasoning-delta', text: thought };
  // Bytes that only Bedrock can read; without a text they are told from a signature when they go back.
  const signature = textAt(reasoning, 'signature') ?? textAt(reasoning, 'redactedContent');
  if (signature !== undefined) yield { type: 'reasoning-end', signature };
}

function finishReason(reason: string | undefined): FinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool-calls';
    case 'guardrail_intervened':
    case 'content_filtered':
      return 'refused';
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return 'interrupted';
    default:
      return 'stop';
  }
}

/** Cached tokens are counted beside the input (facts/router §3.4), reasoning inside the output. */
function usageOf(usage: JsonRecord | undefined): TokenUsage | undefined {
  const input = countAt(usage, 'inputTokens');
  const output = countAt(usage, 'outputTokens');
  if (input === undefined && output === undefined) return undefined;
  return {
    inputUncached: input ?? 0,
    inputCacheRead: countAt(usage, 'cacheReadInputTokens') ?? 0,
    inputCacheWrite: countAt(usage, 'cacheWriteInputTokens') ?? 0,
    output: output ?? 0,
    reasoning: 0,
    estimated: false,
  };
}

async function* eventsOf(
  response: Response,
  codec: FrameCodec,
  target: Target,
): AsyncGenerator<readonly [name: string, event: JsonRecord], void, undefined> {
  const decode = (message: Readonly<Record<string, { readonly body: Uint8Array }>>): Promise<JsonRecord> => {
    const decoded = Object.entries(message).map(([name, { body }]) => {
      const json = parseJson(new TextDecoder().decode(body));
      // The codec throws what it gets for an exception, and gives the rest.
      return [name, isException(name) ? bedrockStreamError(name, json, target) : json] as const;
    });
    return Promise.resolve(Object.fromEntries(decoded));
  };
  const frames = framesOf(response, target);
  try {
    for await (const event of codec.deserialize<JsonRecord>(frames, decode)) {
      for (const [name, json] of Object.entries(event)) {
        const record = asRecord(json);
        if (record === undefined) throw new Error(`${name} is no JSON object`);
        yield [name, record];
      }
    }
  } catch (error) {
    const known = reaperErrorWithin(error);
    if (known !== undefined) throw known;
    if (error instanceof Error && error.name !== 'Error' && error.name !== 'TypeError') {
      // An error that has no model in the protocol: its name is its code.
      throw bedrockStreamError(error.name, { message: error.message }, target);
    }
    throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent a piece that cannot be read.`, {
      cause: error,
    });
  } finally {
    // The codec does not tell its source when it is left.
    frames.return().catch(() => undefined);
  }
}

function isException(name: string): boolean {
  return name.endsWith('Exception');
}

/** One frame at a time, and never one that claims more than it may: the codec believes the length that it reads. */
async function* framesOf(response: Response, target: Target): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of byteChunks(response, target)) {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= 4) {
      const length = held.readUInt32BE(at);
      if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) {
        throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent a piece that is no answer of a model.`);
      }
      if (held.length - at < length) break;
      yield held.subarray(at, at + length);
      at += length;
    }
    held = held.subarray(at);
  }
}
