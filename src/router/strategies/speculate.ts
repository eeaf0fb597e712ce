/** A model on this machine at once, a better one a little later: it takes over, once, when it has as much to show. */
import type { ReaperError } from '../../base/errors.ts';
import type { Branch } from '../branch.ts';
import type { Candidate } from '../candidates.ts';
import type { StreamPart } from '../stream-part.ts';
import { startAlarm } from './alarm.ts';
import { race } from './race.ts';
import { restOf } from './rest.ts';
import { isUseful, type Progress, Runner, type RunnerEvent } from './runner.ts';
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
  const { route, routing, clock } = run;
  const failures: FailedAttempt[] = [];
  const runners = new Set<Runner>();
  const reason = 'first choice on this machine';
  const branch = run.begin(local, {
    strategy: 'speculate_k',
    role: 'loser',
    reason,
    wins: () => claim(local),
    isAlone: () => started && runners.size === 0,
  });
  const spreadMs = LONGEST_HEAD_START_MS - SHORTEST_HEAD_START_MS;
  const alarm = startAlarm(clock, 'start', SHORTEST_HEAD_START_MS + run.random() * spreadMs);
  let shownCharacters = 0;
  let isShown = false;
  let started = false;
  let isLocalBroken = false;
  let claimed: Candidate | undefined;
  /** Came to its end without a word: an answer if nobody has a better one. */
  let empty: Runner | undefined;

  /** One of them can win, and who comes to its end is first before anybody sees it. */
  function claim(candidate: Candidate): boolean {
    claimed ??= candidate;
    return claimed === candidate;
  }

  const isBetter = (progress: Progress): boolean =>
    isUseful(progress, routing.minUsefulTokens) &&
    (progress.hasFence || progress.hasToolCall || progress.characters >= shownCharacters);

  function startBetter(): void {
    if (started) return;
    started = true;
    alarm.dispose();
    for (const candidate of better) {
      const why = reasonAfter(failures, `to take over from ${local.providerId}`);
      const begin = (hasContent: () => boolean): Branch =>
        run.begin(candidate, {
          strategy: 'speculate_k',
          role: 'loser',
          reason: why,
          wins: () => hasContent() && claim(candidate),
          isAlone: () => isLocalBroken && runners.size <= 1,
        });
      runners.add(new Runner(begin, why, isBetter));
    }
  }

  function giveUpBetter(): void {
    started = true;
    alarm.dispose();
    for (const runner of runners) runner.dispose();
    runners.clear();
  }

  try {
    let localEvent: Promise<LocalEvent> | undefined = readLocal(branch, true);
    for (;;) {
      if (localEvent === undefined && runners.size === 0) break;
      const events: Promise<LocalEvent | RunnerEvent | { readonly type: 'start' }>[] = [...runners].map(
        ({ event }) => event,
      );
      if (localEvent !== undefined) events.push(localEvent);
      if (!started) events.push(alarm.event);
      const event = await Promise.race(events);
      switch (event.type) {
        case 'start':
          startBetter();
          break;
        case 'parts': {
          if (!isShown) {
            yield run.answering(local, reason);
            isShown = true;
          }
          shownCharacters += charactersOf(event.parts);
          // What was called cannot be taken back.
          if (event.parts.some(({ type }) => type === 'tool-call-start')) giveUpBetter();
          const isEnd = event.parts.some(({ type }) => type === 'finish');
          if (isEnd && !claim(local)) {
            localEvent = undefined;
            break;
          }
          if (isEnd) giveUpBetter();
          yield* event.parts;
          if (isEnd) return;
          localEvent = readLocal(branch, false);
          break;
        }
        case 'broken':
          localEvent = undefined;
          isLocalBroken = true;
          route.failed(local, event.error);
          failures.push({ candidate: local, error: event.error });
          startBetter();
          break;
        case 'failed':
          runners.delete(event.runner);
          route.failed(event.runner.branch.candidate, event.error);
          failures.push({ candidate: event.runner.branch.candidate, error: event.error });
          break;
        case 'ready': {
          const winner = event.runner;
          if (winner.isEmpty || !claim(winner.branch.candidate)) {
            runners.delete(winner);
            if (winner.isEmpty) empty = winner;
            winner.dispose();
            break;
          }
          winner.branch.settleAs('winner');
          branch.dispose();
          for (const other of runners) if (other !== winner) other.dispose();
          if (isShown) yield { type: 'replace' };
          yield run.answering(winner.branch.candidate, winner.reason);
          yield* winner.held;
          yield* restOf(winner.branch);
          return;
        }
      }
    }
  } finally {
    giveUpBetter();
    branch.dispose();
  }
  if (isShown) {
    yield { type: 'finish', reason: 'interrupted' };
    return;
  }
  if (empty !== undefined) {
    yield run.answering(empty.branch.candidate, empty.reason);
    yield* empty.held;
    return;
  }
  yield* single(run, { failures });
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
