/**
 * Ollama's own protocol: `/api/generate` for holes, `/api/chat` for the rest. https://docs.ollama.com/api
 * Written by hand: the `ollama` package brings a polyfill that replaces nothing we need, and keeps the abort to itself.
 */
import { ReaperError } from '../../base/errors.ts';
import { breakUpInput } from '../fim/break-up.ts';
import { prefixWithContext } from '../fim/context-text.ts';
import { familyOf } from '../fim/families.ts';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, TAG_TOKENS, holePrompt, holeQuestion } from '../fim/hole-filler.ts';
import { allControlTokens, renderRawPrompt, templates } from '../fim/templates.ts';
import type { ChatInput, FimInput } from '../model-request.ts';
import type { FimMode, WireCall, WireModule } from '../wire.ts';
import { type AnswerShape, answer } from './answer.ts';
import { serverUrl } from './base-url.ts';
import type { JsonRecord } from './json.ts';
import { noFim } from './no-fim.ts';
import { moreLacks, NO_LACKS, ollamaChat, type OllamaLacks } from './ollama-chat.ts';
import { ollamaParts } from './ollama-events.ts';
import { loadOllamaModel } from './ollama-load.ts';
import { findOllama } from './ollama-probe.ts';
import { probeWith } from './probing.ts';
import { send } from './transport.ts';

// Loading a model takes seconds, and Ollama drops it after 5 minutes without a request: longer than many a thought.
const KEEP_ALIVE = '30m';

export function ollamaWire(): WireModule {
  /** Per address, model and effort. */
  const learned = new Map<string, OllamaLacks>();
  return {
    async *stream(call) {
      const { input } = call;
      const { request, response } =
        input.type === 'chat' ? await openChat(call, input, learned) : await openHole(call, input);
      yield* answer(call, ollamaParts(response, call), request.shape);
    },
    probe: (call) => probeWith(call, (ask) => findOllama(call, ask)),
    warmUp: (call) => loadOllamaModel(call, KEEP_ALIVE),
  };
}

interface OllamaRequest {
  readonly path: 'api/generate' | 'api/chat';
  readonly body: JsonRecord;
  readonly shape: AnswerShape;
}

interface Opened {
  readonly request: OllamaRequest;
  readonly response: Response;
}

async function open(call: WireCall, request: OllamaRequest): Promise<Opened> {
  const url = serverUrl(call.baseUrl, request.path);
  const body = { model: call.model, ...request.body, stream: true, keep_alive: KEEP_ALIVE };
  return { request, response: await send(call, { url, body, accept: 'application/x-ndjson' }) };
}

/** What a model does not take is left out and told; once for each, so that this comes to an end. */
async function openChat(call: WireCall, input: ChatInput, learned: Map<string, OllamaLacks>): Promise<Opened> {
  const key = `${call.baseUrl} ${call.model} ${call.limits.reasoning ?? ''}`;
  let lacks = learned.get(key) ?? NO_LACKS;
  for (;;) {
    const request = chatRequest(input, call, lacks);
    try {
      const opened = await open(call, request);
      learned.set(key, lacks);
      return opened;
    } catch (error) {
      const more = moreLacks(error, request.body, lacks);
      if (more === undefined) throw error;
      lacks = more;
    }
  }
}

function chatRequest(input: ChatInput, call: WireCall, lacks: OllamaLacks): OllamaRequest {
  const { limits } = call;
  const { body, warnings } = ollamaChat(input, call.model, limits.reasoning, lacks);
  return {
    path: 'api/chat',
    // Without `truncate` a conversation that is too long loses its beginning in silence; so another model can be asked.
    body: { ...body, truncate: false, options: optionsFor(call, limits.stop) },
    // Of images only their place: they are not text.
    shape: {
      prompt: JSON.stringify(body, (name, value: unknown) => (name === 'images' ? [] : value)),
      stops: limits.stop,
      warnings,
    },
  };
}

/** A model whose template has no place for a suffix says so with a 400; then by template, or by chat. */
async function openHole(call: WireCall, input: FimInput): Promise<Opened> {
  try {
    return await open(call, holeRequest(input, call, call.fim));
  } catch (error) {
    if (call.fim.type !== 'native' || !isWithoutInsert(error)) throw error;
    const family = familyOf(call.model);
    const fim: FimMode = family === undefined ? { type: 'hole-filler' } : { type: 'template', family };
    const opened = await open(call, holeRequest(input, call, fim));
    call.onFimLearned?.(fim);
    return opened;
  }
}

function isWithoutInsert(error: unknown): boolean {
  return error instanceof ReaperError && error.status === 400 && /\binsert\b|\bsuffix\b/i.test(error.message);
}

function holeRequest(input: FimInput, call: WireCall, fim: FimMode): OllamaRequest {
  switch (fim.type) {
    case 'none':
      throw noFim(call);
    case 'native':
      return nativeRequest(input, call);
    case 'template': {
      const { prompt, stops: familyStops, restore } = renderRawPrompt(fim.family, input);
      const stops = [...call.limits.stop, ...familyStops];
      return {
        path: 'api/generate',
        body: { prompt, raw: true, think: false, options: optionsFor(call, stops) },
        shape: { prompt, stops, restore },
      };
    }
    case 'hole-filler':
      return fillerRequest(input, call);
  }
}

function nativeRequest(input: FimInput, call: WireCall): OllamaRequest {
  // Ollama renders the template as text, so a token in the user's file would act as one here too.
  const template = templates.get(familyOf(call.model) ?? '');
  const { input: safe, restore } = breakUpInput(input, template?.tokens ?? allControlTokens());
  const prompt = prefixWithContext(safe, 'comments');
  // Without a suffix the template takes its chat form; a line break is the least that it counts as one.
  const suffix = safe.suffix === '' ? '\n' : safe.suffix;
  // Stops in a request take the place of those in the model's file, so the family's own must be among them.
  const stops = [...call.limits.stop, ...(template?.stops ?? [])];
  return {
    path: 'api/generate',
    body: { prompt, suffix, think: false, options: optionsFor(call, stops) },
    shape: { prompt: prompt + suffix, stops, restore },
  };
}

function fillerRequest(input: FimInput, call: WireCall): OllamaRequest {
  const prompt = holePrompt(input, 'prefix-first');
  const user = holeQuestion(prompt);
  return {
    path: 'api/chat',
    body: {
      messages: [
        { role: 'system', content: prompt.system },
        { role: 'user', content: user },
      ],
      think: false,
      options: optionsFor(call, [CLOSING_TAG], TAG_TOKENS),
    },
    shape: {
      prompt: `${prompt.system}\n${user}`,
      stops: call.limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
  };
}

/** Never `num_ctx`: another value than the loaded model's makes Ollama load it again. */
function optionsFor({ limits }: WireCall, stops: readonly string[], extraTokens = 0): JsonRecord {
  return {
    num_predict: limits.maxOutputTokens + extraTokens,
    ...(stops.length === 0 ? {} : { stop: stops }),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
  };
}
