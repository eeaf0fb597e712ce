/** Several at once, or the further ones only when the first is late: whose first useful words come first writes the answer. */
import type { ReaperError } from '../../base/errors.ts';
import type { Candidate } from '../candidates.ts';
import { likelyInputTokens } from '../estimate-usage.ts';
import { noAnswer } from '../no-answer.ts';
import type { AttemptRole } from '../request-record.ts';
import type { StreamPart } from '../stream-part.ts';
import { type Alarm, startAlarm } from './alarm.ts';
import { createClaim } from './claim.ts';
import { restOf } from './rest.ts';
import { isUseful, Runner, type RunnerEvent } from './runner.ts';
import { single } from './single.ts';
import { type FailedAttempt, reasonAfter, type StrategyFunction, type StrategyRun } from './strategy.ts';

export const race: StrategyFunction = (run) => {
  const field = run.routing.hedged ? hedgedField(run) : wholeField(run);
  return field.length === 0 ? single(run, { instead: 'nobody to race against' }) : runRace(run, field);
};

/** Empty if there are not two who may race. */
function wholeField({ route, routing, mayJoin }: StrategyRun): readonly Candidate[] {
  const field: Candidate[] = [];
  while (field.length < routing.k) {
    const next = route.next((candidate) => mayJoin(candidate, field));
    if (next === undefined) break;
    field.push(next);
  }
  if (field.length > 1) return field;
  for (const candidate of field) route.putBack(candidate);
  return [];
}

/** The first choice alone; empty if it may not race, or has nobody to race against. */
function hedgedField({ route, mayJoin }: StrategyRun): readonly Candidate[] {
  const first = route.next();
  if (first === undefined) return [];
  const partner = mayJoin(first, []) ? route.next((candidate) => mayJoin(candidate, [first])) : undefined;
  if (partner !== undefined) route.putBack(partner);
  else route.putBack(first);
  return partner === undefined ? [] : [first];
}

async function* runRace(run: StrategyRun, field: readonly Candidate[]): AsyncGenerator<StreamPart, void, undefined> {
  const contest = createContest(run, field);
  let winner: Runner | undefined;
  try {
    winner = await contest.winner();
    winner.branch.settleAs('winner');
    contest.disposeOthers();
    yield run.answering(winner.branch.candidate, winner.reason);
    yield* winner.held;
    yield* restOf(winner.branch);
  } finally {
    winner?.dispose();
    contest.disposeOthers();
  }
}

interface Contest {
  /** Throws if nobody answers. Whoever gets it disposes it. */
  winner(): Promise<Runner>;
  /** All but the winner. */
  disposeOthers(): void;
}

function createContest(run: StrategyRun, field: readonly Candidate[]): Contest {
  const { route, routing, clock, hedges } = run;
  const running = new Set<Runner>();
  const failures: FailedAttempt[] = [];
  /** Came to its end without a word: an answer if nobody has a better one. */
  let empty: Runner | undefined;
  let hedge: Alarm<'hedge'> = startAlarm(clock, 'hedge', undefined);
  const patience = startAlarm(clock, 'late', routing.maxLatencyMs);
  let isSingle = false;
  const claim = createClaim();

  function start(candidate: Candidate, role: AttemptRole, reason: string): void {
    const runner: Runner = new Runner(
      (hasContent) => {
        const wins = (): boolean => hasContent() && claim(candidate);
        return run.begin(candidate, { strategy: 'race', role, reason, wins, isAlone: () => running.size <= 1 });
      },
      reason,
      (progress) => isUseful(progress, routing.minUsefulTokens),
    );
    running.add(runner);
  }

  function startField(): void {
    for (const [index, candidate] of field.entries()) {
      start(candidate, 'loser', index === 0 ? 'first choice' : `beside ${field[0]?.providerId ?? ''}`);
    }
    const [first] = field;
    if (!routing.hedged || first === undefined) return;
    hedges.made();
    hedge = startAlarm(clock, 'hedge', hedges.delayMs(first.key, likelyInputTokens(run.request.input)));
  }

  function runners(): readonly Candidate[] {
    return [...running].map(({ branch }) => branch.candidate);
  }

  function onHedge(): void {
    hedge = startAlarm(clock, 'hedge', undefined);
    if (isSingle) return;
    const partner = route.next((candidate) => run.mayJoin(candidate, runners()));
    if (partner === undefined) return;
    if (hedges.spend()) start(partner, 'hedge', `beside ${runners()[0]?.providerId ?? ''}, which is late`);
    else route.putBack(partner);
  }

  function onFailed(runner: Runner, error: ReaperError): void {
    const { candidate } = runner.branch;
    running.delete(runner);
    route.failed(candidate, error);
    failures.push({ candidate, error });
    if (running.size > 0) return;
    hedge.dispose();
    const next = route.next();
    if (next !== undefined) start(next, 'loser', reasonAfter(failures));
  }

  /** Too late for a contest: the one who has come furthest goes on alone, and others follow only if it fails. */
  function onLate(): void {
    isSingle = true;
    hedge.dispose();
    const [best] = [...running].sort((a, b) => b.progress.characters - a.progress.characters);
    if (best !== undefined) keepOnly(best);
  }

  function keepOnly(kept: Runner): void {
    for (const runner of running) {
      if (runner === kept) continue;
      running.delete(runner);
      runner.dispose();
    }
  }

  return {
    async winner() {
      startField();
      let late: Promise<{ readonly type: 'late' }> | undefined = patience.event;
      while (running.size > 0) {
        const events: Promise<RunnerEvent | { readonly type: 'hedge' | 'late' }>[] = [...running].map(
          ({ event }) => event,
        );
        if (late !== undefined) events.push(late);
        const event = await Promise.race([...events, hedge.event]);
        switch (event.type) {
          case 'hedge':
            onHedge();
            break;
          case 'late':
            late = undefined;
            onLate();
            break;
          case 'failed':
            onFailed(event.runner, event.error);
            break;
          case 'ready':
            running.delete(event.runner);
            if (!event.runner.isEmpty && claim(event.runner.branch.candidate)) return event.runner;
            if (event.runner.isEmpty && empty === undefined) empty = event.runner;
            else event.runner.dispose();
            break;
        }
      }
      if (empty !== undefined) return empty;
      throw noAnswer(failures, route.excluded());
    },
    disposeOthers() {
      hedge.dispose();
      patience.dispose();
      for (const runner of running) runner.dispose();
      running.clear();
      empty?.dispose();
    },
  };
}
