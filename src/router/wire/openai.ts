/**
 * OpenAI's protocol: completions with a native suffix or a template, chat, and the way from the one to the other when a server
 * has no completions. The `openai` package gives the types; not the client: that reads headers and keys from the environment,
 * wants a key where a local server has none, tells every server about this machine, and neither bounds a stream nor notices
 * when one is cut.
 */
import { ReaperError } from '../../base/errors.ts';
import { familyOf } from '../fim/families.ts';
import type { HoleOrder } from '../fim/hole-filler.ts';
import type { StreamPart } from '../stream-part.ts';
import type { FimMode, ProbeCall, WireCall, WireModule } from '../wire.ts';
import { createAdaptivePost } from './adaptive-post.ts';
import { versionedUrl } from './base-url.ts';
import { listAt, textAt } from './json.ts';
import { noFim } from './no-fim.ts';
import { openChat } from './openai-chat.ts';
import { openCompletions } from './openai-completions.ts';
import { type Ask, type Findings, missingModel, probeWith, refusalOf } from './probing.ts';

export interface OpenAiWireOptions {
  /** What a probe answers: what the definition says, or what the server turns out to do. */
  readonly fim: 'native' | 'hole-filler' | 'find-out';
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Stop strings that the server takes; the rest is cut here. */
  readonly maxStops: number;
  readonly order?: HoleOrder;
  /** Sent when a hole is to be filled; left out or raised for models that refuse it. */
  readonly reasoningEffort?: 'none' | 'minimal' | 'low';
  /** Version segment of the completions endpoint, where it is another one than the base URL's. */
  readonly completionsVersion?: string;
}

export function openAiWire(options: OpenAiWireOptions): WireModule {
  const post = createAdaptivePost();
  const chat = {
    post,
    maxTokensField: options.maxTokensField,
    maxStops: options.maxStops,
    order: options.order ?? 'prefix-first',
    holeFields: options.reasoningEffort === undefined ? {} : { reasoning_effort: options.reasoningEffort },
  } as const;
  const completions = { post, maxStops: options.maxStops, nativeContext: 'comments' } as const;

  function open(call: WireCall): Promise<AsyncGenerator<StreamPart, void, undefined>> {
    const viaChat = (): ReturnType<typeof open> => openChat(call, versionedUrl(call.baseUrl, 'chat/completions'), chat);
    const { input, fim } = call;
    if (input.type === 'chat') return viaChat();
    switch (fim.type) {
      case 'none':
        throw noFim(call);
      case 'hole-filler':
        return viaChat();
      case 'native':
      case 'template': {
        const url = versionedUrl(call.baseUrl, 'completions', options.completionsVersion);
        return orElse(call, () => openCompletions(call, url, input, fim, completions), viaChat);
      }
    }
  }

  return {
    async *stream(call) {
      yield* await open(call);
    },
    probe: (call) => probeWith(call, (ask) => find(call, ask, options)),
  };
}

/** Fills the hole by chat if the server does not take it raw, and tells the router once that has worked. */
async function orElse<T>(call: WireCall, raw: () => Promise<T>, viaChat: () => Promise<T>): Promise<T> {
  try {
    return await raw();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const opened = await viaChat();
    call.onFimLearned?.({ type: 'hole-filler' });
    return opened;
  }
}

/** Whether a server does not take this kind of request, as opposed to this one. LM Studio says so inside a 200. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ReaperError)) return false;
  const { status, kind } = error;
  if (status === 404 || status === 405 || status === 501) return true;
  return kind === 'bad-response' && (status === undefined || status === 400 || status === 422);
}

async function find(call: ProbeCall, ask: Ask, options: OpenAiWireOptions): Promise<Findings> {
  const models = await listModels(call, ask);
  const model = call.model ?? models?.find((id) => familyOf(id) !== undefined) ?? models?.[0];
  const modelPresent = call.model === undefined || models === undefined ? undefined : models.includes(call.model);
  return {
    models: models ?? [],
    model,
    modelPresent,
    fim: model === undefined ? { type: 'none' } : await fimOf(call, model, ask, options),
    problem: problemOf(call, models, modelPresent),
  };
}

/** `undefined`: the server keeps no list. */
export async function listModels(call: ProbeCall, ask: Ask): Promise<readonly string[] | undefined> {
  const url = versionedUrl(call.baseUrl, 'models');
  try {
    const answer = await ask({ url });
    // Together sends the bare list.
    const entries: readonly unknown[] = Array.isArray(answer) ? answer : listAt(answer, 'data');
    return entries.map((entry) => textAt(entry, 'id')).filter((id) => id !== undefined);
  } catch (error) {
    if (error instanceof ReaperError && (error.status === 404 || error.status === 405 || error.status === 501))
      return undefined;
    throw error;
  }
}

async function fimOf(call: ProbeCall, model: string, ask: Ask, options: OpenAiWireOptions): Promise<FimMode> {
  if (options.fim !== 'find-out') return { type: options.fim };
  const family = familyOf(model);
  const path = family === undefined ? 'chat/completions' : 'completions';
  // Without a prompt or messages it is refused and costs nothing; how it is refused shows whether the endpoint and the key are good.
  const body = { model, max_tokens: 1, stream: false };
  const refusal = await refusalOf(ask, { url: versionedUrl(call.baseUrl, path), body });
  if (family === undefined) return { type: 'hole-filler' };
  const isMissing = refusal !== undefined && (refusal.status === undefined || [404, 405, 501].includes(refusal.status));
  return isMissing ? { type: 'hole-filler' } : { type: 'template', family };
}

function problemOf(
  call: ProbeCall,
  models: readonly string[] | undefined,
  modelPresent: boolean | undefined,
): string | undefined {
  if (call.model !== undefined) return modelPresent === false ? missingModel(call.model, models ?? []) : undefined;
  if (models === undefined) return 'The server lists no models. Name one in the settings.';
  return models.length === 0 ? 'The server has no model loaded.' : undefined;
}
