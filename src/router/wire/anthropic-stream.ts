/** One call in Anthropic's protocol, wherever Claude runs: asked in the manners of the model, read part by part. */
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages';
import type { HoleOrder } from '../fim/hole-filler.ts';
import type { ReasoningEffort } from '../model-request.ts';
import type { Wire, WireCall } from '../wire.ts';
import { answer } from './answer.ts';
import { anthropicParts } from './anthropic-events.ts';
import {
  type Adapted,
  adapt,
  FIRST_MANNERS,
  type Manners,
  mannersKey,
  nextManners,
  refusesThoughts,
  thoughtsIn,
  withoutThoughts,
} from './anthropic-manners.ts';
import { anthropicChat, anthropicHole } from './anthropic-request.ts';
import { noFim } from './no-fim.ts';
import { serverEvents } from './server-events.ts';

export interface AnthropicStreamOptions {
  readonly order: HoleOrder;
  /** Sends the request to wherever the model is. Resolves when it was accepted; throws `ReaperError` for everything else. */
  readonly send: (call: WireCall, body: MessageCreateParamsStreaming) => Promise<Response>;
}

// Thinking has four ways, forced tools two, thoughts two.
const MOST_REQUESTS = 6;
// Some kilobytes each; more than the turns of any conversation.
const MOST_THOUGHTS = 200;

export function anthropicStream({ order, send }: AnthropicStreamOptions): Wire {
  const learned = new Map<string, Manners>();
  /** Thoughts that were not taken back, by model: a conversation brings them along at every turn. */
  const refused = new Map<string, ReadonlySet<string>>();

  async function open(
    call: WireCall,
    asked: MessageCreateParamsStreaming,
    reasoning: ReasoningEffort | undefined,
  ): Promise<Pick<Adapted, 'warnings'> & { readonly response: Response }> {
    const key = mannersKey(call, reasoning);
    let manners = learned.get(key) ?? FIRST_MANNERS;
    const strange = refused.get(call.model) ?? new Set<string>();
    let body = strange.size === 0 ? asked : withoutThoughts(asked, strange);
    let forgotten: readonly string[] = [];
    let dropped: readonly string[] = [];
    for (let count = 1; ; count++) {
      const adapted = adapt(body, reasoning, manners);
      try {
        const response = await send(call, adapted.body);
        learned.set(key, manners);
        // Without them it went well, so it was them.
        if (dropped.length > 0) refused.set(call.model, remember(strange, dropped));
        return { response, warnings: [...adapted.warnings, ...forgotten] };
      } catch (error) {
        if (count === MOST_REQUESTS) throw error;
        if (refusesThoughts(error, adapted.body)) {
          dropped = thoughtsIn(body);
          body = withoutThoughts(body);
          forgotten = [`${call.model} did not take its earlier thoughts back; it goes on without them.`];
          continue;
        }
        const next = nextManners(error, adapted.body, reasoning, manners);
        if (next === undefined) throw error;
        manners = next;
      }
    }
  }

  return async function* stream(call) {
    const { input, limits } = call;
    if (input.type === 'fim' && call.fim.type === 'none') throw noFim(call);
    const request = input.type === 'chat' ? anthropicChat(input, call) : anthropicHole(input, call, order);
    // A hole must be filled at once.
    const reasoning = input.type === 'chat' ? limits.reasoning : 'none';
    const { response, warnings } = await open(call, request.body, reasoning);
    const events = await serverEvents(response, call);
    yield* answer(call, anthropicParts(events, call), {
      ...request.shape,
      warnings: [...warningsFor(call), ...warnings],
    });
  };
}

function remember(strange: ReadonlySet<string>, thoughts: readonly string[]): ReadonlySet<string> {
  return new Set(strange.size + thoughts.length > MOST_THOUGHTS ? thoughts : [...strange, ...thoughts]);
}

/** Gone from the protocol since 2026-10-21 (facts/dependencies §0.3). */
function warningsFor({ model, limits }: WireCall): readonly string[] {
  return limits.temperature === undefined ? [] : [`${model} does not take a temperature; it was left out.`];
}
