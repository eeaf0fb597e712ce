/** What Gemini is asked, for a conversation and for a hole, and how much it is to think: each generation has its own words for that. */
import { ReaperError } from '../../base/errors.ts';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, TAG_TOKENS, holePrompt } from '../fim/hole-filler.ts';
import type { ChatInput, FimInput, ReasoningEffort } from '../model-request.ts';
import type { WireCall } from '../wire.ts';
import type { AnswerShape } from './answer.ts';
import { type GeminiManner, geminiMessages, isGemini3 } from './gemini-messages.ts';
import type { JsonRecord } from './json.ts';
import { serverStops } from './text-filter.ts';

export interface GeminiRequest {
  readonly body: JsonRecord;
  readonly generationConfig: JsonRecord;
  readonly maxOutputTokens: number;
  readonly shape: AnswerShape;
  readonly warnings: readonly string[];
}

/** One way to say how much to think. */
export interface ThinkingWay {
  readonly config?: JsonRecord;
  /** Thinking counts as output: so much more must be allowed for it. */
  readonly extraTokens?: number;
  readonly warning?: string;
}

// https://ai.google.dev/api/generate-content#generationconfig
const MOST_STOPS = 5;
// Enough for what a model thinks about a hole at its lowest level.
const HOLE_THINKING_TOKENS = 1024;
const BUDGETS = { low: 1024, medium: 8192, high: 24_576 } as const;

export function geminiChat(input: ChatInput, { model, limits }: WireCall, manner: GeminiManner): GeminiRequest {
  const { body, warnings } = geminiMessages(input, model, manner);
  const stops = serverStops(limits.stop, MOST_STOPS);
  return {
    body,
    generationConfig: {
      ...(stops.length === 0 ? {} : { stopSequences: stops }),
      ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    },
    maxOutputTokens: limits.maxOutputTokens,
    shape: { prompt: promptText(body), stops: limits.stop },
    warnings,
  };
}

export function geminiHole(input: FimInput, { limits }: WireCall): GeminiRequest {
  const prompt = holePrompt(input, 'prefix-first');
  const texts = prompt.context === undefined ? [prompt.file] : [prompt.context, prompt.file];
  return {
    body: {
      systemInstruction: { parts: [{ text: prompt.system }] },
      contents: [{ role: 'user', parts: texts.map((text) => ({ text })) }],
    },
    generationConfig: {
      stopSequences: [CLOSING_TAG],
      ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    },
    maxOutputTokens: limits.maxOutputTokens + TAG_TOKENS,
    shape: {
      prompt: [prompt.system, ...texts].join('\n'),
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
    warnings: [],
  };
}

/** From the likeliest to saying nothing. */
export function thinkingWays(model: string, reasoning: ReasoningEffort | undefined): readonly ThinkingWay[] {
  const isNew = isGemini3(model);
  switch (reasoning) {
    case undefined:
      return [{}];
    case 'none':
      return isNew
        ? [
            { config: { thinkingLevel: 'minimal' }, extraTokens: HOLE_THINKING_TOKENS },
            // The larger ones know no less than this.
            { config: { thinkingLevel: 'low' }, extraTokens: HOLE_THINKING_TOKENS },
            { extraTokens: HOLE_THINKING_TOKENS },
          ]
        : [
            { config: { thinkingBudget: 0 } },
            // The least of 2.5 Pro.
            { config: { thinkingBudget: 128 }, extraTokens: HOLE_THINKING_TOKENS },
            {},
          ];
    case 'low':
    case 'medium':
    case 'high': {
      const thought = isNew ? { thinkingLevel: reasoning } : { thinkingBudget: BUDGETS[reasoning] };
      // Gemini 3 Pro knows low and high only.
      const more: readonly ThinkingWay[] =
        isNew && reasoning === 'medium' ? [{ config: { thinkingLevel: 'high', includeThoughts: true } }] : [];
      const nothing = { warning: 'does not take a reasoning effort; it was left out.' };
      return [{ config: { ...thought, includeThoughts: true } }, ...more, nothing];
    }
  }
}

export function refusesThinking(error: unknown): boolean {
  return error instanceof ReaperError && error.status === 400 && /thinking|include_?thoughts/i.test(error.message);
}

export function bodyOf(request: GeminiRequest, way: ThinkingWay): JsonRecord {
  return {
    ...request.body,
    generationConfig: {
      ...request.generationConfig,
      maxOutputTokens: request.maxOutputTokens + (way.extraTokens ?? 0),
      ...(way.config === undefined ? {} : { thinkingConfig: way.config }),
    },
  };
}

/** For counting it, should the server not do so. Images are not text, and would be counted a thousand times too high. */
function promptText(body: JsonRecord): string {
  return JSON.stringify(body, (key, value: unknown) => (key === 'inlineData' ? '' : value));
}
