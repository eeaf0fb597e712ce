/** Mistral's `/v1/fim/completions`. https://docs.mistral.ai/api/#tag/fim */
import { prefixWithContext } from '../fim/context-text.ts';
import type { FimInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { WireCall } from '../wire.ts';
import type { AdaptivePost } from './adaptive-post.ts';
import { answer } from './answer.ts';
import { versionedUrl } from './base-url.ts';
import { openAiParts } from './openai-events.ts';
import { serverStops } from './text-filter.ts';

// Codestral was taught this heading for further files (facts/completions §10.1), so it may begin one.
const NEXT_FILE = '\n+++++ ';

/** Resolves when the server has accepted the request. */
export async function openFim(
  call: WireCall,
  input: FimInput,
  post: AdaptivePost,
  maxStops: number,
): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { limits } = call;
  const prompt = prefixWithContext(input, 'plus-headings');
  const stops = input.snippets.length === 0 ? limits.stop : [...limits.stop, NEXT_FILE];
  const places = serverStops(stops, maxStops);
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
