/** OpenAI's `/v1/responses`: chat where the model's reasoning survives from turn to turn. The server is told to keep nothing. */
import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import type { ChatInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { WireCall } from '../wire.ts';
import type { AdaptivePost } from './adaptive-post.ts';
import { answer } from './answer.ts';
import { responseParts } from './openai-responses-events.ts';
import { responseItems, responseTools } from './openai-responses-input.ts';

/** Resolves when the server has accepted the request. There are no stop strings in this protocol: they are cut here. */
export async function openResponse(
  call: WireCall,
  url: URL,
  input: ChatInput,
  post: AdaptivePost,
): Promise<AsyncGenerator<StreamPart, void, undefined>> {
  const { limits } = call;
  const items = responseItems(input);
  const tools = responseTools(input);
  const body = {
    model: call.model,
    ...(input.system === undefined ? {} : { instructions: input.system }),
    input: items,
    ...tools,
    // Of 16 at least, or the request is refused.
    max_output_tokens: Math.max(16, limits.maxOutputTokens),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    reasoning: { ...(limits.reasoning === undefined ? {} : { effort: limits.reasoning }), summary: 'auto' as const },
    include: ['reasoning.encrypted_content' as const],
    store: false,
    stream: true as const,
  } satisfies ResponseCreateParamsStreaming;
  const { events, warnings } = await post(call, url, body);
  return answer(call, responseParts(events, call), {
    prompt: promptText(input.system, items, tools),
    stops: limits.stop,
    warnings,
  });
}

/** All that is read, to count it where the server does not; of images and of what is encrypted their place only. */
function promptText(...all: readonly unknown[]): string {
  return JSON.stringify(all, (key, value: unknown) =>
    key === 'image_url' || key === 'encrypted_content' ? '' : value,
  );
}
