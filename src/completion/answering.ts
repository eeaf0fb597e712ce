/** The editor's question: answered from what is known, joined to the running request, or given up in time. */
import type { Clock } from '../base/clock.ts';
import type { Router } from '../router/router.ts';
import { anchorAt } from './agreement.ts';
import type { Answer, ReadyAnswer } from './cache.ts';
import type { DocumentSession } from './document-session.ts';
import type { CompletionSettings } from './engine.ts';
import { type GateVerdict, placeGate } from './gate.ts';
import type { Outcomes } from './outcomes.ts';
import type { ReportLog } from './report-log.ts';
import { type Situation, samePlace, situationOf } from './situation.ts';
import type { CompletionStatusTracker } from './status.ts';
import type { CompletionStage, Suggestion, SuggestionQuery } from './suggestion.ts';
import type { Syntax } from './syntax/syntax.ts';

/**
 * VS Code stops an automatic question about 750 ms after the key, and holds IntelliSense back until then: the answer, or an
 * empty one, is given before. Its 50 ms wait and the painting are taken off.
 */
const GIVE_UP_MS = 600;
/** Someone who asks explicitly waits for an answer. */
const GIVE_UP_INVOKED_MS = 10_000;
/** How long an explicit question waits for further candidates once it has one. */
const VARIANTS_WAIT_MS = 700;
/** Candidates to cycle through (Copilot and Cody ask for 3). */
const CANDIDATES = 3;
/** Before anything was measured: what a small hosted model needs to its first line. */
const FIRST_TOKEN_GUESS_MS = 300;
/** From the first token to the end of the first line, at 10 tokens and 8 ms each. */
const FIRST_LINE_MS = 80;
/** A model that answers so soon is waited for: the embedded answer would be replaced while it is being read. */
const INSTANT_WORTH_MS = 350;

export interface AnsweringPorts {
  readonly clock: Clock;
  readonly router: Pick<Router, 'completionRoute'>;
  readonly reports: ReportLog;
  readonly outcomes: Pick<Outcomes, 'shown'>;
  readonly status: Pick<CompletionStatusTracker, 'waiting'>;
  readonly placeSettings: () => CompletionSettings;
  readonly syntax: Pick<Syntax, 'analyzeNow'>;
  readonly relativePath: (path: string) => string;
  readonly gateOf: (situation: Situation) => GateVerdict;
  readonly waitAt: (situation: Situation) => number;
  readonly stockUp: (session: DocumentSession, situation: Situation, answer: ReadyAnswer) => void;
  readonly abortElsewhere: (session: DocumentSession) => void;
}

export interface Answering {
  provide(session: DocumentSession, query: SuggestionQuery, signal: AbortSignal): Promise<readonly Suggestion[]>;
  /** Asks the embedded model for something to show while another model runs. */
  startInstant(session: DocumentSession, situation: Situation, answer: Answer): void;
  /** Why ghost text is not wanted here, or `undefined`. An explicit question passes the rules for the place. */
  closedReason(situation: Situation, invoked: boolean): string | undefined;
}

export function createAnswering(ports: AnsweringPorts): Answering {
  const { clock, router } = ports;
  let nextId = 0;

  const provide: Answering['provide'] = async (session, query, signal) => {
    const startedAt = clock.now();
    const end = (endedAt: CompletionStage, reason: string, providerId?: string): readonly [] => {
      ports.reports.add({
        at: clock.wallTime(),
        path: ports.relativePath(query.document.path),
        line: query.position.line,
        endedAt,
        reason,
        elapsedMs: clock.now() - startedAt,
        providerId,
      });
      return [];
    };
    const invoked = query.trigger === 'invoke';
    if (invoked) {
      session.cache.forgetFailed();
    }
    const situation = situationOf(query);
    if (situation === undefined) {
      return end('gate', 'The selected entry is not on the line of the cursor.');
    }
    session.latest = situation;
    const gate = closedReason(situation, invoked);
    if (gate !== undefined) {
      return end('gate', gate);
    }
    // Not every question is cancelled before the next edit is there.
    const isGone = (): boolean => signal.aborted || !samePlace(session.latest, situation);
    const leave = (): readonly [] =>
      session.disposed
        ? end('request', 'The settings changed or the document was closed meanwhile.')
        : end('cache', 'Typing went on; the answer is kept for the next question.');
    const deadline = startedAt + (invoked ? GIVE_UP_INVOKED_MS : GIVE_UP_MS);
    let started = false;
    for (;;) {
      if (session.disposed || isGone()) {
        return leave();
      }
      const answer = session.look(situation);
      switch (answer.type) {
        case 'ready': {
          const candidates = invoked ? await candidatesOf(session, situation, answer, signal, isGone) : [answer];
          return session.disposed || isGone() ? leave() : serve(session, situation, candidates, end);
        }
        case 'nothing':
          return end(answer.endedAt, answer.reason, answer.providerId);
        case 'unknown':
          if (session.startIsPendingAt(situation) && !invoked) {
            break;
          }
          if (started) {
            return end('request', 'The model gave no answer.');
          }
          if (session.afterUndo && !invoked) {
            return end('gate', 'After an undo or redo nothing new is asked for.');
          }
          if (router.completionRoute().length === 0) {
            return end('request', 'No provider for completions is ready. Run “Reaper: Test Connection”.');
          }
          started = true;
          ports.abortElsewhere(session);
          startInstant(session, situation, answer);
          session.startAfter(situation, invoked ? 0 : ports.waitAt(situation));
          continue;
        case 'waiting':
          break;
      }
      const now = clock.now();
      const expectedAt = expectedFirstLine(answer);
      const instantIsWorthIt = expectedAt - now > INSTANT_WORTH_MS;
      if (instantIsWorthIt) {
        startInstant(session, situation, answer);
      }
      const instantRuns = session.cache.all.some((stream) => stream.kind === 'instant' && stream.running);
      const tooLate = now >= deadline || (!invoked && expectedAt > deadline && !instantRuns);
      if (answer.instant !== undefined && (instantIsWorthIt || tooLate)) {
        const suggestions = serve(session, situation, [answer.instant], end);
        session.owesResult = true;
        return suggestions;
      }
      if (tooLate) {
        session.owesResult = true;
        return end('request', 'The model was too late for the editor; its answer is shown when it comes.');
      }
      const waiting = ports.status.waiting();
      session.questions.add(situation);
      await progressOr(session, deadline - now, signal);
      session.questions.delete(situation);
      waiting.dispose();
    }
  };

  const serve = (
    session: DocumentSession,
    situation: Situation,
    answers: readonly ReadyAnswer[],
    end: (endedAt: CompletionStage, reason: string, providerId?: string) => readonly [],
  ): readonly Suggestion[] => {
    const [first] = answers;
    if (first === undefined) {
      return end('finish', 'The answer had nothing that could be shown here.');
    }
    session.shown = first.stream;
    session.owesResult = !first.final;
    const suggestions = answers.map((answer) => ({
      id: `s${nextId++}`,
      insertText: situation.keep + answer.text,
      range: situation.range,
      providerId: answer.stream.providerId,
    }));
    const { document, position } = situation;
    const { providerId } = first.stream;
    const id = suggestions[0]?.id ?? '';
    ports.outcomes.shown({ id, providerId, uri: session.uri, text: first.text, document, line: position.line });
    end('shown', 'A suggestion was given to the editor.', providerId);
    ports.stockUp(session, situation, first);
    return suggestions;
  };

  /** Several candidates, because the user asked. A further one is asked for when the server has a slot for it. */
  const candidatesOf = async (
    session: DocumentSession,
    situation: Situation,
    answer: ReadyAnswer,
    signal: AbortSignal,
    isGone: () => boolean,
  ): Promise<readonly ReadyAnswer[]> => {
    const here = anchorAt(situation).before;
    const parallel = router.completionRoute()[0]?.parallelRequests ?? 1;
    const until = clock.now() + VARIANTS_WAIT_MS;
    ports.abortElsewhere(session);
    while (!isGone() && !session.disposed && clock.now() < until) {
      const asked = session.cache.all.filter((stream) => stream.kind === 'variant' && stream.anchor.before === here);
      const running = session.cache.all.filter((stream) => stream.kind !== 'instant' && stream.running);
      const missing = CANDIDATES - 1 - asked.length;
      const starting = Math.min(missing, parallel - running.length);
      for (let count = 0; count < starting; count++) {
        session.start(situation, { kind: 'variant' });
      }
      if (missing <= 0 && !asked.some((stream) => stream.running)) {
        break;
      }
      await progressOr(session, until - clock.now(), signal);
    }
    const all = session.candidates(situation);
    return [answer, ...all.filter((other) => other.text !== answer.text)];
  };

  const startInstant: Answering['startInstant'] = (session, situation, answer) => {
    const [first, ...others] = router.completionRoute();
    const hasEmbedded = others.some((route) => route.location === 'embedded');
    const known = answer.type === 'ready' || answer.type === 'nothing' || answer.instant !== undefined;
    if (first === undefined || !hasEmbedded || known) {
      return;
    }
    const here = anchorAt(situation).before;
    const instants = session.cache.all.filter((stream) => stream.kind === 'instant' && stream !== session.shown);
    if (instants.some((stream) => stream.anchor.before === here)) {
      return;
    }
    for (const stream of instants) {
      stream.abort();
      session.cache.remove(stream);
    }
    session.start(situation, { kind: 'instant' });
  };

  const expectedFirstLine = (answer: Answer): number => {
    const usual = (router.completionRoute()[0]?.firstTokenMs ?? FIRST_TOKEN_GUESS_MS) + FIRST_LINE_MS;
    if (answer.type !== 'waiting') {
      return clock.now() + usual;
    }
    const expected = answer.streams.map((stream) => (stream.text === '' ? stream.startedAt + usual : clock.now()));
    return Math.min(...expected);
  };

  const progressOr = (session: DocumentSession, delayMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        timer.dispose();
        subscription.dispose();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = clock.setTimeout(finish, Math.max(0, delayMs));
      const subscription = session.onProgress(finish);
      signal.addEventListener('abort', finish, { once: true });
      if (signal.aborted) {
        finish();
      }
    });

  const closedReason: Answering['closedReason'] = (situation, invoked) => {
    const forFile = ports.gateOf(situation);
    if (forFile.type === 'closed' || invoked) {
      return forFile.type === 'closed' ? forFile.reason : undefined;
    }
    const { before, after, document } = situation;
    const syntax = ports.syntax.analyzeNow({ languageId: document.languageId, before, after });
    const forPlace = placeGate(situation, syntax, ports.placeSettings());
    return forPlace.type === 'closed' ? forPlace.reason : undefined;
  };

  return { provide, startInstant, closedReason };
}
