/** llama.cpp's server: `/infill`, where the server knows the model's tokens; `/completion` with a template; chat. */
import { ReaperError } from '../../base/errors.ts';
import { familyOf } from '../fim/families.ts';
import { renderRawPrompt, templates } from '../fim/templates.ts';
import { hostOf } from '../http-errors.ts';
import type { FimInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { FimMode, ProbeCall, WireCall, WireModule } from '../wire.ts';
import { type AdaptivePost, createAdaptivePost } from './adaptive-post.ts';
import { type AnswerShape, answer } from './answer.ts';
import { serverUrl } from './base-url.ts';
import { type JsonRecord, countAt, listAt, recordAt, textAt } from './json.ts';
import { noFim } from './no-fim.ts';
import { USUAL_MANNER, openChat } from './openai-chat.ts';
import { type Ask, type Findings, probeWith, refusalOf } from './probing.ts';
import { type ServerEvent, eventJson, openEvents } from './server-events.ts';
import type { Target } from './transport.ts';
import { localUsage } from './usage.ts';

export function llamaCppWire(): WireModule {
  const post = createAdaptivePost();
  return {
    async *stream(call) {
      const { input } = call;
      yield* await (input.type === 'chat' ? openViaChat(call, post) : openHole(call, input, call.fim, post));
    },
    probe: (call) => probeWith(call, (ask) => find(call, ask)),
  };
}

type Opened = AsyncGenerator<StreamPart, void, undefined>;

async function openHole(call: WireCall, input: FimInput, fim: FimMode, post: AdaptivePost): Promise<Opened> {
  switch (fim.type) {
    case 'none':
      throw noFim(call);
    case 'hole-filler':
      return openViaChat(call, post);
    case 'template':
      return openTemplate(call, input, fim.family);
    case 'native':
      try {
        return await openInfill(call, input);
      } catch (error) {
        if (!isWithoutInfill(error)) throw error;
        const next = withoutInfill(call.model);
        const opened = await openHole(call, input, next, post);
        call.onFimLearned?.(next);
        return opened;
      }
  }
}

function openInfill(call: WireCall, input: FimInput): Promise<Opened> {
  // The current line goes behind the middle token, as the beginning of the answer: what is typed then only ever lengthens the
  // prompt, and everything before it stays in the server's cache. (The server reads these texts without control tokens.)
  const lineStart = input.prefix.lastIndexOf('\n') + 1;
  const stops = [...call.limits.stop, ...(templates.get(familyOf(call.model) ?? '')?.stops ?? [])];
  const body = {
    input_prefix: input.prefix.slice(0, lineStart),
    input_suffix: input.suffix,
    input_extra: input.snippets.map(({ path, text }) => ({ filename: path, text })),
    prompt: input.prefix.slice(lineStart),
  };
  const texts = [input.prefix, input.suffix, ...input.snippets.map(({ text }) => text)];
  return openNative(call, 'infill', body, { prompt: texts.join('\n'), stops });
}

function openTemplate(call: WireCall, input: FimInput, family: string): Promise<Opened> {
  const { prompt, stops: familyStops, restore } = renderRawPrompt(family, input);
  return openNative(call, 'completion', { prompt }, { prompt, stops: [...call.limits.stop, ...familyStops], restore });
}

async function openNative(call: WireCall, path: string, texts: JsonRecord, shape: AnswerShape): Promise<Opened> {
  const { limits, model } = call;
  const body = {
    // A router of several models needs the name; a server with one ignores it.
    ...(model === '' ? {} : { model }),
    ...texts,
    n_predict: limits.maxOutputTokens,
    ...(shape.stops.length === 0 ? {} : { stop: shape.stops }),
    ...(limits.temperature === undefined ? {} : { temperature: limits.temperature }),
    cache_prompt: true,
    stream: true,
  };
  return answer(call, llamaParts(await openEvents(call, { url: serverUrl(call.baseUrl, path), body }), call), shape);
}

async function openViaChat(call: WireCall, post: AdaptivePost): Promise<Opened> {
  try {
    return await openChat(call, serverUrl(call.baseUrl, 'v1/chat/completions'), post, {
      ...USUAL_MANNER,
      maxTokensField: 'max_tokens',
      maxStops: Number.POSITIVE_INFINITY,
      holeFields: { chat_template_kwargs: { enable_thinking: false } },
      // Templates know one or the other, and pass over what they do not know.
      effortFields: (effort) => ({
        chat_template_kwargs:
          effort === 'none' ? { enable_thinking: false } : { enable_thinking: true, reasoning_effort: effort },
      }),
    });
  } catch (error) {
    throw withoutTemplates(error, call) ?? error;
  }
}

/** Servers before 2025-11, or started with `--no-jinja`, take no tools; they say so with a 500, as if trying again would help. */
function withoutTemplates(error: unknown, call: WireCall): ReaperError | undefined {
  if (!(error instanceof ReaperError) || !/--jinja|unsupported param: tools/i.test(error.message)) return undefined;
  return new ReaperError(
    'invalid-config',
    `llama-server at ${hostOf(call.baseUrl)} takes no tools as it was started. Start it with --jinja, or choose another provider.`,
    { cause: error, ...(error.status === undefined ? {} : { status: error.status }) },
  );
}

/** No FIM tokens in the model's vocabulary is a 501; servers that only speak OpenAI's protocol have no such address. */
function isWithoutInfill(error: unknown): boolean {
  if (!(error instanceof ReaperError)) return false;
  return (
    error.status === 501 ||
    error.status === 404 ||
    error.status === 405 ||
    /infill is not supported/i.test(error.message)
  );
}

function withoutInfill(model: string): FimMode {
  const family = familyOf(model);
  return family === undefined ? { type: 'hole-filler' } : { type: 'template', family };
}

async function* llamaParts(
  events: AsyncIterable<ServerEvent>,
  target: Target,
): AsyncGenerator<StreamPart, void, undefined> {
  for await (const { data } of events) {
    if (data.trim() === '[DONE]') continue;
    const chunk = eventJson(data, target);
    const text = textAt(chunk, 'content') ?? '';
    if (text !== '') yield { type: 'text-delta', text };
    if (isLast(chunk)) {
      const usage = localUsage(
        countAt(chunk, 'tokens_evaluated'),
        countAt(chunk, 'tokens_predicted'),
        countAt(recordAt(chunk, 'timings'), 'cache_n'),
      );
      if (usage !== undefined) yield { type: 'usage', usage };
      yield { type: 'finish', reason: endedByLimit(chunk) ? 'length' : 'stop' };
    }
  }
}

function isLast(chunk: unknown): chunk is JsonRecord {
  return typeof chunk === 'object' && chunk !== null && (chunk as JsonRecord)['stop'] === true;
}

function endedByLimit(chunk: JsonRecord): boolean {
  // `stopped_limit` before December 2024.
  return chunk['stop_type'] === 'limit' || chunk['stopped_limit'] === true;
}

async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  const listed = await ask({ url: serverUrl(call.baseUrl, 'v1/models') });
  const models = listAt(listed, 'data')
    .map((entry) => textAt(entry, 'id'))
    .filter((id) => id !== undefined);
  const model = call.model ?? models[0] ?? '';
  const modelPresent = call.model === undefined ? undefined : models.includes(call.model);
  // Malformed on purpose: a model with FIM tokens answers 400 without reading a token, one without them 501.
  const body = { ...(model === '' ? {} : { model }), input_extra: 'none', n_predict: 0 };
  const refusal = await refusalOf(ask, { url: serverUrl(call.baseUrl, 'infill'), body });
  // Still loading its model: ask again later.
  if (refusal?.status === 503) throw refusal;
  return {
    models,
    model,
    // It serves its one model under any name.
    modelPresent: models.length === 1 ? true : modelPresent,
    fim: isWithoutInfill(refusal) ? withoutInfill(model) : { type: 'native' },
    slots: await slotsOf(call, ask),
  };
}

/** `undefined` where the server keeps its properties to itself. */
async function slotsOf(call: ProbeCall, ask: Ask): Promise<number | undefined> {
  try {
    const slots = countAt(await ask({ url: serverUrl(call.baseUrl, 'props') }), 'total_slots');
    return slots === 0 ? undefined : slots;
  } catch (error) {
    if (error instanceof ReaperError && error.status !== undefined) return undefined;
    throw error;
  }
}
