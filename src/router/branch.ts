/** One candidate's part in a request: attempts with one key after another, and again after a failure that passes, until one answers. */
import { delay, forkAbort } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ReaperError } from '../base/errors.ts';
import { Attempt, type AttemptPlan, type AttemptServices, type SettledAttempt } from './attempt.ts';
import type { Candidate } from './candidates.ts';
import type { Credential } from './credential.ts';
import type { Deadlines } from './deadlines.ts';
import type { KeyRing, PickedKey } from './key-ring.ts';
import type { ModelRequest } from './model-request.ts';
import type { AttemptRole } from './request-record.ts';
import { decideRetry, type RetryDecision } from './retries.ts';
import type { StreamPart } from './stream-part.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface BranchPlan extends Omit<AttemptPlan, 'id' | 'role' | 'deadlines' | 'credential' | 'otherKeys'> {
  readonly role: AttemptRole;
  /** Asked when it comes to its end by itself: whether that makes it the winner. */
  readonly wins: (() => boolean) | undefined;
  nextId(): string;
  /** What is left of them now. */
  deadlines(): Deadlines;
  /** Somebody else could answer in its place. */
  hasAnother(): boolean;
}

export interface BranchServices {
  readonly clock: Clock;
  readonly random: () => number;
  readonly attempts: AttemptServices;
  readonly keys: KeyRing;
  /** Whether the limits of this key, as far as they are known, leave room for the request. */
  hasRoom(candidate: Candidate, credentialId: string, request: ModelRequest): boolean;
  /** Of all requests together, so that retries do not make an outage worse. */
  readonly retryBudget: TokenBucket;
  began(candidate: Candidate): void;
  settled(attempt: SettledAttempt): void;
  /** Its key was thought to be the matter, but there is no other one. */
  gaveUp(candidate: Candidate, error: ReaperError): void;
  ended(branch: Branch): void;
}

const CANCELLED = 'Cancelled';

export class Branch implements Disposable {
  readonly candidate: Candidate;
  readonly #plan: BranchPlan;
  readonly #services: BranchServices;
  readonly #attemptServices: AttemptServices;
  readonly #startedMs: number;
  readonly #stop = new AbortController();
  #role: AttemptRole;
  #attempt: Attempt | undefined;
  #picked: PickedKey = { credential: undefined, others: 0 };
  #decision: RetryDecision = { type: 'give-up' };
  #renewed = false;
  #retriedAtOnce = false;
  #retries = 0;

  constructor(plan: BranchPlan, services: BranchServices) {
    this.candidate = plan.candidate;
    this.#plan = plan;
    this.#services = services;
    this.#role = plan.role;
    this.#startedMs = services.clock.now();
    this.#attemptServices = { ...services.attempts, onSettled: (settled) => this.#onSettled(settled) };
  }

  /** For the record of what is under way. */
  settleAs(role: AttemptRole): void {
    this.#role = role;
  }

  /** Everything up to the first useful part or the end. Throws the `ReaperError` of the last attempt. */
  async open(): Promise<readonly StreamPart[]> {
    let { reason } = this.#plan;
    let credential = (): Promise<PickedKey> => this.#pickKey();
    for (;;) {
      const attempt = this.#begin(reason, credential);
      try {
        return await readOpening(attempt);
      } catch (thrown) {
        const error = errorOf(thrown);
        const fresh = await this.#prepareNext(error);
        if (fresh !== undefined) credential = () => Promise.resolve({ ...this.#picked, credential: fresh });
        else credential = () => this.#pickKey();
        if (this.#role === 'only') this.#role = 'retry';
        reason = `${this.#decision.type === 'retry' ? 'retry' : 'next key'} after ${error.kind}`;
      }
    }
  }

  /** After `open`: the next part, `undefined` after the end. Throws `ReaperError`. */
  next(): Promise<StreamPart | undefined> {
    return this.#attempt?.next() ?? Promise.resolve(undefined);
  }

  /** Ends what is not finished as cancelled, and closes its socket. */
  dispose(): void {
    this.#stop.abort();
    this.#attempt?.dispose();
    this.#services.ended(this);
  }

  /** Rather one whose limits leave room for this request. */
  #pickKey(): Promise<PickedKey> {
    const { request } = this.#plan;
    return this.#services.keys.pick(this.candidate.profile, ({ id }) =>
      this.#services.hasRoom(this.candidate, id, request),
    );
  }

  #begin(reason: string, credential: () => Promise<PickedKey>): Attempt {
    if (this.#stop.signal.aborted) throw new ReaperError('cancelled', CANCELLED);
    const deadlines = this.#plan.deadlines();
    const plan: AttemptPlan = {
      id: this.#plan.nextId(),
      requestId: this.#plan.requestId,
      candidate: this.candidate,
      request: this.#plan.request,
      strategy: this.#plan.strategy,
      role: (error) => (error === undefined && this.#plan.wins?.() === true ? 'winner' : this.#role),
      reason,
      // A retry has only what is left of the wait for the first token.
      deadlines: { ...deadlines, firstUsefulTokenMs: Math.max(deadlines.firstUsefulTokenMs - this.#spentMs(), 0) },
      credential: async () => {
        this.#picked = await credential();
        return this.#picked.credential;
      },
      otherKeys: () => this.#picked.others,
      signal: this.#plan.signal,
    };
    this.#decision = { type: 'give-up' };
    this.#services.began(this.candidate);
    this.#attempt = new Attempt(plan, this.#attemptServices);
    return this.#attempt;
  }

  #onSettled(settled: SettledAttempt): void {
    const { error } = settled;
    if (error !== undefined && settled.record.firstUsefulTokenMs === undefined && !this.#stop.signal.aborted) {
      const { credential } = this.#picked;
      if (credential !== undefined) this.#services.keys.failed(credential, error);
      this.#decision = this.#decide(error);
    }
    const { type } = this.#decision;
    this.#services.settled({ ...settled, hasNextKey: type === 'renew' || type === 'next-key' });
  }

  #decide(error: ReaperError): RetryDecision {
    const { credential, others } = this.#picked;
    const decision = decideRetry(
      error,
      {
        retries: this.#retries,
        retriedAtOnce: this.#retriedAtOnce,
        hasAnother: this.#plan.hasAnother(),
        isCompletion: this.#plan.request.purpose === 'completion',
        leftMs: this.#leftMs(),
        canRenew: !this.#renewed && credential !== undefined && this.candidate.profile.renewCredential !== undefined,
        otherKeys: others,
      },
      this.#services.random,
    );
    return decision.type === 'retry' && !this.#services.retryBudget.spend() ? { type: 'give-up' } : decision;
  }

  /** Waits, and gets a fresh credential where that was decided; throws the error if it ends here. */
  async #prepareNext(error: ReaperError): Promise<Credential | undefined> {
    if (this.#decision.type === 'renew') {
      this.#renewed = true;
      const fresh = await this.#renew();
      if (fresh !== undefined) return fresh;
      this.#decision = this.#decide(error);
      if (this.#decision.type === 'give-up') this.#services.gaveUp(this.candidate, error);
    }
    if (this.#decision.type === 'give-up' || this.#decision.type === 'renew') throw error;
    const { type, waitMs } = this.#decision;
    if (waitMs > 0) await this.#whileWanted((signal) => delay(this.#services.clock, waitMs, signal));
    this.#retries++;
    if (type === 'retry' && waitMs === 0) this.#retriedAtOnce = true;
    return undefined;
  }

  async #renew(): Promise<Credential | undefined> {
    const { profile } = this.candidate;
    const { credential } = this.#picked;
    if (credential === undefined) return undefined;
    // Whatever goes wrong with it, the rejection of the old one is what the user has to know.
    const renewed = (async () => profile.renewCredential?.(credential))().catch(() => undefined);
    return this.#whileWanted(async (signal) => {
      const patience = forkAbort(signal);
      const late = delay(this.#services.clock, this.#leftMs(), patience.signal).then(() => undefined);
      try {
        return await Promise.race([renewed, late]);
      } finally {
        late.catch(() => undefined);
        patience.abort();
        patience.dispose();
      }
    });
  }

  /** The caller, or the end of the branch, stops the work; an attempt listens for itself. */
  async #whileWanted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = (): void => this.#stop.abort();
    const { signal } = this.#plan;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await work(this.#stop.signal);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #spentMs(): number {
    return this.#services.clock.now() - this.#startedMs;
  }

  #leftMs(): number {
    const { firstUsefulTokenMs, totalMs } = this.#plan.deadlines();
    return Math.min(firstUsefulTokenMs - this.#spentMs(), totalMs);
  }
}

async function readOpening(attempt: Attempt): Promise<readonly StreamPart[]> {
  const held: StreamPart[] = [];
  for (let part = await attempt.next(); part !== undefined; part = await attempt.next()) {
    held.push(part);
    if (attempt.hasAnswered) break;
  }
  return held;
}

function errorOf(thrown: unknown): ReaperError {
  if (thrown instanceof ReaperError) return thrown;
  throw thrown;
}
