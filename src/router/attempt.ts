/** One upstream call from its first byte to its one `RequestRecord`, however it ends. */
import { untilAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';
import {
  cutOffError,
  deadlineError,
  loadingError,
  missingKeyError,
  onlyWhiteSpaceError,
  unexpectedError,
} from './attempt-errors.ts';
import type { AttemptCost, AttemptCosts } from './attempt-cost.ts';
import { recordOf } from './attempt-record.ts';
import type { Candidate } from './candidates.ts';
import type { Credential } from './credential.ts';
import { type Deadlines, startWatchdog, type Watchdog } from './deadlines.ts';
import { drain } from './drain.ts';
import { reaperErrorWithin } from './http-errors.ts';
import type { ModelRequest, Strategy } from './model-request.ts';
import { withOwnReasoning } from './own-reasoning.ts';
import { needsCredential } from './read-credentials.ts';
import { errorWithoutSecrets, secretsOf } from './redact-secrets.ts';
import type { AttemptRole, RequestRecord } from './request-record.ts';
import type { FinishReason, StreamPart, TokenUsage } from './stream-part.ts';
import type { MeteredFetch, Transport } from './transport.ts';
import type { WarmUps } from './warm-up.ts';
import type { FimMode, WireModule } from './wire.ts';

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
  /** The caller's. */
  readonly signal: AbortSignal;
}

type ModelLoading = 'none' | 'under-way' | 'done';

/** What became of an attempt: the record, and the error behind it for those who act on its kind. */
export interface SettledAttempt {
  readonly candidate: Candidate;
  readonly record: RequestRecord;
  readonly error: ReaperError | undefined;
  /** `under-way`: nothing was sent yet; `done`: the model had to be loaded first, so the times say nothing of its speed. */
  readonly loading: ModelLoading;
  /** Another key is tried next: the error tells of the key, not of the provider. */
  readonly hasNextKey: boolean;
}

export interface AttemptServices {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly warmUps: Pick<WarmUps, 'load'>;
  readonly costs: AttemptCosts;
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
  readonly #warnings: string[] = [];
  #iterator: AsyncIterator<StreamPart> | undefined;
  #rejectPull: ((error: ReaperError) => void) | undefined;
  #secrets: readonly string[] = [];
  #loading: ModelLoading = 'none';
  #wasSent = false;
  #settled = false;
  #error: ReaperError | undefined;
  #firstUsefulTokenMs: number | undefined;
  #credentialId: string | undefined;
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
      const isLoading = this.#loading === 'under-way';
      this.#settle(isLoading ? loadingError(plan.candidate) : deadlineError(plan.candidate, deadline, limitMs));
    });
    this.#cost = services.costs.begin(plan);
    this.#metered = services.transport({
      providerId: plan.candidate.providerId,
      purpose: plan.request.purpose,
      signal: this.#controller.signal,
    });
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
    const { candidate, request } = this.#plan;
    const { profile } = candidate;
    const { signal } = this.#controller;
    const credential = await untilAborted(this.#plan.credential(), signal);
    this.#credentialId = credential?.id;
    this.#secrets = secretsOf(credential, profile.headers);
    if (credential === undefined && needsCredential(profile)) throw missingKeyError(candidate);
    const [wire] = await untilAborted(Promise.all([profile.definition.wire(), this.#cost.ready()]), signal);
    await this.#waitForModel(wire, credential);
    signal.throwIfAborted();
    this.#cost.reserve();
    this.#wasSent = true;
    const stream = wire.stream({
      baseUrl: candidate.baseUrl,
      model: candidate.model,
      credential,
      options: profile.options,
      headers: profile.headers,
      input: withOwnReasoning(request.input, candidate.providerId),
      limits: request.limits,
      fim: candidate.fim,
      purpose: request.purpose,
      ...(request.routing === undefined ? {} : { routing: request.routing }),
      fetch: this.#metered.fetch,
      exchange: this.#metered.exchange,
      signal,
      onFimLearned: (fim) => this.#services.onFimLearned(candidate, fim),
    });
    this.#iterator = stream[Symbol.asyncIterator]();
    return this.#iterator.next();
  }

  async #waitForModel(wire: WireModule, credential: Credential | undefined): Promise<void> {
    const load = this.#services.warmUps.load(this.#plan.candidate, wire, credential);
    if (load === undefined) return;
    this.#loading = 'under-way';
    await untilAborted(load, this.#controller.signal);
    this.#loading = 'done';
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
    this.#secrets = [];
    this.#services.onSettled({
      candidate: this.#plan.candidate,
      record: recordOf(this.#plan, {
        error,
        finishReason: reason,
        wasSent: this.#wasSent,
        startedAt: this.#startedAt,
        firstUsefulTokenMs: this.#firstUsefulTokenMs,
        totalMs: this.#services.clock.now() - this.#startedMs,
        usage: this.#usage,
        cost: this.#cost,
        credentialId: this.#credentialId,
        textCharacters: this.#textCharacters,
        reasoningCharacters: this.#reasoningCharacters,
        bytes: this.#metered.bytes,
        warnings: this.#warnings,
      }),
      error,
      loading: this.#loading,
      hasNextKey: false,
    });
  }

  /** Everything that a wire, an SDK or a store can throw, as one error that quotes no secret. */
  #explain(thrown: unknown): ReaperError {
    const known = reaperErrorWithin(thrown);
    // `cancelled`: nobody on this side did, or the attempt would be settled.
    const isTold = known !== undefined && known.kind !== 'cancelled';
    return errorWithoutSecrets(isTold ? known : unexpectedError(this.#plan.candidate, thrown), this.#secrets);
  }
}
