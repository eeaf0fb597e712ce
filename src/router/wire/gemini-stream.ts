/** One call in Gemini's protocol, wherever it runs. */
import type { Wire, WireCall } from '../wire.ts';
import { answer } from './answer.ts';
import { geminiParts } from './gemini-events.ts';
import type { GeminiManner } from './gemini-messages.ts';
import { bodyOf, geminiChat, geminiHole, type GeminiRequest, refusesThinking, thinkingWays } from './gemini-request.ts';
import type { JsonRecord } from './json.ts';
import { noFim } from './no-fim.ts';
import { serverEvents } from './server-events.ts';

export interface GeminiStreamOptions extends GeminiManner {
  /** Sends the request to wherever the model is. Resolves when it was accepted; throws `ReaperError` for everything else. */
  readonly send: (call: WireCall, body: JsonRecord) => Promise<Response>;
}

export function geminiStream(options: GeminiStreamOptions): Wire {
  /** Per address and model: the first way to speak of thinking that was not refused. */
  const learned = new Map<string, number>();

  async function open(
    call: WireCall,
    request: GeminiRequest,
  ): Promise<{ readonly response: Response; readonly warnings: readonly string[] }> {
    // A hole must be filled at once.
    const reasoning = call.input.type === 'chat' ? call.limits.reasoning : 'none';
    const ways = thinkingWays(call.model, reasoning);
    const key = `${call.baseUrl} ${Object.values(call.options).join(' ')} ${call.model} ${reasoning ?? ''}`;
    for (let index = learned.get(key) ?? 0; ; index++) {
      const way = ways[index] ?? {};
      try {
        const response = await options.send(call, bodyOf(request, way));
        learned.set(key, index);
        return { response, warnings: way.warning === undefined ? [] : [`${call.model} ${way.warning}`] };
      } catch (error) {
        if (index >= ways.length - 1 || !refusesThinking(error)) throw error;
      }
    }
  }

  return async function* stream(call) {
    const { input } = call;
    if (input.type === 'fim' && call.fim.type === 'none') throw noFim(call);
    const request = input.type === 'chat' ? geminiChat(input, call, options) : geminiHole(input, call);
    const { response, warnings } = await open(call, request);
    const events = await serverEvents(response, call);
    yield* answer(call, geminiParts(events, call), {
      ...request.shape,
      warnings: [...request.warnings, ...warnings],
    });
  };
}
