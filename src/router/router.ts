/** The one door to every model. */
import type { Event } from '../base/event.ts';
import type { ModelRequest } from './model-request.ts';
import type { ProviderProfile } from './provider-definition.ts';
import type { RequestRecord } from './request-record.ts';
import type { StreamPart } from './stream-part.ts';
import type { ProbeResult } from './wire.ts';

/** What a feature may know in advance of the provider that would answer now. */
export interface RouteFacts {
  readonly providerId: string;
  readonly model: string | undefined;
  readonly location: 'embedded' | 'local' | 'remote';
  /** Requests that may run at once without hindering each other. */
  readonly parallelRequests: number;
  /** Running estimate (EWMA) of the time to the first useful token; `undefined` before the first answer. */
  readonly firstTokenMs: number | undefined;
}

/** The user-visible state of one provider, for the status bar and the picker. */
export interface ProviderHealth {
  readonly providerId: string;
  readonly state: 'unknown' | 'ok' | 'failing';
  /** The last error, in the user's words. */
  readonly problem: string | undefined;
  readonly since: number;
}

export interface Router {
  /**
   * Streams the answer of the first candidate that gives a useful token; falls back in order before that, never after.
   * Breaking out of the loop or aborting reaches the socket. Throws `ReaperError` when no candidate could answer.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamPart>;
  /** The candidates for completions, best first, without any request. */
  completionRoute(): readonly RouteFacts[];
  /** `Reaper: Test Connection`. */
  test(profile: ProviderProfile, signal: AbortSignal): Promise<ProbeResult>;
  health(): readonly ProviderHealth[];
  readonly onRequestFinished: Event<RequestRecord>;
  readonly onHealthChanged: Event<ProviderHealth>;
  dispose(): void;
}
