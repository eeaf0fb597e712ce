/** OMEN over HTTP and server-sent events: what it really does is in facts/ghost-ecosystem §2.2 to §2.4. */
import type { StreamPart } from '../../stream-part.ts';
import type { ProbeCall, WireCall } from '../../wire.ts';
import { answer } from '../answer.ts';
import { serverUrl, versionedUrl } from '../base-url.ts';
import { listAt, textAt } from '../json.ts';
import type { Ask } from '../probing.ts';
import { openEvents } from '../server-events.ts';
import { omenChat, omenParts } from './chat.ts';
import { omenHints, omenTags } from './hints.ts';

/** Resolves when the server has accepted the request. */
export async function openOverHttp(call: WireCall): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { messages, maxTokens, stops, tools, forcedTool, shape } = omenChat(call, true);
  const body = {
    model: call.model,
    messages,
    max_tokens: maxTokens,
    ...(call.limits.temperature === undefined ? {} : { temperature: call.limits.temperature }),
    ...(stops.length === 0 ? {} : { stop: [...stops] }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: 'function',
            function: { name, description, parameters: inputSchema },
          })),
        }),
    // `auto` and `none` as words are refused.
    ...(forcedTool === undefined ? {} : { tool_choice: { type: 'function', function: { name: forcedTool } } }),
    stream: true,
    tags: omenTags(call),
    omen: omenHints(call),
  };
  const events = await openEvents(call, { url: versionedUrl(call.baseUrl, 'chat/completions'), body });
  return answer(call, omenParts(events, call), shape);
}

/** Throws where nobody answers, or somebody else does. Asks for no key. */
export async function checkHttpHealth(call: ProbeCall, ask: Ask): Promise<string | undefined> {
  const status = textAt(await ask({ url: serverUrl(call.baseUrl, 'health') }), 'status');
  return status === undefined || /^(?:healthy|ok|ready)$/i.test(status) ? undefined : `OMEN says that it is ${status}.`;
}

export async function listOverHttp(call: ProbeCall, ask: Ask): Promise<readonly string[]> {
  const list = await ask({ url: versionedUrl(call.baseUrl, 'models') });
  return listAt(list, 'data').flatMap((entry) => textAt(entry, 'id') ?? []);
}
