/** What Claude is asked, for a conversation and for a hole; the shape of it is checked by Anthropic's own types. */
import type { MessageCreateParamsStreaming, TextBlockParam } from '@anthropic-ai/sdk/resources/messages';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, type HoleOrder, TAG_TOKENS, holePrompt } from '../fim/hole-filler.ts';
import type { ChatInput, FimInput } from '../model-request.ts';
import type { WireCall } from '../wire.ts';
import type { AnswerShape } from './answer.ts';
import { anthropicMessages } from './anthropic-messages.ts';

/** Without how much to think: that depends on the model. */
export interface AnthropicRequest {
  readonly body: MessageCreateParamsStreaming;
  readonly shape: AnswerShape;
}

export function anthropicChat(input: ChatInput, { model, limits }: WireCall): AnthropicRequest {
  const { system, messages, tools, toolChoice } = anthropicMessages(input);
  // A stop string of white space alone is refused; the caller gets it all the same, cut here.
  const stops = limits.stop.filter((stop) => stop.trim() !== '');
  return {
    body: {
      model,
      max_tokens: limits.maxOutputTokens,
      ...(tools.length === 0 ? {} : { tools }),
      ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
      ...(system === undefined ? {} : { system }),
      messages,
      ...(stops.length === 0 ? {} : { stop_sequences: stops }),
      stream: true,
    },
    shape: { prompt: promptText(input), stops: limits.stop },
  };
}

export function anthropicHole(input: FimInput, { model, limits }: WireCall, order: HoleOrder): AnthropicRequest {
  const prompt = holePrompt(input, order);
  const context: TextBlockParam[] =
    prompt.context === undefined
      ? []
      : // Up to here a request is the same as the last one. Below 512 tokens the mark is ignored, and costs nothing.
        [{ type: 'text', text: prompt.context, cache_control: { type: 'ephemeral' } }];
  return {
    body: {
      model,
      max_tokens: limits.maxOutputTokens + TAG_TOKENS,
      system: prompt.system,
      messages: [{ role: 'user', content: [...context, { type: 'text', text: prompt.file }] }],
      stop_sequences: [CLOSING_TAG],
      stream: true,
    },
    shape: {
      prompt: [prompt.system, prompt.context ?? '', prompt.file].join('\n'),
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
  };
}

/** For counting it, should the server not do so. Images are not text, and would be counted a thousand times too high. */
function promptText(input: ChatInput): string {
  const tools = input.tools === undefined ? [] : [JSON.stringify(input.tools)];
  const turns = input.messages.map(({ content }) =>
    JSON.stringify(content, (key, value: unknown) => (key === 'data' ? '' : value)),
  );
  return [input.system ?? '', ...tools, ...turns].join('\n');
}
