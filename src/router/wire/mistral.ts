/** Mistral: its own endpoint for holes; chat nearly as everybody else's. https://docs.mistral.ai/api/ */
import type { StreamPart } from '../stream-part.ts';
import type { ProbeCall, WireCall, WireModule } from '../wire.ts';
import { type AdaptivePost, createAdaptivePost } from './adaptive-post.ts';
import { versionedUrl } from './base-url.ts';
import { openFim } from './mistral-fim.ts';
import { noFim } from './no-fim.ts';
import { type ChatManner, USUAL_MANNER, openChat } from './openai-chat.ts';
import { listModels } from './openai-probe.ts';
import { type Ask, type Findings, findingsOf, probeWith } from './probing.ts';

// Not documented; more than this is never wanted.
const MAX_STOPS = 16;

const manner: ChatManner = {
  ...USUAL_MANNER,
  maxTokensField: 'max_tokens',
  maxStops: MAX_STOPS,
  // A user's message right behind a tool's is refused there.
  toolImages: 'in-the-result',
  thoughts: 'piece',
  toolCallIds: 'nine-characters',
  usage: 'always',
};

export function mistralWire(): WireModule {
  const post = createAdaptivePost();
  return {
    async *stream(call) {
      yield* await open(call, post);
    },
    probe: (call) => probeWith(call, (ask) => find(call, ask)),
  };
}

function open(call: WireCall, post: AdaptivePost): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { input, fim } = call;
  if (input.type === 'chat' || fim.type === 'hole-filler') {
    return openChat(call, versionedUrl(call.baseUrl, 'chat/completions'), post, manner);
  }
  if (fim.type === 'none') throw noFim(call);
  // The endpoint renders the template itself, whatever family the settings name.
  return openFim(call, input, post, MAX_STOPS);
}

async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  // codestral.mistral.ai keeps no list.
  return findingsOf(call, await listModels(call, ask), { type: 'native' });
}
