/** The events of Anthropic's message stream. */
import { ReaperError } from '../../base/errors.ts';
import { hostOf } from '../http-errors.ts';
import type { FinishReason, StreamPart } from '../stream-part.ts';
import { REDACTED } from './anthropic-messages.ts';
import { type JsonRecord, asRecord, countAt, parseJson, recordAt, textAt } from './json.ts';
import { type ServerEvent, eventJson } from './server-events.ts';
import type { Target } from './transport.ts';
import { anthropicUsage } from './usage.ts';

/** `ping` and whatever is not known yet is skipped. Without `message_stop` there is no `finish`. */
export async function* anthropicParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  const blocks = new OpenBlocks(target);
  let reason: FinishReason = 'stop';
  let counts: JsonRecord = {};
  for await (const { data } of events) {
    const event = eventJson(data, target);
    switch (textAt(event, 'type')) {
      case 'message_start': {
        counts = known(recordAt(recordAt(event, 'message'), 'usage'));
        const usage = anthropicUsage(counts);
        // The input's count is final and comes first; the output's is only a beginning.
        if (usage !== undefined) yield { type: 'usage', usage: { ...usage, output: 0, reasoning: 0, estimated: true } };
        break;
      }
      case 'content_block_start':
        yield* blocks.start(countAt(event, 'index'), recordAt(event, 'content_block'));
        break;
      case 'content_block_delta':
        yield* blocks.add(countAt(event, 'index'), recordAt(event, 'delta'));
        break;
      case 'content_block_stop':
        yield* blocks.stop(countAt(event, 'index'));
        break;
      case 'message_delta': {
        const delta = recordAt(event, 'delta');
        counts = { ...counts, ...known(recordAt(event, 'usage')) };
        reason = finishReason(textAt(delta, 'stop_reason')) ?? reason;
        const explanation = textAt(recordAt(delta, 'stop_details'), 'explanation');
        if (explanation !== undefined) yield { type: 'warning', message: explanation };
        break;
      }
      case 'message_stop': {
        yield* blocks.stopAll(reason);
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

type Block =
  | { readonly type: 'tool'; readonly id: string; readonly input: JsonRecord | undefined; json: string }
  | { readonly type: 'thinking'; signature: string | undefined };

/** What has begun and not ended yet. Blocks of server tools and of kinds to come are not among them. */
class OpenBlocks {
  readonly #blocks = new Map<number | undefined, Block>();
  /** Calls whose arguments are no JSON. */
  readonly #broken: string[] = [];
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  *start(index: number | undefined, block: unknown): Generator<StreamPart> {
    // An index that is used again: the end of the former block got lost.
    yield* this.stop(index);
    switch (textAt(block, 'type')) {
      case 'tool_use': {
        const id = textAt(block, 'id') ?? '';
        const name = textAt(block, 'name') ?? '';
        if (id === '' || name === '') {
          throw new ReaperError('bad-response', `${hostOf(this.#target.baseUrl)} called a tool without naming it.`);
        }
        this.#blocks.set(index, { type: 'tool', id, input: asRecord(recordAt(block, 'input')), json: '' });
        yield { type: 'tool-call-start', id, name };
        break;
      }
      case 'redacted_thinking': {
        const data = textAt(block, 'data');
        this.#blocks.set(index, { type: 'thinking', signature: data === undefined ? undefined : REDACTED + data });
        break;
      }
      case 'thinking': {
        const signature = textAt(block, 'signature') ?? '';
        this.#blocks.set(index, { type: 'thinking', signature: signature === '' ? undefined : signature });
        yield* reasoning(textAt(block, 'thinking'));
        break;
      }
      case 'text':
        yield* text(textAt(block, 'text'));
        break;
      default:
        break;
    }
  }

  *add(index: number | undefined, delta: unknown): Generator<StreamPart> {
    switch (textAt(delta, 'type')) {
      case 'text_delta':
        yield* text(textAt(delta, 'text'));
        break;
      case 'thinking_delta':
        this.#thought(index);
        yield* reasoning(textAt(delta, 'thinking'));
        break;
      case 'signature_delta': {
        const block = this.#thought(index);
        if (block !== undefined) block.signature = (block.signature ?? '') + (textAt(delta, 'signature') ?? '');
        break;
      }
      case 'input_json_delta': {
        const block = this.#blocks.get(index);
        const json = textAt(delta, 'partial_json') ?? '';
        if (block?.type !== 'tool' || json === '') break;
        block.json += json;
        yield { type: 'tool-call-delta', id: block.id, json };
        break;
      }
      default:
        break;
    }
  }

  *stop(index: number | undefined): Generator<StreamPart> {
    const block = this.#blocks.get(index);
    if (block === undefined) return;
    this.#blocks.delete(index);
    if (block.type === 'thinking') {
      yield { type: 'reasoning-end', signature: block.signature };
      return;
    }
    // A call without arguments has no pieces, or some gateways send all of it at once.
    if (block.json === '') yield { type: 'tool-call-delta', id: block.id, json: JSON.stringify(block.input ?? {}) };
    // What broke off at the answer's limit is not to be run; what the model wrote wrong is to be answered.
    else if (parseJson(block.json) === undefined) {
      this.#broken.push(block.id);
      return;
    }
    yield { type: 'tool-call-end', id: block.id };
  }

  *stopAll(reason: FinishReason): Generator<StreamPart> {
    for (const index of [...this.#blocks.keys()]) yield* this.stop(index);
    if (reason !== 'tool-calls') return;
    for (const id of this.#broken.splice(0)) yield { type: 'tool-call-end', id };
  }

  /** The block of a thought, also of one whose beginning got lost. */
  #thought(index: number | undefined): Extract<Block, { type: 'thinking' }> | undefined {
    const block = this.#blocks.get(index);
    if (block !== undefined) return block.type === 'thinking' ? block : undefined;
    const begun: Block = { type: 'thinking', signature: undefined };
    this.#blocks.set(index, begun);
    return begun;
  }
}

function* text(value: string | undefined): Generator<StreamPart> {
  if (value !== undefined && value !== '') yield { type: 'text-delta', text: value };
}

function* reasoning(value: string | undefined): Generator<StreamPart> {
  if (value !== undefined && value !== '') yield { type: 'reasoning-delta', text: value };
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
    // A tool of the server's own wants more time; none is asked for, and what came is not the whole answer.
    case 'pause_turn':
      return 'interrupted';
    default:
      return 'stop';
  }
}
