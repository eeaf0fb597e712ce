/** A model that the editor lends out. No bytes of it pass through here, so that it leaves the machine is told to the egress policy. */
import { isCancellation, ReaperError } from '../../base/errors.ts';
import { holeAnswerFilter } from '../fim/hole-answer.ts';
import { CLOSING_TAG, TAG_TOKENS, holePrompt, holeQuestion } from '../fim/hole-filler.ts';
import { errorInPayload, reaperErrorWithin } from '../http-errors.ts';
import type { LanguageModelFacts, LanguageModelPart, LanguageModels } from '../language-models.ts';
import type { ChatInput } from '../model-request.ts';
import type { StreamPart } from '../stream-part.ts';
import type { ProbeCall, ProbeResult, WireCall, WireModule } from '../wire.ts';
import { type AnswerShape, answer } from './answer.ts';
import { textAt } from './json.ts';
import { noFim } from './no-fim.ts';
import { missingModel } from './probing.ts';
import { serverStops } from './text-filter.ts';
import { textMessages } from './text-messages.ts';
import { estimateUsage } from './usage.ts';

export interface LanguageModelWireOptions {
  readonly models: LanguageModels;
  /** Of the provider, for messages. */
  readonly label: string;
  /** Where its requests end up: what the egress policy decides about, whatever the settings say. */
  readonly url: string;
}

const MAX_STOPS = 4;
const JUSTIFICATION = 'Reaper answers your question with it.';

export function languageModelWire(options: LanguageModelWireOptions): WireModule {
  const { models, label, url } = options;

  async function* stream(call: WireCall): AsyncGenerator<StreamPart, void, undefined> {
    if (call.input.type === 'fim' && call.fim.type === 'none') throw noFim(call);
    const exchange = call.exchange(url);
    const target = { ...call, baseUrl: url };
    const { input, stops, maxTokens, shape } = requestOf(call);
    const finding = await models.list();
    call.signal.throwIfAborted();
    const found = findModel(finding, call.model);
    if (found === undefined) throw absentError(label, call.model, finding);
    // What asks for consent must follow something that the user did, and typing is none of it.
    if (call.purpose === 'completion' && found.access !== 'allowed') throw accessError(label, found.access);
    const { temperature } = call.limits;
    const request = {
      model: found.id,
      input,
      options: {
        max_tokens: maxTokens,
        ...(stops.length === 0 ? {} : { stop: [...stops] }),
        ...(temperature === undefined ? {} : { temperature }),
      },
      justification: JUSTIFICATION,
    };
    exchange.sent(byteLength(JSON.stringify(input)));
    const count = call.purpose === 'completion' ? undefined : countLater(call, found.id, shape.prompt);
    try {
      const parts = partsOf(models.send(request, call.signal), call, exchange.received);
      yield* answer(
        target,
        withCount(parts, shape.prompt, () => count?.tokens),
        shape,
      );
      exchange.end(200);
    } catch (error) {
      throw errorOf(error, call, label, url);
    } finally {
      exchange.end();
    }
  }

  /** Beside the request, and only of use if it is done before the answer is. */
  function countLater(call: WireCall, model: string, prompt: string): { readonly tokens: number | undefined } {
    const count: { tokens: number | undefined } = { tokens: undefined };
    models.countTokens(model, prompt, call.signal).then(
      (tokens) => {
        if (Number.isSafeInteger(tokens) && tokens >= 0) count.tokens = tokens;
      },
      // Then it is estimated, as everywhere.
      () => undefined,
    );
    return count;
  }

  return { stream, probe: (call) => probe(options, call) };
}

interface LentRequest {
  readonly input: ChatInput;
  readonly stops: readonly string[];
  readonly maxTokens: number;
  readonly shape: AnswerShape;
}

function requestOf({ input, limits }: WireCall): LentRequest {
  if (input.type === 'chat') {
    const warnings =
      limits.reasoning === undefined ? [] : ['VS Code’s models take no reasoning effort; it was left out.'];
    const prompt = [input.system ?? '', ...textMessages(input).map(({ content }) => content)].join('\n');
    return {
      input,
      stops: serverStops(limits.stop, MAX_STOPS),
      maxTokens: limits.maxOutputTokens,
      shape: { prompt, stops: limits.stop, warnings },
    };
  }
  const prompt = holePrompt(input, 'prefix-first');
  const user = holeQuestion(prompt);
  return {
    input: {
      type: 'chat',
      system: prompt.system,
      messages: [{ role: 'user', content: [{ type: 'text', text: user }] }],
    },
    stops: [CLOSING_TAG],
    maxTokens: limits.maxOutputTokens + TAG_TOKENS,
    shape: {
      prompt: `${prompt.system}\n${user}`,
      stops: limits.stop,
      clean: holeAnswerFilter(input),
      restore: prompt.restore,
    },
  };
}

/** There is no stop reason; that of a call of a tool shows. */
async function* partsOf(
  parts: AsyncIterable<LanguageModelPart>,
  { signal }: WireCall,
  received: (bytes: number) => void,
): AsyncGenerator<StreamPart, void, undefined> {
  let calledTools = false;
  for await (const part of parts) {
    signal.throwIfAborted();
    if (part.type === 'text') {
      received(byteLength(part.text));
      if (part.text !== '') yield { type: 'text-delta', text: part.text };
      continue;
    }
    calledTools = true;
    const { id, name } = part;
    const json = JSON.stringify(part.input);
    received(byteLength(json));
    yield { type: 'tool-call-start', id, name };
    yield { type: 'tool-call-delta', id, json };
    yield { type: 'tool-call-end', id };
  }
  signal.throwIfAborted();
  yield { type: 'finish', reason: calledTools ? 'tool-calls' : 'stop' };
}

/** The editor tells no usage. What it counted of the question is better than an estimate; the answer is estimated in any case. */
async function* withCount(
  parts: AsyncIterable<StreamPart>,
  prompt: string,
  counted: () => number | undefined,
): AsyncGenerator<StreamPart, void, undefined> {
  for await (const part of parts) {
    const tokens = part.type === 'finish' ? counted() : undefined;
    if (tokens !== undefined) yield { type: 'usage', usage: { ...estimateUsage(prompt, ''), inputUncached: tokens } };
    yield part;
  }
}

function findModel(models: readonly LanguageModelFacts[], wanted: string): LanguageModelFacts | undefined {
  if (wanted === '') return models[0];
  return models.find(({ id }) => id === wanted) ?? models.find(({ family }) => family === wanted);
}

function absentError(label: string, model: string, models: readonly LanguageModelFacts[]): ReaperError {
  if (models.length === 0) return new ReaperError('auth', noModels(label));
  return new ReaperError(
    'invalid-config',
    missingModel(
      model,
      models.map(({ id }) => id),
    ),
  );
}

function noModels(label: string): string {
  return `VS Code offers no model of ${label}. Install its extension and sign in to it, then try again.`;
}

function accessError(label: string, access: LanguageModelFacts['access']): ReaperError {
  return new ReaperError(
    'auth',
    access === 'refused'
      ? `Reaper may not use ${label}. Allow it in VS Code: Accounts menu, “Manage Language Model Access”.`
      : `Reaper was not yet allowed to use ${label}. Run “Reaper: Test Connection” for it, and VS Code asks you.`,
  );
}

const KNOWN_CODES: Readonly<Record<string, string>> = {
  NotFound: 'model_not_found',
  NoPermissions: 'permission_denied',
};

/** `LanguageModelError` has a code for three cases; for the rest its cause's message is all there is. */
function errorOf(error: unknown, call: WireCall, label: string, url: string): unknown {
  if (call.signal.aborted) return reaperErrorWithin(call.signal.reason) ?? new ReaperError('cancelled', 'Cancelled');
  const known = reaperErrorWithin(error);
  if (known !== undefined || !(error instanceof Error)) return known ?? error;
  if (isCancellation(error)) return new ReaperError('network', `${label} broke off its answer.`);
  const code = textAt(error, 'code') ?? '';
  if (code === 'NoPermissions') return accessError(label, 'refused');
  const cause = error.cause instanceof Error ? ` ${error.cause.message}` : '';
  const message = `${error.message}${cause}`;
  const type = KNOWN_CODES[code] ?? `${/off_topic|filter/i.test(message) ? 'content_filter' : ''} ${message}`;
  const context = { baseUrl: url, model: call.model, credential: undefined };
  const told = errorInPayload({ error: { type, message } }, context);
  // Blocked by the account's allowance, unless it says that it is the pace or the content.
  const isBlocked = code === 'Blocked' && (told === undefined || told.kind === 'bad-response');
  return isBlocked ? errorInPayload({ error: { type: 'insufficient_quota', message } }, context) : told;
}

async function probe({ models, label, url }: LanguageModelWireOptions, call: ProbeCall): Promise<ProbeResult> {
  const startedMs = performance.now();
  let listed = await models.list();
  let chosen = findModel(listed, call.model ?? '');
  if (call.mayAskUser === true && chosen?.access === 'not-asked') {
    await askConsent(models, chosen, call, url);
    listed = await models.list();
    chosen = findModel(listed, call.model ?? '');
  }
  call.signal.throwIfAborted();
  const isUsable = call.model !== undefined && chosen?.access === 'allowed';
  return {
    reachable: listed.length > 0,
    // There is none; that the user said no comes closest.
    keyAccepted: chosen?.access === 'refused' ? false : undefined,
    modelPresent: call.model === undefined || listed.length === 0 ? undefined : chosen !== undefined,
    models: listed.map(({ id }) => id),
    model: call.model,
    fim: { type: isUsable ? 'hole-filler' : 'none' },
    roundTripMs: performance.now() - startedMs,
    slots: undefined,
    problem: problemOf(label, call.model, listed, chosen),
  };
}

/** The editor asks when something is sent; it is given up as soon as the answer begins. */
async function askConsent(
  models: LanguageModels,
  { id }: LanguageModelFacts,
  call: ProbeCall,
  url: string,
): Promise<void> {
  const input: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };
  const request = { model: id, input, options: { max_tokens: 1 }, justification: JUSTIFICATION };
  const exchange = call.exchange(url);
  exchange.sent(byteLength(JSON.stringify(input)));
  try {
    for await (const part of models.send(request, call.signal)) {
      exchange.received(byteLength(JSON.stringify(part)));
      break;
    }
    exchange.end(200);
  } catch {
    // What the user decided is in the list; a failure to answer says nothing about that.
    exchange.end();
  }
}

function problemOf(
  label: string,
  model: string | undefined,
  listed: readonly LanguageModelFacts[],
  chosen: LanguageModelFacts | undefined,
): string | undefined {
  if (listed.length === 0) return noModels(label);
  if (chosen === undefined)
    return missingModel(
      model ?? '',
      listed.map(({ id }) => id),
    );
  if (chosen.access !== 'allowed') return accessError(label, chosen.access).message;
  return model === undefined
    ? `No model of ${label} is chosen for ghost text, where each suggestion would use up some of your allowance. Name one as its completion model in the settings if you want that; chat works without.`
    : undefined;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
