/** Makes the record of an attempt from its plan and from what was measured. */
import type { ReaperError } from '../base/errors.ts';
import type { AttemptPlan } from './attempt.ts';
import { completeUsage } from './estimate-usage.ts';
import type { AttemptOutcome, Cost, RequestRecord } from './request-record.ts';
import type { FinishReason, TokenUsage } from './stream-part.ts';

export interface Measured {
  readonly outcome: AttemptOutcome;
  readonly startedAt: number;
  readonly firstUsefulTokenMs: number | undefined;
  readonly totalMs: number;
  /** The last that the server told. */
  readonly usage: TokenUsage | undefined;
  readonly cost: Cost;
  readonly credentialId: string | undefined;
  readonly textCharacters: number;
  readonly reasoningCharacters: number;
  readonly bytes: { readonly sent: number; readonly received: number };
  readonly warnings: readonly string[];
}

export function recordOf(plan: AttemptPlan, measured: Measured): RequestRecord {
  const { id, requestId, candidate, request, strategy, role, reason } = plan;
  const { outcome, startedAt, firstUsefulTokenMs, totalMs, textCharacters, reasoningCharacters } = measured;
  const ended = outcome.type === 'finished' ? 'whole' : 'cut';
  return {
    id,
    requestId,
    purpose: request.purpose,
    conversationId: request.conversationId,
    strategy,
    role,
    reason,
    providerId: candidate.providerId,
    model: candidate.model,
    startedAt,
    firstUsefulTokenMs,
    totalMs,
    usage: completeUsage(measured.usage, request.input, { ended, textCharacters, reasoningCharacters }),
    cost: measured.cost,
    credentialId: measured.credentialId,
    bytesSent: measured.bytes.sent,
    bytesReceived: measured.bytes.received,
    outcome,
    warnings: [...measured.warnings],
  };
}

export function outcomeOf(error: ReaperError | undefined, reason: FinishReason): AttemptOutcome {
  if (error === undefined) return { type: 'finished', reason };
  return error.kind === 'cancelled'
    ? { type: 'cancelled' }
    : { type: 'failed', kind: error.kind, message: error.message };
}
