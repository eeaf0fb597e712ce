/** The port through which every byte leaves: asked before a request, told after it. `privacy` implements it. */
import type { Purpose } from './model-request.ts';

export interface EgressRequest {
  readonly url: string;
  readonly purpose: Purpose | 'probe' | 'telemetry';
  readonly providerId: string;
  readonly bytesSent: number;
}

export interface Egress {
  /** Throws `ReaperError('privacy')` if the user's settings forbid this host. */
  check(request: EgressRequest): void;
  /** One entry per request that was sent, also for those that failed. */
  record(request: EgressRequest & { readonly bytesReceived: number; readonly status: number | undefined }): void;
}
