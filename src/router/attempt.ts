/** One upstream call from its first byte to its one `RequestRecord`, however it ends. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';
import {
  cutOffError,
  deadlineError,
  loadingError,
  noTurnError,
  onlyWhiteSpaceError,
  unexpectedError,
} from './attempt-errors.ts';
import type { AttemptCost, AttemptCosts } from './attempt-cost.ts';
import { type AttemptEntry, createAttemptEntry } from './attempt-entry.ts';
import { recordOf } from './attempt-record.ts';
import type { Candidate } from './candidates.ts';
import type { Credential } from './credential.ts';
import { type Deadline, type Deadlines, startWatchdog, type Watchdog } from './deadlines.ts';
import { drain } from './drain.ts';
import { reaperErrorWithin } from './http-errors.ts';
import type { Admission, Admissions } from './limits/admission.ts';
import type { ModelRequest, Strategy } from './model-request.ts';
import { errorWithoutSecrets } from './redact-secrets.ts';
import type { AttemptRole, RequestRecord } from './request-record.ts';
import type { ResponseCache } from './response-cache/response-cache.ts';
import type { FinishReason, StreamPart, TokenUsage } from './stream-part.ts';
import type { MeteredFetch, Transport } from './transport.ts';
import type { WarmUps } from './warm-up.ts';
import type { FimMode } from './wire.ts';

export interface AttemptPlan {
  readonly id: string;
  readonly requestId: string;
  readonly candidate: Candidate;
  readonly request: ModelRequest;
  readonly strategy: Strategy;
  /** Asked at the end, with what it failed with: who wins a race shows only then. */
  readonly role: (error: ReaperError | undefined) => AttemptRole;
  /** Goes into the record: `first choice`, `fallback after …`. */
  readonly reason: string;
  readonly deadlines: Deadlines;
  /** Chosen and read at the last moment. */
  readonly credential: () => Promise<Credential | undefined>;
  /** Keys that could be used in place of that one. */
  readonly otherKeys: () => number;
  /** The caller's. */
  readonly signal: AbortSignal;
}

export type ModelLoading = 'none' | 'under-way' | 'done';

/** What became of an attempt: the record, and the error behind it for those who act on its kind. */
export interface SettledAttempt {
  readonly candidate: Candidate;
  readonly record: RequestRecord;
  readonly error: ReaperError | undefined;
  /** `under-way`: nothing was sent yet; `done`: the model had to be loaded first, so the times say nothing of its speed. */
  readonly loading: ModelLoading;
  /** Otherwise nothing was asked of the server, so nothing is known of it: a kept answer, or no turn. */
  readonly wasSent: boolean;
  /** Another key is tried next: the error tells of the key, not of the provider. */
  readonly hasNextKey: boolean;
}

export interface AttemptServices {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly warmUps: Pick<WarmUps, 'load'>;
  readonly costs: AttemptCosts;
  readonly admissions: Pick<Admissions, 'begin'>;
  readonly cache: Pick<ResponseCache, 'keyOf' | 'find' | 'keeping'>;
  /** The server takes holes in another way than the candidate says. */
  readonly onFimLearned: (candidate: Candidate, fim: FimMode) => void;
  readonly onSettled: (attempt: SettledAttempt) => void;
}

// Held back until something useful comes, so it is bounded. No code begins with so much white space.
const MOST_WHITE_SPACE_CHARACTERS = 16_384;
// A server that warns at every token must not fill the record.
const MOST_WARNINGS = 20;

/** Pull `next` until it gives `undefined` (after `finish`) or throws a `ReaperError`. Disposing it closes the socket. */
export class Attempt implements Disposable {
  readonly #plan: AttemptPlan;
  readonly #services: AttemptServices;
  readonly #controller = new AbortController();
  readonly #onCallerAbort = (): void => this.#settle(new ReaperError('cancelled', 'Cancelled'));
  readonly #startedAt: number;
  readonly #startedMs: number;
  readonly #watchdog: Watchdog;
  readonly #metered: MeteredFetch;
  readonly #cost: AttemptCost;
  readonly #admission: Admission;
  readonly #entry: AttemptEntry;
  readonly #warnings: string[] = [];
  #iterator: AsyncIterator<StreamPart> | undefined;
  #rejectPull: ((error: ReaperError) => void) | undefined;
  #settled = false;
  #error: ReaperError | undefined;
  #firstUsefulTokenMs: number | undefined;
  #usage: TokenUsage | undefined;
  #textCharacters = 0;
  #reasoningCharacters = 0;

  constructor(plan: AttemptPlan, services: AttemptServices) {
    const { clock } = services;
    this.#plan = plan;
    this.#services = services;
    this.#startedAt = clock.wallTime();
    this.#startedMs = clock.now();
    this.#watchdog = startWatchdog(clock, plan.deadlines, (deadline, limitMs) => {
      this.#settle(this.#lateError(deadline, limitMs));
    });
    const { candidate, request } = plan;
    const { signal } = this.#controller;
    this.#cost = services.costs.begin(plan);
    const admission = services.admissions.begin({ candidate, request, signal });
    const metered = services.transport({
      providerId: candidate.providerId,
      purpose: request.purpose,
      signal,
      onResponse: (headers) => admission.answered(headers),
    });
    this.#admission = admission;
    this.#metered = metered;
    this.#entry = createAttemptEntry({ plan, services, metered, cost: this.#cost, admission, signal });
    plan.signal.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (plan.signal.aborted) this.#onCallerAbort();
  }

  /** Whether something useful came, after which no other model may take over. */
  get hasAnswered(): boolean {
    return this.#firstUsefulTokenMs !== undefined;
  }

  async next(): Promise<StreamPart | undefined> {
    this.#throwIfFailed();
    if (this.#settled) return undefined;
    this.#watchdog.waiting();
    try {
      const result = await this.#pull();
      this.#throwIfFailed();
      if (result.done === true) throw cutOffError(this.#plan.candidate);
      this.#observe(result.value);
      return result.value;
    } catch (thrown) {
      const error = this.#error ?? this.#explain(thrown);
      this.#settle(error);
      throw error;
    }
  }

  /** Ends what is not finished as cancelled. */
  dispose(): void {
    this.#settle(new ReaperError('cancelled', 'Cancelled'));
  }

  /** The next result of the wire, or the error that settled the attempt meanwhile: a wire that ignores its signal holds nobody. */
  #pull(): Promise<IteratorResult<StreamPart>> {
    return new Promise((resolve, reject) => {
      this.#rejectPull = reject;
      const result = this.#iterator === undefined ? this.#open() : this.#iterator.next();
      result.then(resolve, reject);
    });
  }

  async #open(): Promise<IteratorResult<StreamPart>> {
    const stream = await this.#entry.open();
    this.#iterator = stream[Symbol.asyncIterator]();
    return this.#iterator.next();
  }

  #observe(part: StreamPart): void {
    switch (part.type) {
      case 'text-delta':
        this.#textCharacters += part.text.length;
        // White space is nothing to show, so it does not stop the clock before the first useful token; later it does.
        if (this.hasAnswered ? part.text !== '' : /\S/.test(part.text)) this.#useful();
        else if (!this.hasAnswered && this.#textCharacters > MOST_WHITE_SPACE_CHARACTERS)
          throw onlyWhiteSpaceError(this.#plan.candidate);
        break;
      case 'reasoning-delta':
        this.#reasoningCharacters += part.text.length;
        if (part.text !== '') this.#useful();
        break;
      case 'tool-call-start':
      case 'tool-call-end':
        this.#useful();
        break;
      case 'tool-call-delta':
        this.#textCharacters += part.json.length;
        this.#useful();
        break;
      case 'usage':
        this.#usage = part.usage;
        break;
      case 'warning':
        if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push(part.message);
        break;
      case 'reasoning-end':
      case 'source':
      case 'replace':
      case 'merge-piece':
        break;
      case 'finish':
        this.#settle(undefined, part.reason);
        break;
    }
    this.#cost.grew(this.#textCharacters + this.#reasoningCharacters);
  }

  #lateError(deadline: Deadline, limitMs: number): ReaperError {
    const { candidate } = this.#plan;
    if (this.#entry.loading === 'under-way') return loadingError(candidate);
    return this.#admission.isWaiting ? noTurnError(candidate, limitMs) : deadlineError(candidate, deadline, limitMs);
  }

  /** A deadline or the caller may have ended the attempt while something was awaited. */
  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  #useful(): void {
    this.#watchdog.usefulPart();
    this.#firstUsefulTokenMs ??= this.#services.clock.now() - this.#startedMs;
  }

  /** The one way out. Whatever comes later (an abort after the end, an error after the abort) changes nothing. */
  #settle(error: ReaperError | undefined, reason: FinishReason = 'stop'): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#error = error;
    this.#plan.signal.removeEventListener('abort', this.#onCallerAbort);
    this.#watchdog.dispose();
    if (error === undefined) {
      drain(this.#iterator, {
        signal: this.#plan.signal,
        clock: this.#services.clock,
        stop: () => this.#controller.abort(new ReaperError('cancelled', 'Cancelled')),
        onEnd: () => this.#metered.close(),
      });
    } else {
      this.#controller.abort(error);
      this.#iterator?.return?.().catch(() => undefined);
      this.#metered.close();
      this.#rejectPull?.(error);
    }
    const { wasSent, isReplay, credentialId, loading } = this.#entry;
    const record = recordOf(isReplay ? { ...this.#plan, reason: 'cache' } : this.#plan, {
      error,
      finishReason: reason,
      wasSent,
      startedAt: this.#startedAt,
      firstUsefulTokenMs: this.#firstUsefulTokenMs,
      totalMs: this.#services.clock.now() - this.#startedMs,
      usage: this.#usage,
      cost: this.#cost,
      credentialId,
      textCharacters: this.#textCharacters,
      reasoningCharacters: this.#reasoningCharacters,
      bytes: this.#metered.bytes,
      warnings: this.#warnings,
    });
    this.#admission.settle({ error, usage: record.usage });
    this.#services.onSettled({ candidate: this.#plan.candidate, record, error, loading, wasSent, hasNextKey: false });
  }

  /** Everything that a wire, an SDK or a store can throw, as one error that quotes no secret. */
  #explain(thrown: unknown): ReaperError {
    const known = reaperErrorWithin(thrown);
    // `cancelled`: nobody on this side did, or the attempt would be settled.
    const isTold = known !== undefined && known.kind !== 'cancelled';
    return errorWithoutSecrets(isTold ? known : unexpectedError(this.#plan.candidate, thrown), this.#entry.secrets);
  }
}
