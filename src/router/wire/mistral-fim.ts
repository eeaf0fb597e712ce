/** Mistral's `/v1/fim/completions`; chat as everybody else's. https://docs.mistral.ai/api/#tag/fim */
import { prefixWithContext } from '../fim/context-text.ts';
import type { FimInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { ProbeCall, WireCall, WireModule } from '../wire.ts';
import { type AdaptivePost, createAdaptivePost } from './adaptive-post.ts';
import { answer } from './answer.ts';
import { versionedUrl } from './base-url.ts';
import { noFim } from './no-fim.ts';
import { listModels } from './openai.ts';
import { openChat } from './openai-chat.ts';
import { openAiParts } from './openai-events.ts';
import { type Ask, type Findings, missingModel, probeWith } from './probing.ts';
import { serverStops } from './text-filter.ts';

// Not documented; more than this is never wanted.
const MAX_STOPS = 16;
// Codestral was taught this heading for further files (facts/completions §10.1), so it may begin one.
const NEXT_FILE = '\n+++++ ';

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
    return openChat(call, versionedUrl(call.baseUrl, 'chat/completions'), {
      post,
      maxTokensField: 'max_tokens',
      maxStops: MAX_STOPS,
      order: 'prefix-first',
      holeFields: {},
    });
  }
  if (fim.type === 'none') throw noFim(call);
  // The endpoint renders the template itself, whatever family the settings name.
  return openFim(call, input, post);
}

async function openFim(
  call: WireCall,
  input: FimInput,
  post: AdaptivePost,
): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { limits } = call;
  const prompt = prefixWithContext(input, 'plus-headings');
  const stops = input.snippets.length === 0 ? limits.stop : [...limits.stop, NEXT_FILE];
  const places = serverStops(stops, MAX_STOPS);
  const { events, warnings } = await post(call, versionedUrl(call.baseUrl, 'fim/completions'), {
    model: call.model,
    prompt,
    suffix: input.suffix,
    max_tokens: limits.maxOutputTokens,
    ...(places.length === 0 ? {} : { stop: places }),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    stream: true,
  });
  return answer(call, openAiParts(events, call), { prompt: prompt + input.suffix, stops, warnings });
}

async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  // codestral.mistral.ai keeps no list.
  const models = await listModels(call, ask);
  const modelPresent = call.model === undefined || models === undefined ? undefined : models.includes(call.model);
  return {
    models: models ?? [],
    model: call.model,
    modelPresent,
    fim: { type: 'native' },
    problem: call.model !== undefined && modelPresent === false ? missingModel(call.model, models ?? []) : undefined,
  };
}
