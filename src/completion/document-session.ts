/** Ghost text in one document: the streams, what is shown, and the request that waits for the next key. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Privacy } from '../privacy/privacy.ts';
import type { ModelRequest } from '../router/model-request.ts';
import type { RouteFacts, Router } from '../router/router.ts';
import { type Anchor, agreement, anchorAt } from './agreement.ts';
import { type Answer, type FinishAt, type ReadyAnswer, StreamCache, answerOf } from './cache.ts';
import { CompletionStream, type StreamKind } from './completion-stream.ts';
import type { GatherContext } from './context-port.ts';
import type { CompletionSettings } from './engine.ts';
import type { FindStreamEnd, Finish, FinishContext } from './finish/finish.ts';
import { indentUnitOf } from './indent-unit.ts';
import { PrefixWindow, buildPrompt, contextTokens } from './prompt.ts';
import { type Situation, samePlace } from './situation.ts';
import type { Syntax, SyntaxFacts } from './syntax/syntax.ts';

/** What a session needs of the world. */
export interface SessionPorts {
  readonly router: Pick<Router, 'stream' | 'completionRoute'>;
  readonly privacy: Privacy;
  readonly syntax: Syntax;
  readonly finish: Finish;
  readonly findStreamEnd: FindStreamEnd;
  readonly gatherContext: GatherContext;
  readonly relativePath: (path: string) => string;
  readonly settings: () => CompletionSettings;
  readonly clock: Clock;
}

/** Lines that a stream goes on for behind the first: the next suggestions after an accept, at no further request. */
const LOOK_AHEAD_LINES = 4;
/** A model that has said nothing for so long will not be in time for anything. */
const FIRST_TOKEN_DEADLINE_MS = 8000;
const BETWEEN_TOKENS_DEADLINE_MS = 5000;
const TOTAL_DEADLINE_MS = 20_000;
/** Further candidates should differ from the first (Copilot samples 0.2 to 0.8 for several). */
const VARIANT_TEMPERATURE = 0.7;
/** More requests of one document at once never paid in the policy model, whatever the server could do. */
const MAX_RUNNING = 3;

export interface StartOptions {
  readonly kind: StreamKind;
  /** Text behind the cursor that is taken as typed. */
  readonly assumed?: string;
}

export class DocumentSession implements Disposable {
  readonly uri: string;
  readonly cache = new StreamCache();
  /** What the editor shows now, as far as can be known. */
  shown: CompletionStream | undefined;
  /** A result that came too late, or that has grown, is to be announced. */
  owesResult = false;
  /** The last change was an undo or redo: nothing new is asked for then. */
  afterUndo = false;
  latest: Situation | undefined;
  /** The places of the questions that wait for an answer now. */
  readonly questions = new Set<Situation>();
  disposed = false;
  readonly #ports: SessionPorts;
  readonly #progress = new Emitter<CompletionStream | undefined>();
  readonly #divergence = new Emitter<void>();
  readonly #diverged = new WeakSet<CompletionStream>();
  /** Fires when a running stream turns out to say something else than what was typed since. */
  readonly onDivergence = this.#divergence.event;
  readonly #prefixWindow = new PrefixWindow();
  readonly #modes = new WeakMap<CompletionStream, SyntaxFacts>();
  readonly #lineModes = new WeakMap<CompletionStream, Map<number, 'line' | 'block'>>();
  #pendingStart: { readonly situation: Situation; readonly timer: Disposable } | undefined;
  /** Fires when a stream has a further line or has ended, and when a delayed request was started. */
  readonly onProgress = this.#progress.event;

  constructor(uri: string, ports: SessionPorts) {
    this.uri = uri;
    this.#ports = ports;
  }

  startIsPendingAt(situation: Situation): boolean {
    return this.#pendingStart !== undefined && samePlace(this.#pendingStart.situation, situation);
  }

  look(situation: Situation): Answer {
    return this.cache.look(situation, this.shown, this.#finishAt(situation));
  }

  /** All that the streams say here, without what is said twice: the candidates to cycle through. */
  candidates(situation: Situation): readonly ReadyAnswer[] {
    const finish = this.#finishAt(situation);
    const texts = new Set<string>();
    const found: ReadyAnswer[] = [];
    for (const stream of this.cache.all.toReversed()) {
      const answer = answerOf(stream, situation, finish);
      if (answer.type === 'ready' && !texts.has(answer.text)) {
        texts.add(answer.text);
        found.push(answer);
      }
    }
    return found;
  }

  /** Starts a request after the wait, unless the next key comes first. */
  startAfter(situation: Situation, waitMs: number): void {
    this.cancelStart();
    if (waitMs <= 0) {
      this.start(situation, { kind: 'main' });
      return;
    }
    const timer = this.#ports.clock.setTimeout(() => {
      this.#pendingStart = undefined;
      if (this.look(situation).type === 'unknown') {
        this.start(situation, { kind: 'main' });
      }
      this.#progress.fire(undefined);
    }, waitMs);
    this.#pendingStart = { situation, timer };
  }

  cancelStart(): void {
    this.#pendingStart?.timer.dispose();
    this.#pendingStart = undefined;
  }

  /** Opens a request now. The text around the cursor is read before this returns; what is typed later does not change it. */
  start(situation: Situation, options: StartOptions): CompletionStream | undefined {
    const route = this.#routeFor(options.kind);
    if (route === undefined || this.disposed) {
      return undefined;
    }
    if (options.kind === 'main') {
      this.#makeRoom(situation, route.parallelRequests);
    }
    const assumed = options.assumed ?? '';
    const anchor: Anchor = anchorAt({ ...situation, before: situation.before + assumed });
    const stream = new CompletionStream({
      kind: options.kind,
      anchor,
      providerId: route.providerId,
      startedAt: this.#ports.clock.now(),
    });
    this.cache.add(stream);
    stream.onProgress((grown) => this.#progress.fire(grown));
    stream.onText((grown) => this.#noticeDivergence(grown));
    const before = situation.before + assumed;
    this.#learnMode(stream, situation, before);
    const context = this.#finishContext(situation, this.#modeOf(stream));
    const request = this.#request(situation, assumed, options.kind, route);
    const open = (signal: AbortSignal) => this.#open(request, situation, route, signal);
    void stream.run({
      open,
      endOf: (raw) =>
        this.#ports.findStreamEnd(raw, { ...context, before, mode: this.#modeOf(stream) }, LOOK_AHEAD_LINES)?.cutAt,
    });
    return stream;
  }

  /** A request that was joined may say something else than what was typed meanwhile: then it is replaced at once. */
  #noticeDivergence(stream: CompletionStream): void {
    const place = this.latest;
    if (place === undefined || stream.kind === 'instant' || this.#diverged.has(stream)) {
      return;
    }
    if (agreement(stream.anchor, stream.text, false, place).type === 'differs') {
      this.#diverged.add(stream);
      this.#divergence.fire();
      this.#progress.fire(stream);
    }
  }

  abortRunning(): void {
    for (const stream of this.cache.all) {
      stream.abort();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.cancelStart();
    this.cache.dispose();
    this.#progress.fire(undefined);
    this.#progress.dispose();
    this.#divergence.dispose();
  }

  /** The one place where context is awaited: what is not ready by its deadline is left out. */
  async *#open(request: ModelRequest, situation: Situation, route: RouteFacts, signal: AbortSignal) {
    const { gatherContext, router, settings } = this.#ports;
    if (route.location === 'embedded' || request.input.type !== 'fim') {
      yield* router.stream(request, signal);
      return;
    }
    const { document, position } = situation;
    const budgetTokens = contextTokens(settings().promptTokens);
    const snippets = await gatherContext({ document, position, budgetTokens }, signal);
    if (signal.aborted) {
      return;
    }
    yield* router.stream({ ...request, input: { ...request.input, snippets } }, signal);
  }

  #request(situation: Situation, assumed: string, kind: StreamKind, route: RouteFacts): ModelRequest {
    const { privacy, relativePath, settings } = this.#ports;
    const path = relativePath(situation.document.path);
    const { promptTokens, maxOutputTokens } = settings();
    return {
      purpose: 'completion',
      input: buildPrompt(situation, this.#prefixWindow, privacy, { path, promptTokens, snippets: [], assumed }),
      limits: {
        maxOutputTokens,
        stop: [],
        firstUsefulTokenMs: FIRST_TOKEN_DEADLINE_MS,
        betweenTokensMs: BETWEEN_TOKENS_DEADLINE_MS,
        totalMs: TOTAL_DEADLINE_MS,
        ...(kind === 'variant' ? { temperature: VARIANT_TEMPERATURE } : {}),
      },
      ...(kind === 'instant' ? { routing: { providers: [route.providerId] } } : {}),
    };
  }

  #routeFor(kind: StreamKind): RouteFacts | undefined {
    const routes = this.#ports.router.completionRoute();
    return kind === 'instant' ? routes.find((route) => route.location === 'embedded') : routes[0];
  }

  /** Redundancy follows the server: a one-slot server gets one request at a time, others may finish what was begun. */
  #makeRoom(situation: Situation, parallelRequests: number): void {
    const finish = this.#finishAt(situation);
    const useless = this.cache.all.filter(
      (stream) =>
        stream.running && stream.kind !== 'instant' && answerOf(stream, situation, finish).type === 'elsewhere',
    );
    const keep = Math.min(parallelRequests, MAX_RUNNING) - 1;
    for (const stream of keep > 0 ? useless.slice(0, -keep) : useless) {
      stream.abort();
    }
  }

  #finishAt(situation: Situation): FinishAt {
    let here: FinishContext | undefined;
    return (stream, raw, consumed) => {
      here ??= this.#finishContext(situation, this.#ports.settings().multiLine === 'always' ? 'block' : 'line');
      const mode = this.#modeInLine(stream, breaksIn(stream.text.slice(0, Math.max(0, consumed))), situation);
      return this.#ports.finish(raw, !stream.running, { ...here, mode });
    };
  }

  #finishContext(situation: Situation, mode: 'line' | 'block'): FinishContext {
    const { before, after, document } = situation;
    const { maxLines } = this.#ports.settings();
    return { languageId: document.languageId, before, after, mode, indentUnit: indentUnitOf(before), maxLines };
  }

  #learnMode(stream: CompletionStream, situation: Situation, before: string): void {
    const query = { languageId: situation.document.languageId, before, after: situation.after };
    this.#modes.set(stream, this.#ports.syntax.analyzeNow(query));
    void this.#ports.syntax.analyze(query).then((facts) => this.#modes.set(stream, facts));
  }

  #modeOf(stream: CompletionStream): 'line' | 'block' {
    return this.#wanted(this.#modes.get(stream)?.mode ?? 'line');
  }

  /**
   * A line keeps the mode in which it was first looked at, and a block goes on until its end: decided anew at each key, ghost
   * text would lose its further lines as soon as something is typed.
   */
  #modeInLine(stream: CompletionStream, line: number, situation: Situation): 'line' | 'block' {
    const first = this.#modeOf(stream);
    if (line === 0 || first === 'block') {
      return first;
    }
    const known = this.#lineModes.get(stream) ?? new Map<number, 'line' | 'block'>();
    this.#lineModes.set(stream, known);
    const mode = known.get(line) ?? (known.get(line - 1) === 'block' ? 'block' : this.#modeAt(situation));
    known.set(line, mode);
    return mode;
  }

  #modeAt(situation: Situation): 'line' | 'block' {
    const { before, after, document } = situation;
    return this.#wanted(this.#ports.syntax.analyzeNow({ languageId: document.languageId, before, after }).mode);
  }

  #wanted(mode: 'line' | 'block'): 'line' | 'block' {
    const { multiLine } = this.#ports.settings();
    return multiLine === 'auto' ? mode : multiLine === 'always' ? 'block' : 'line';
  }
}

function breaksIn(text: string): number {
  return text.split('\n').length - 1;
}
