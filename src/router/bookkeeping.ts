/** What every attempt leaves behind: a record, an estimate of speed, a penalty or its end, a state that the user can see. */
import type { Disposable } from '../base/disposable.ts';
import { errorMessage, type ReaperError } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { SettledAttempt } from './attempt.ts';
import type { Candidate } from './candidates.ts';
import type { Discovery } from './discovery.ts';
import type { HealthBoard } from './health.ts';
import type { LatencyEstimates } from './latency.ts';
import type { Penalties } from './penalties.ts';
import type { RequestRecord } from './request-record.ts';
import type { WarmUps } from './warm-up.ts';
import type { ProbeResult } from './wire.ts';

export interface BookkeepingOptions {
  readonly penalties: Penalties;
  readonly latency: LatencyEstimates;
  readonly warmUps: Pick<WarmUps, 'answered' | 'failed'>;
  readonly health: HealthBoard;
  readonly discovery: Discovery;
  readonly logger: Logger;
}

export interface Bookkeeping extends Disposable {
  settled(attempt: SettledAttempt): void;
  /** An error that was thought to be about one key only. */
  failed(candidate: Candidate, error: ReaperError): void;
  /** Returns whether all is well. */
  tested(providerId: string, result: ProbeResult): boolean;
  readonly onRequestFinished: Event<RequestRecord>;
}

export function createBookkeeping(options: BookkeepingOptions): Bookkeeping {
  const { penalties, latency, warmUps, health, discovery, logger } = options;
  const finished = new Emitter<RequestRecord>();

  function noteLatency(candidate: Candidate, record: RequestRecord): void {
    if (record.firstUsefulTokenMs !== undefined) latency.answered(candidate.key, record.firstUsefulTokenMs);
    // An error comes quickly and says nothing of the speed.
    else if (record.outcome.type !== 'finished') latency.gaveUp(candidate.key, record.totalMs);
  }

  function noteFailure(candidate: Candidate, error: ReaperError): void {
    penalties.failed(candidate, error);
    warmUps.failed(candidate);
    const mayBeGone = error.kind === 'network' || error.kind === 'invalid-config';
    const willBeTold = mayBeGone && discovery.recheck(candidate.profile);
    // One slow or overloaded moment is no state; what only the user can change is, and so is a server that is gone.
    if (penalties.standing(candidate).type !== 'good' || (error.kind === 'network' && !willBeTold)) {
      health.failing(candidate.providerId, error.message);
    }
  }

  /** What an attempt that reached the server says of it. */
  function judge(candidate: Candidate, record: RequestRecord, error: ReaperError | undefined): void {
    if (error === undefined || (error.kind === 'cancelled' && record.firstUsefulTokenMs !== undefined)) {
      penalties.succeeded(candidate);
      warmUps.answered(candidate);
      health.ok(candidate.providerId);
    } else if (error.kind === 'cancelled') {
      penalties.inconclusive(candidate);
    } else {
      noteFailure(candidate, error);
    }
  }

  function publish(record: RequestRecord): void {
    try {
      finished.fire(record);
    } catch (error) {
      // A listener's fault must not end the stream of the one who asked.
      logger.error(`A listener of finished requests failed: ${errorMessage(error)}`, error);
    }
  }

  return {
    settled(attempt) {
      const { candidate, record, error, hasNextKey } = attempt;
      if (tellsOfSpeed(attempt)) noteLatency(candidate, record);
      if (hasNextKey || saysNothing(attempt)) penalties.inconclusive(candidate);
      else judge(candidate, record, error);
      logger.debug(lineOf(record));
      publish(record);
    },
    failed: noteFailure,
    tested(providerId, result) {
      if (result.reachable && result.keyAccepted !== false && result.problem === undefined) {
        penalties.forgive(providerId);
        health.ok(providerId);
        return true;
      }
      health.failing(providerId, result.problem ?? 'It does not answer.');
      return false;
    },
    onRequestFinished: finished.event,
    dispose: () => finished.dispose(),
  };
}

/** Whether its times are the server's: neither those of a model that was being loaded, nor of an answer that was kept. */
export function tellsOfSpeed({ loading, wasSent }: SettledAttempt): boolean {
  return loading === 'none' && wasSent;
}

/** Nothing was sent, and nothing is wrong but that somebody had to wait; a missing key is a matter of the provider. */
function saysNothing({ loading, wasSent, error }: SettledAttempt): boolean {
  if (loading === 'under-way') return true;
  return !wasSent && (error === undefined || error.kind === 'timeout' || error.kind === 'overloaded');
}

function lineOf(record: RequestRecord): string {
  const { purpose, providerId, model, reason, firstUsefulTokenMs, totalMs, outcome } = record;
  const first =
    firstUsefulTokenMs === undefined ? 'no useful token' : `first token ${Math.round(firstUsefulTokenMs)} ms`;
  const end =
    outcome.type === 'finished'
      ? `finished (${outcome.reason})`
      : outcome.type === 'cancelled'
        ? 'cancelled'
        : `failed (${outcome.kind}): ${outcome.message}`;
  return `${purpose} by ${providerId} ${model} (${reason}): ${first}, ${Math.round(totalMs)} ms, ${end}`;
}
