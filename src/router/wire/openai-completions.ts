/** `/v1/completions`: a hole by native suffix, or by the family's template in a raw prompt. */
import type { CompletionCreateParamsStreaming } from 'openai/resources/completions';
import { type ContextStyle, prefixWithContext } from '../fim/context-text.ts';
import { renderRawPrompt } from '../fim/templates.ts';
import type { FimInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { FimMode, WireCall } from '../wire.ts';
import type { AdaptivePost } from './adaptive-post.ts';
import { answer } from './answer.ts';
import { openAiParts } from './openai-events.ts';
import { serverStops } from './text-filter.ts';

export interface OpenAiCompletionsOptions {
  readonly post: AdaptivePost;
  readonly maxStops: number;
  /** How other files stand before the prefix where the server has a suffix of its own. */
  readonly nativeContext: ContextStyle;
}

/** How a server of this endpoint takes a hole. */
export type RawFimMode = Extract<FimMode, { type: 'native' | 'template' }>;

/** Resolves when the server has accepted the request. */
export async function openCompletions(
  call: WireCall,
  url: URL,
  input: FimInput,
  fim: RawFimMode,
  options: OpenAiCompletionsOptions,
): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { limits } = call;
  const hole = holeFor(input, fim, options.nativeContext);
  // The caller's stops first: they say what is wanted; the family's are a second line behind its end token.
  const stops = [...limits.stop, ...hole.stops];
  const places = serverStops(stops, options.maxStops);
  const body = {
    model: call.model,
    prompt: hole.prompt,
    ...(hole.suffix === undefined ? {} : { suffix: hole.suffix }),
    max_tokens: limits.maxOutputTokens,
    ...(places.length === 0 ? {} : { stop: [...places] }),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    stream: true as const,
    stream_options: { include_usage: true },
  } satisfies CompletionCreateParamsStreaming;
  const { events, warnings } = await options.post(call, url, body);
  return answer(call, openAiParts(events, call), {
    prompt: hole.prompt + (hole.suffix ?? ''),
    stops,
    warnings,
    ...(hole.restore === undefined ? {} : { restore: hole.restore }),
  });
}

interface Hole {
  readonly prompt: string;
  readonly suffix?: string;
  readonly stops: readonly string[];
  readonly restore?: (answer: string) => string;
}

function holeFor(input: FimInput, fim: RawFimMode, nativeContext: ContextStyle): Hole {
  switch (fim.type) {
    case 'native':
      return { prompt: prefixWithContext(input, nativeContext), suffix: input.suffix, stops: [] };
    case 'template':
      return renderRawPrompt(fim.family, input);
  }
}
