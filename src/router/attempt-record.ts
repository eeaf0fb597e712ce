/** Makes the record of an attempt from its plan and from what was measured, and settles what it cost. */
import type { ReaperError } from '../base/errors.ts';
import type { AttemptPlan } from './attempt.ts';
import type { AttemptCost } from './attempt-cost.ts';
import { completeUsage } from './estimate-usage.ts';
import type { AttemptOutcome, RequestRecord } from './request-record.ts';
import { type FinishReason, NO_TOKENS, type TokenUsage } from './stream-part.ts';

export interface Measured {
  readonly error: ReaperError | undefined;
  /** Of a stream without an error. */
  readonly finishReason: FinishReason;
  /** Before that nothing was asked of the provider, so nothing is owed. */
  readonly wasSent: boolean;
  readonly startedAt: number;
  readonly firstUsefulTokenMs: number | undefined;
  readonly totalMs: number;
  /** The last that the server told. */
  readonly usage: TokenUsage | undefined;
  readonly cost: AttemptCost;
  readonly credentialId: string | undefined;
  readonly textCharacters: number;
  readonly reasoningCharacters: number;
  readonly bytes: { readonly sent: number; readonly received: number };
  readonly warnings: readonly string[];
}

export function recordOf(plan: AttemptPlan, measured: Measured): RequestRecord {
  const { id, requestId, candidate, request, strategy, role, reason } = plan;
  const { error, wasSent, startedAt, firstUsefulTokenMs, totalMs } = measured;
  const usage = usageOf(plan, measured);
  const hasWorked = measured.usage !== undefined || firstUsefulTokenMs !== undefined;
  return {
    id,
    requestId,
    purpose: request.purpose,
    conversationId: request.conversationId,
    strategy,
    role: role(error),
    reason,
    providerId: candidate.providerId,
    model: candidate.model,
    startedAt,
    firstUsefulTokenMs,
    totalMs,
    usage,
    cost: measured.cost.settle({ wasSent, hasWorked, error, usage }),
    credentialId: measured.credentialId,
    bytesSent: measured.bytes.sent,
    bytesReceived: measured.bytes.received,
    outcome: outcomeOf(error, measured.finishReason),
    warnings: [...measured.warnings],
  };
}

function usageOf({ request }: AttemptPlan, measured: Measured): TokenUsage {
  const { error, wasSent, usage, textCharacters, reasoningCharacters } = measured;
  if (!wasSent) return NO_TOKENS;
  const ended = error === undefined ? 'whole' : 'cut';
  return completeUsage(usage, request.input, { ended, textCharacters, reasoningCharacters });
}

function outcomeOf(error: ReaperError | undefined, reason: FinishReason): AttemptOutcome {
  if (error === undefined) return { type: 'finished', reason };
  return error.kind === 'cancelled'
    ? { type: 'cancelled' }
    : { type: 'failed', kind: error.kind, message: error.message };
}
