/**
 * OpenAI's protocol: completions with a native suffix or a template, chat by way of Responses or Chat Completions, and the way from
 * the one to the other when a server does not have it. The `openai` package gives the types; not the client: that reads headers and
 * keys from the environment, wants a key where a local server has none, tells every server about this machine, and neither bounds
 * a stream nor notices when one is cut.
 */
import { ReaperError } from '../../base/errors.ts';
import type { StreamPart } from '../stream-part.ts';
import type { ProbeCall, WireCall, WireModule } from '../wire.ts';
import { createAdaptivePost } from './adaptive-post.ts';
import { versionedUrl } from './base-url.ts';
import type { JsonRecord } from './json.ts';
import { noFim } from './no-fim.ts';
import { type ChatManner, USUAL_MANNER, openChat } from './openai-chat.ts';
import { openCompletions } from './openai-completions.ts';
import { type ProbedFim, findOpenAi } from './openai-probe.ts';
import { openResponse } from './openai-responses.ts';
import { type Ask, type Findings, probeWith } from './probing.ts';

export interface OpenAiWireOptions extends Partial<ChatManner> {
  /** What a probe answers: what the definition says, or what the server turns out to do. */
  readonly fim: ProbedFim;
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Stop strings that the server takes; the rest is cut here. */
  readonly maxStops: number;
  /** Sent when a hole is to be filled; left out or raised for models that refuse it. */
  readonly reasoningEffort?: 'none' | 'minimal' | 'low';
  /** Version segment of the completions endpoint, where it is another one than the base URL's. */
  readonly completionsVersion?: string;
  /** Name of the provider's option that chooses between `responses` and `chat`; without it chat goes to Chat Completions. */
  readonly apiOption?: string;
  /** Header of an API key, where it is not `authorization`. */
  readonly keyHeader?: string;
  /** Where an endpoint is, if not below the base URL. */
  readonly endpoint?: Endpoint;
  /** In place of the usual way to find out what a server can do. */
  readonly find?: (call: ProbeCall, ask: Ask) => Promise<Findings>;
}

/** The address of an endpoint such as `chat/completions`. */
export type Endpoint = (call: Pick<WireCall, 'baseUrl' | 'options'> & { model: string }, path: string) => URL;

type Parts = AsyncGenerator<StreamPart, void, undefined>;

export function openAiWire(options: OpenAiWireOptions): WireModule {
  const { keyHeader } = options;
  const post = createAdaptivePost(keyHeader);
  const effort: JsonRecord = options.reasoningEffort === undefined ? {} : { reasoning_effort: options.reasoningEffort };
  const manner: ChatManner = { ...USUAL_MANNER, holeFields: effort, ...options };
  const completions = { post, maxStops: options.maxStops, nativeContext: 'comments' } as const;
  const endpoint: Endpoint = options.endpoint ?? (({ baseUrl }, path) => versionedUrl(baseUrl, path));
  /** Addresses that turned out to be none. */
  const withoutResponses = new Set<string>();
  /** Models behind gateways that go on after a tool's answer only with what they thought before. */
  const wantsThoughts = new Set<string>();

  function open(call: WireCall): Promise<Parts> {
    const viaChat = (): Promise<Parts> => {
      const url = endpoint(call, 'chat/completions');
      const wants = `${url.href} ${call.model}`;
      const withThoughts = (): Promise<Parts> => openChat(call, url, post, { ...manner, thoughts: 'field' });
      if (wantsThoughts.has(wants)) return withThoughts();
      return orElse(
        () => openChat(call, url, post, manner),
        isThoughtMissed,
        withThoughts,
        () => wantsThoughts.add(wants),
      );
    };
    const { input, fim } = call;
    if (input.type === 'chat') {
      const url = endpoint(call, 'responses');
      if (options.apiOption === undefined || call.options[options.apiOption] !== 'responses') return viaChat();
      if (withoutResponses.has(url.href)) return viaChat();
      return orElse(
        () => openResponse(call, url, input, post),
        isMissing,
        viaChat,
        () => withoutResponses.add(url.href),
      );
    }
    switch (fim.type) {
      case 'none':
        throw noFim(call);
      case 'hole-filler':
        return viaChat();
      case 'native':
      case 'template': {
        const url =
          options.endpoint === undefined
            ? versionedUrl(call.baseUrl, 'completions', options.completionsVersion)
            : endpoint(call, 'completions');
        const raw = (): Promise<Parts> => openCompletions(call, url, input, fim, completions);
        return orElse(raw, isRefusal, viaChat, () => call.onFimLearned?.({ type: 'hole-filler' }));
      }
    }
  }

  return {
    async *stream(call) {
      yield* await open(call);
    },
    probe: (call) =>
      probeWith(call, (plainAsk) => {
        const ask: Ask = keyHeader === undefined ? plainAsk : (exchange) => plainAsk({ ...exchange, keyHeader });
        return options.find === undefined ? findOpenAi(call, ask, options.fim) : options.find(call, ask);
      }),
  };
}

/** The second way if the server does not take the first one; `learn` is called once the second one has worked. */
async function orElse(
  first: () => Promise<Parts>,
  isRefused: (error: unknown) => boolean,
  second: () => Promise<Parts>,
  learn: () => void,
): Promise<Parts> {
  try {
    return await first();
  } catch (error) {
    if (!isRefused(error)) throw error;
    const opened = await second();
    learn();
    return opened;
  }
}

/** Whether there is no such endpoint, as opposed to no such model. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof ReaperError)) return false;
  return error.status === 404 || error.status === 405 || error.status === 501;
}

/** DeepSeek's words, and Moonshot's; whoever serves their models passes them on. */
function isThoughtMissed(error: unknown): boolean {
  return (
    error instanceof ReaperError &&
    error.status === 400 &&
    /reasoning_content.{0,40}must be passed back|missing.{0,40}reasoning_content|reasoning_content is missing/i.test(
      error.message,
    )
  );
}

/** Whether a server does not take this kind of request, as opposed to this one. LM Studio says so inside a 200. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ReaperError)) return false;
  const { status, kind } = error;
  return isMissing(error) || (kind === 'bad-response' && (status === undefined || status === 400 || status === 422));
}
