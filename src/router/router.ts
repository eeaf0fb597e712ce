/** The one door to every model. */
import type { Event } from '../base/event.ts';
import type { HostConnections } from './capability-report.ts';
import type { ModelLimits } from './limits/model-limits.ts';
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

/** Somebody else than the first choice answers: a local model while the cloud is down, or the other way round. */
export interface Degradation {
  /** Ghost text, or everything else. */
  readonly use: 'completion' | 'chat';
  readonly wanted: { readonly providerId: string; readonly location: RouteFacts['location'] };
  readonly instead: {
    readonly providerId: string;
    readonly model: string;
    readonly location: RouteFacts['location'];
  };
  /** Why the first choice does not answer, in the user's words. */
  readonly reason: string;
  /** Wall time. */
  readonly since: number;
}

export interface Router {
  /**
   * Streams one answer, by the strategy of the request or of the settings; others take over before the first useful token, and
   * after it only where a `replace` part says so. Breaking out of the loop or aborting reaches the socket. Throws `ReaperError` when no candidate could answer.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamPart>;
  /** The candidates for completions, best first, without any request. */
  completionRoute(): readonly RouteFacts[];
  /** `Reaper: Test Connection`. */
  test(profile: ProviderProfile, signal: AbortSignal): Promise<ProbeResult>;
  health(): readonly ProviderHealth[];
  /** Of every model that was asked since the settings changed: why it is not asked now, and what its limits leave. */
  limits(): readonly ModelLimits[];
  /** What connections really are; what became of wishes for other ones is in `http-wishes.ts`. */
  connections(): readonly HostConnections[];
  /** Of the last answers; the same array until it changes. Empty: the first choices answer. */
  degradations(): readonly Degradation[];
  readonly onDegradationChanged: Event<readonly Degradation[]>;
  readonly onRequestFinished: Event<RequestRecord>;
  readonly onHealthChanged: Event<ProviderHealth>;
  dispose(): void;
}
