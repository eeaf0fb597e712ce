/** The contract between the router and a protocol: one call in, stream parts out. */
import type { Credential } from './credential.ts';
import type { ModelInput, Purpose, RequestLimits, RoutingHints } from './model-request.ts';
import type { StreamPart } from './stream-part.ts';

/** How a model takes a hole: natively, through a template in a raw prompt, by a chat answer, or not at all. */
export type FimMode =
  | { readonly type: 'native' }
  | { readonly type: 'template'; readonly family: string }
  | { readonly type: 'hole-filler' }
  | { readonly type: 'none' };

/** Everything one upstream call needs, resolved. Secrets live here and in the wire's headers, nowhere else. */
export interface WireCall {
  readonly baseUrl: string;
  readonly model: string;
  readonly credential: Credential | undefined;
  /** Of the provider, as its definition names them; defaults filled in, `''` for what is not set. */
  readonly options: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly input: ModelInput;
  readonly limits: RequestLimits;
  readonly fim: FimMode;
  readonly purpose: Purpose;
  /** For gateways that route on their own. */
  readonly routing?: RoutingHints;
  /** The only way to the network: it honours proxies, the egress policy and the egress log. */
  readonly fetch: typeof globalThis.fetch;
  readonly exchange: OpenExchange;
  /** Aborting it closes the socket. Timers are the router's, not the wire's. */
  readonly signal: AbortSignal;
  /**
   * Told when the server refused `fim` and the call went on in another way: remember it for this base URL and model, like
   * a probe's result. Called at most once per call, before the first part.
   */
  readonly onFimLearned?: (fim: FimMode) => void;
}

/**
 * Asks the egress policy about an exchange that `fetch` cannot carry (gRPC, a model of the editor's), and writes it into the egress
 * log. Throws `privacy` if the settings forbid the host; nothing may be sent then.
 */
export type OpenExchange = (url: string) => CountedExchange;

export interface CountedExchange {
  sent(bytes: number): void;
  received(bytes: number): void;
  /** It is over; the status as HTTP counts, where there was an answer. What is never ended ends with its call. */
  end(status?: number): void;
}

/**
 * Opens one call. The iterable ends after one `finish` part; throws `ReaperError` for everything else,
 * a stream that was cut before its end included (`network`). Never retries.
 */
export type Wire = (call: WireCall) => AsyncIterable<StreamPart>;

/** What a probe found out; the router remembers it per base URL and model. */
export interface ProbeResult {
  readonly reachable: boolean;
  /** `undefined`: the server does not ask for one, or it could not be told. */
  readonly keyAccepted: boolean | undefined;
  /** `undefined`: the server lists no models. */
  readonly modelPresent: boolean | undefined;
  readonly models: readonly string[];
  /** The model that `fim` is about: the one asked for or, if none was named, the first one listed that fills holes. */
  readonly model?: string | undefined;
  readonly fim: FimMode;
  readonly roundTripMs: number;
  /** How many requests the server works on at once, where it says so. */
  readonly slots: number | undefined;
  /** What is wrong and how to put it right, in the user's words. */
  readonly problem: string | undefined;
}

export interface ProbeCall {
  readonly baseUrl: string;
  readonly model: string | undefined;
  readonly credential: Credential | undefined;
  /** Of the provider, as its definition names them; defaults filled in, `''` for what is not set. */
  readonly options: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  readonly exchange: OpenExchange;
  /** The user waits for the result, and may be asked for consent to it. */
  readonly mayAskUser?: boolean;
  readonly signal: AbortSignal;
}

/** Finds out what a server can do; sends no tokens where the protocol allows it. Never throws but for cancellation. */
export type Probe = (call: ProbeCall) => Promise<ProbeResult>;

/** A protocol: loaded on first use, so that its SDK costs nothing before. */
export interface WireModule {
  readonly stream: Wire;
  readonly probe: Probe;
  /**
   * For servers that load a model at its first request, and stop loading when that request is given up. Sends no prompt and
   * resolves when the model is in memory. Throws as `Wire` does.
   */
  readonly warmUp?: (call: ProbeCall) => Promise<void>;
}
