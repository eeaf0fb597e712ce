/** Anthropic's `/v1/messages`. The official SDK writes the request in today's dialect; the answer is read and checked here. */
import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import type { MessageCreateParamsStreaming, TextBlockParam } from '@anthropic-ai/sdk/resources/messages';
import { ReaperError } from '../../base/errors.ts';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, type HoleOrder, TAG_TOKENS, holePrompt } from '../fim/hole-filler.ts';
import { reaperErrorWithin } from '../http-errors.ts';
import type { ChatInput, FimInput } from '../model-request.ts';
import type { ProbeCall, WireCall, WireModule } from '../wire.ts';
import { type AnswerShape, answer } from './answer.ts';
import { anthropicParts } from './anthropic-events.ts';
import { serverUrl } from './base-url.ts';
import { listAt, textAt } from './json.ts';
import { noFim } from './no-fim.ts';
import { type Ask, type Findings, missingModel, probeWith } from './probing.ts';
import { serverEvents } from './server-events.ts';
import { textMessages } from './text-messages.ts';
import { type Target, addUserHeaders, exchangeOnce } from './transport.ts';

export interface AnthropicWireOptions {
  readonly order: HoleOrder;
}

// The models that cannot be kept from thinking do so within the answer's limit; at low effort this is enough for a hole.
const THINKING_TOKENS = 1024;
// Anything else that the SDK would send is about this machine, or from an environment variable.
const SDK_HEADERS = /^(?:accept|content-type|authorization|user-agent|anthropic-version)$/;
// Sent to nobody: it keeps the SDK from looking for credentials in the environment and on the disk.
const NO_KEY = 'none';

export function anthropicWire(options: AnthropicWireOptions): WireModule {
  /** Addresses with models that think in any case (facts: Opus 5.5, Fable), found out by asking. */
  const thinkers = new Set<string>();

  async function open(call: WireCall, request: MessagesRequest): Promise<Response> {
    const key = `${call.baseUrl} ${call.model}`;
    if (!thinkers.has(key)) {
      try {
        return await create(call, request.body);
      } catch (error) {
        if (request.body.thinking === undefined || !refusesThinking(error)) throw error;
      }
    }
    const { thinking: _thinking, ...body } = request.body;
    const effort = { effort: 'low' } as const;
    const response = await create(call, {
      ...body,
      output_config: effort,
      max_tokens: body.max_tokens + THINKING_TOKENS,
    });
    thinkers.add(key);
    return response;
  }

  return {
    async *stream(call) {
      const { input } = call;
      if (input.type === 'fim' && call.fim.type === 'none') throw noFim(call);
      const request = input.type === 'chat' ? chatRequest(input, call) : holeRequest(input, call, options.order);
      const response = input.type === 'chat' ? await create(call, request.body) : await open(call, request);
      const events = await serverEvents(response, call);
      yield* answer(call, anthropicParts(events, call), { ...request.shape, warnings: warningsFor(call) });
    },
    probe: (call) => probeWith(call, (ask) => find(call, ask)),
  };
}

interface MessagesRequest {
  readonly body: MessageCreateParamsStreaming;
  readonly shape: AnswerShape;
}

function chatRequest(input: ChatInput, { model, limits }: WireCall): MessagesRequest {
  const messages = [...textMessages(input)];
  // A stop string of white space alone is refused; the caller gets it all the same, cut here.
  const stops = limits.stop.filter((stop) => stop.trim() !== '');
  return {
    body: {
      model,
      max_tokens: limits.maxOutputTokens,
      ...(input.system === undefined ? {} : { system: input.system }),
      messages,
      ...(stops.length === 0 ? {} : { stop_sequences: stops }),
      stream: true,
    },
    shape: {
      prompt: [input.system ?? '', ...messages.map(({ content }) => content)].join('\n'),
      stops: limits.stop,
    },
  };
}

function holeRequest(input: FimInput, { model, limits }: WireCall, order: HoleOrder): MessagesRequest {
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
      // On by default in current models; a hole must be filled at once.
      thinking: { type: 'disabled' },
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

function warningsFor({ model, limits }: WireCall): readonly string[] {
  return limits.temperature === undefined ? [] : [`${model} does not take a temperature; it was left out.`];
}

function refusesThinking(error: unknown): boolean {
  return error instanceof ReaperError && error.status === 400 && /\bthinking\b/i.test(error.message);
}

/** Lets the SDK build the request, and sends it by the call's own means. The SDK retries nothing and reads no environment. */
async function create(call: WireCall, body: MessageCreateParamsStreaming): Promise<Response> {
  const client = new BaseAnthropic({
    apiKey: call.credential?.secret ?? NO_KEY,
    webhookKey: null,
    baseURL: serverUrl(call.baseUrl, '').href.replace(/\/$/, ''),
    maxRetries: 0,
    // The router's clocks decide; this is as long as a timer can be.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    openTelemetry: false,
    fetch: (url, init) => sendBuilt(call, url, init),
  });
  try {
    // Not `Messages.create`: that writes to the console at every request to an older model.
    return await client.post('/v1/messages', { body, stream: true }).asResponse();
  } catch (error) {
    // The SDK wraps what `fetch` throws.
    throw reaperErrorWithin(error) ?? error;
  }
}

function sendBuilt(target: Target, url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers();
  new Headers(init.headers).forEach((value, name) => {
    if (SDK_HEADERS.test(name)) headers.set(name, value);
  });
  if (target.credential === undefined) headers.delete('authorization');
  headers.set('accept', 'text/event-stream');
  addUserHeaders(headers, target);
  const { method = 'POST', body = null } = init;
  return exchangeOnce(target, new URL(url instanceof Request ? url.url : url), { method, headers, body });
}

async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  const url = serverUrl(call.baseUrl, 'v1/models');
  // Hundreds at most; without it the list stops at 20.
  url.searchParams.set('limit', '1000');
  const models = listAt(await ask({ url, headers: { 'anthropic-version': '2026-10-21' } }), 'data')
    .map((entry) => textAt(entry, 'id'))
    .filter((id) => id !== undefined);
  const modelPresent = call.model === undefined ? undefined : models.includes(call.model);
  return {
    models,
    model: call.model,
    modelPresent,
    fim: { type: 'hole-filler' },
    problem: call.model !== undefined && modelPresent === false ? missingModel(call.model, models) : undefined,
  };
}
