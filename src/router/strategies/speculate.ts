/** A model on this machine at once, a better one a little later: it takes over, once, when it has as much to show. */
import type { ReaperError } from '../../base/errors.ts';
import type { Branch } from '../branch.ts';
import type { Candidate } from '../candidates.ts';
import type { StreamPart } from '../stream-part.ts';
import { startAlarm } from './alarm.ts';
import { createChallengers } from './challengers.ts';
import { createClaim } from './claim.ts';
import { race } from './race.ts';
import { restOf } from './rest.ts';
import type { Runner, RunnerEvent } from './runner.ts';
import { single } from './single.ts';
import { type FailedAttempt, failureOf, reasonAfter, type StrategyFunction, type StrategyRun } from './strategy.ts';

// facts/ghost-ecosystem §2.5: time enough for a quick local answer to make the remote one unnecessary.
const SHORTEST_HEAD_START_MS = 120;
const LONGEST_HEAD_START_MS = 250;

export const speculate: StrategyFunction = (run) => {
  const { route, routing } = run;
  const local = route.next((candidate) => candidate.location === 'local' && run.mayJoin(candidate, []));
  if (local === undefined) return race(run);
  const better: Candidate[] = [];
  while (better.length < routing.k - 1) {
    const next = route.next(
      (candidate) => candidate.location === 'remote' && run.mayJoin(candidate, [local, ...better]),
    );
    if (next === undefined) break;
    better.push(next);
  }
  if (better.length > 0) return runSpeculation(run, local, better);
  route.putBack(local);
  return single(run, { instead: 'no better model to wait for' });
};

type LocalEvent =
  | { readonly type: 'parts'; readonly parts: readonly StreamPart[] }
  | { readonly type: 'broken'; readonly error: ReaperError };

async function* runSpeculation(
  run: StrategyRun,
  local: Candidate,
  better: readonly Candidate[],
): AsyncGenerator<StreamPart, void, undefined> {
  const { route, clock } = run;
  const failures: FailedAttempt[] = [];
  const claim = createClaim();
  let shownCharacters = 0;
  let isShown = false;
  let isLocalBroken = false;
  /** Came to its end without a word: an answer if nobody has a better one. */
  let empty: Runner | undefined;

  const challengers = createChallengers(run, {
    candidates: better,
    claim,
    shownCharacters: () => shownCharacters,
    isLocalBroken: () => isLocalBroken,
  });
  const reason = 'first choice on this machine';
  const branch = run.begin(local, {
    strategy: 'speculate_k',
    role: 'loser',
    reason,
    wins: () => claim(local),
    isAlone: () => challengers.areStarted && !challengers.isAnyRunning,
  });
  const spreadMs = LONGEST_HEAD_START_MS - SHORTEST_HEAD_START_MS;
  const headStart = startAlarm(clock, 'start', SHORTEST_HEAD_START_MS + run.random() * spreadMs);

  function startChallengers(): void {
    headStart.dispose();
    challengers.start(reasonAfter(failures, `to take over from ${local.providerId}`));
  }

  function giveUp(candidate: Candidate, error: ReaperError): void {
    route.failed(candidate, error);
    failures.push({ candidate, error });
  }

  try {
    let localEvent: Promise<LocalEvent> | undefined = readLocal(branch, true);
    while (localEvent !== undefined || challengers.isAnyRunning) {
      const events: Promise<LocalEvent | RunnerEvent | { readonly type: 'start' }>[] = [...challengers.events()];
      if (localEvent !== undefined) events.push(localEvent);
      if (!challengers.areStarted) events.push(headStart.event);
      const event = await Promise.race(events);
      switch (event.type) {
        case 'start':
          startChallengers();
          break;
        case 'parts': {
          const isEnd = event.parts.some(({ type }) => type === 'finish');
          if (isEnd && !claim(local)) {
            localEvent = undefined;
            break;
          }
          // What is whole needs no better one, and what was called cannot be taken back.
          if (isEnd || event.parts.some(({ type }) => type === 'tool-call-start')) challengers.dispose();
          if (!isShown) yield run.answering(local, reason);
          isShown = true;
          shownCharacters += charactersOf(event.parts);
          yield* event.parts;
          if (isEnd) return;
          localEvent = readLocal(branch, false);
          break;
        }
        case 'broken':
          localEvent = undefined;
          isLocalBroken = true;
          giveUp(local, event.error);
          startChallengers();
          break;
        case 'failed':
          challengers.drop(event.runner);
          giveUp(event.runner.branch.candidate, event.error);
          break;
        case 'ready': {
          const { runner } = event;
          const { candidate } = runner.branch;
          if (runner.isEmpty || !claim(candidate)) {
            challengers.drop(runner);
            if (runner.isEmpty) empty = runner;
            break;
          }
          runner.branch.settleAs('winner');
          branch.dispose();
          challengers.dropOthers(runner);
          if (isShown) yield { type: 'replace' };
          yield run.answering(candidate, runner.reason);
          yield* runner.held;
          yield* restOf(runner.branch);
          return;
        }
      }
    }
  } finally {
    headStart.dispose();
    challengers.dispose();
    branch.dispose();
  }
  if (isShown) {
    yield { type: 'finish', reason: 'interrupted' };
  } else if (empty !== undefined) {
    yield run.answering(empty.branch.candidate, empty.reason);
    yield* empty.held;
  } else {
    yield* single(run, { failures });
  }
}

async function readLocal(branch: Branch, isOpening: boolean): Promise<LocalEvent> {
  try {
    if (isOpening) return { type: 'parts', parts: await branch.open() };
    const part = await branch.next();
    return { type: 'parts', parts: part === undefined ? [] : [part] };
  } catch (thrown) {
    return { type: 'broken', error: failureOf(thrown) };
  }
}

function charactersOf(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, part) => sum + (part.type === 'text-delta' ? part.text.length : 0), 0);
}
