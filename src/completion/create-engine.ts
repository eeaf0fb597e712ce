/** Ghost text, from keystroke to suggestion: gate, context, prompt, request, filters, finish, cache, outcome. */
import { DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { Router } from '../router/router.ts';
import { createAnswering } from './answering.ts';
import type { ReadyAnswer } from './cache.ts';
import { DocumentSession, type SessionPorts } from './document-session.ts';
import type { CompletionEngine, CompletionSettings, LateResult } from './engine.ts';
import { fileGate } from './gate.ts';
import { disabledGlob } from './disabled-files.ts';
import { lookAhead } from './look-ahead.ts';
import { createOutcomes } from './outcomes.ts';
import { createReportLog } from './report-log.ts';
import { type Situation, cursorAfter, samePlace, situationAt } from './situation.ts';
import type { CompletionStatusTracker } from './status.ts';
import type { DocumentChange } from './suggestion.ts';
import { createTypingRhythm } from './typing-rhythm.ts';

export interface CompletionEngineOptions extends Omit<SessionPorts, 'router'> {
  readonly router: Pick<Router, 'stream' | 'completionRoute'>;
  /** Outlives the engine: whoever made it disposes it. */
  readonly status: CompletionStatusTracker;
  readonly onSettingsChanged: Event<CompletionSettings>;
  readonly logger: Logger;
}

/** A user who accepted something so recently is likely to accept the next suggestion too. */
const RECENT_ACCEPT_MS = 15_000;
/** Text inserted at once that is longer than this is a paste or a tool's edit, not typing. */
const MAX_TYPED_CHARACTERS = 2000;

export function createCompletionEngine(options: CompletionEngineOptions): CompletionEngine {
  const { clock, router, settings, status } = options;
  const logger = options.logger.child('completion');
  const store = new DisposableStore();
  const sessions = new Map<string, DocumentSession>();
  const rhythm = createTypingRhythm();
  const reports = createReportLog();
  const outcomes = store.add(createOutcomes(clock));
  const lateResult = store.add(new Emitter<LateResult>());

  const sessionOf = (uri: string): DocumentSession => {
    let session = sessions.get(uri);
    if (session === undefined) {
      session = new DocumentSession(uri, options);
      sessions.set(uri, session);
      const created = session;
      created.onProgress(() => announceLateResult(created));
      created.onDivergence(() => request(created));
    }
    return session;
  };

  /** Tells the editor to ask again when what it was refused, or has seen a part of, is there. */
  const announceLateResult = (session: DocumentSession): void => {
    const { latest } = session;
    if (!session.owesResult || latest === undefined) {
      return;
    }
    if ([...session.questions].some((place) => samePlace(place, latest))) {
      return;
    }
    const answer = session.look(latest);
    if (answer.type === 'ready' && (answer.final || session.shown !== answer.stream)) {
      session.owesResult = false;
      lateResult.fire({ uri: session.uri, position: latest.position });
    }
  };

  /** Starts what is missing at the place of the last change: a request, or what comes behind the text that is there. */
  const request = (session: DocumentSession): void => {
    const situation = session.latest;
    if (situation === undefined || session.afterUndo || answering.closedReason(situation, false) !== undefined) {
      return;
    }
    const answer = session.look(situation);
    if (answer.type === 'ready') {
      stockUp(session, situation, answer);
    } else if (answer.type === 'unknown' && !session.startIsPendingAt(situation)) {
      abortElsewhere(session);
      answering.startInstant(session, situation, answer);
      session.startAfter(situation, waitAt(situation));
    }
  };

  const gateOf = (situation: Situation) =>
    fileGate({
      settings: settings(),
      languageId: situation.document.languageId,
      snoozed: status.snoozed,
      disabledBy: disabledGlob(settings().disabledFiles, options.relativePath(situation.document.path)),
      mayRead: options.privacy.mayRead(situation.document.uri),
    });

  /** The wait before a request at this place: none where a thought begins, the user's own rhythm inside a word. */
  const waitAt = (situation: Situation): number => {
    const embedded = router.completionRoute()[0]?.location === 'embedded';
    return embedded || !ENDS_IN_WORD.test(situation.before) ? 0 : rhythm.waitMs(clock.now());
  };

  const stockUp = (session: DocumentSession, situation: Situation, answer: ReadyAnswer): void => {
    const route = router.completionRoute()[0];
    if (route !== undefined && route.location !== 'embedded' && !session.afterUndo) {
      abortElsewhere(session);
      const { lastAcceptAt } = outcomes;
      const recentlyAccepted = lastAcceptAt !== undefined && clock.now() - lastAcceptAt < RECENT_ACCEPT_MS;
      lookAhead(session, situation, answer, { recentlyAccepted, parallelRequests: route.parallelRequests });
    }
  };

  const abortElsewhere = (session: DocumentSession): void => {
    for (const other of sessions.values()) {
      if (other !== session) {
        other.cancelStart();
        other.abortRunning();
      }
    }
  };

  const answering = createAnswering({
    clock,
    router,
    reports,
    outcomes,
    status,
    placeSettings: settings,
    syntax: options.syntax,
    relativePath: options.relativePath,
    gateOf,
    waitAt,
    stockUp,
    abortElsewhere,
  });

  store.add(
    options.onSettingsChanged(() => {
      // A suggestion made under other settings (provider, length, privacy) is not offered under these.
      for (const session of sessions.values()) {
        session.dispose();
      }
      sessions.clear();
    }),
  );

  return {
    documentChanged: (change) => {
      outcomes.changed(change);
      const session = sessionOf(change.document.uri);
      session.cancelStart();
      session.cache.forgetFailed();
      // The editor asks after each edit by itself.
      session.owesResult = false;
      session.afterUndo = change.cause !== 'typing';
      const cursor = cursorAfter(change);
      if (cursor === undefined || cursor.line >= change.document.lineCount || session.afterUndo) {
        session.latest = undefined;
        return;
      }
      if (isTyping(change)) {
        rhythm.noteKey(clock.now());
      }
      session.latest = situationAt(change.document, cursor);
      request(session);
    },
    provide: (query, signal) =>
      answering.provide(sessionOf(query.document.uri), query, signal).catch((error: unknown) => {
        // A fault of our own costs one suggestion and leaves a trace; the editor is not bothered with it.
        logger.error('A suggestion failed', error);
        return [];
      }),
    accepted: (id) => {
      const session = sessions.get(outcomes.accepted(id) ?? '');
      if (session !== undefined) {
        request(session);
      }
    },
    rejected: (id) => {
      const session = sessions.get(outcomes.rejected(id) ?? '');
      if (session !== undefined) {
        session.owesResult = false;
      }
    },
    documentClosed: (uri) => {
      sessions.get(uri)?.dispose();
      sessions.delete(uri);
    },
    snooze: (durationMs) => status.snooze(durationMs),
    cancelSnooze: () => status.cancelSnooze(),
    reports: () => reports.list(),
    get status() {
      return status.current;
    },
    onStatusChanged: status.onChanged,
    onOutcome: outcomes.onOutcome,
    onLateResult: lateResult.event,
    dispose: () => {
      for (const session of sessions.values()) {
        session.dispose();
      }
      sessions.clear();
      store.dispose();
    },
  };
}

const ENDS_IN_WORD = /[\p{L}\p{N}_$]$/u;

function isTyping(change: DocumentChange): boolean {
  const [edit] = change.edits;
  return edit !== undefined && edit.text.length > 0 && edit.text.length <= MAX_TYPED_CHARACTERS;
}
