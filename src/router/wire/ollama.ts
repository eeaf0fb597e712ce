/**
 * Ollama's own protocol: `/api/generate` for holes, `/api/chat` for the rest. https://docs.ollama.com/api
 * Written by hand: the `ollama` package brings a polyfill that replaces nothing we need, and keeps the abort to itself.
 */
import { ReaperError } from '../../base/errors.ts';
import { breakUpInput } from '../fim/break-up.ts';
import { prefixWithContext } from '../fim/context-text.ts';
import { familyOf } from '../fim/families.ts';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, TAG_TOKENS, holePrompt } from '../fim/hole-filler.ts';
import { allControlTokens, renderRawPrompt, templates } from '../fim/templates.ts';
import type { ChatInput, FimInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { FimMode, WireCall, WireModule } from '../wire.ts';
import { type AnswerShape, answer } from './answer.ts';
import { serverUrl } from './base-url.ts';
import { type JsonRecord, countAt, recordAt, textAt } from './json.ts';
import { jsonLines } from './json-lines.ts';
import { noFim } from './no-fim.ts';
import { loadOllamaModel } from './ollama-load.ts';
import { findOllama } from './ollama-probe.ts';
import { probeWith } from './probing.ts';
import { type Target, send } from './transport.ts';
import { localUsage } from './usage.ts';
import { textMessages } from './text-messages.ts';

// Loading a model takes seconds, and Ollama drops it after 5 minutes without a request: longer than many a thought.
const KEEP_ALIVE = '30m';

export const ollamaWire: WireModule = {
  async *stream(call) {
    const { input } = call;
    const { request, response } =
      input.type === 'chat' ? await open(call, chatRequest(input, call)) : await openHole(call, input);
    yield* answer(call, ollamaParts(response, call), request.shape);
  },
  probe: (call) => probeWith(call, (ask) => findOllama(call, ask)),
  warmUp: (call) => loadOllamaModel(call, KEEP_ALIVE),
};

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
  const user = prompt.context === undefined ? prompt.file : `${prompt.context}\n\n${prompt.file}`;
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

function chatRequest(input: ChatInput, call: WireCall): OllamaRequest {
  const system = input.system === undefined ? [] : [{ role: 'system', content: input.system }];
  const turns = textMessages(input);
  const messages = [...system, ...turns];
  return {
    path: 'api/chat',
    body: { messages, options: optionsFor(call, call.limits.stop) },
    shape: { prompt: messages.map(({ content }) => content).join('\n'), stops: call.limits.stop },
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

async function* ollamaParts(response: Response, target: Target): AsyncGenerator<StreamPart, void, undefined> {
  for await (const line of jsonLines(response, target)) {
    const message = recordAt(line, 'message') ?? line;
    const thinking = textAt(message, 'thinking') ?? '';
    if (thinking !== '') yield { type: 'reasoning-delta', text: thinking };
    const text = textAt(line, 'response') ?? textAt(message, 'content') ?? '';
    if (text !== '') yield { type: 'text-delta', text };
    if (line['done'] === true) {
      const usage = localUsage(countAt(line, 'prompt_eval_count'), countAt(line, 'eval_count'));
      if (usage !== undefined) yield { type: 'usage', usage };
      yield { type: 'finish', reason: textAt(line, 'done_reason') === 'length' ? 'length' : 'stop' };
    }
  }
}
