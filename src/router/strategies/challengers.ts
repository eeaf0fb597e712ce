/** The better models of a speculation: started a little later, read ahead until one has as much to show, let go together. */
import type { Disposable } from '../../base/disposable.ts';
import type { Branch } from '../branch.ts';
import type { Candidate } from '../candidates.ts';
import type { Claim } from './claim.ts';
import { isUseful, type Progress, Runner, type RunnerEvent } from './runner.ts';
import type { StrategyRun } from './strategy.ts';

export interface ChallengersOptions {
  readonly candidates: readonly Candidate[];
  readonly claim: Claim;
  /** How much of the local answer is shown already. */
  shownCharacters(): number;
  /** Whether they are all that is left. */
  isLocalBroken(): boolean;
}

export interface Challengers extends Disposable {
  /** Once; nothing happens after `dispose`. */
  start(reason: string): void;
  readonly areStarted: boolean;
  readonly isAnyRunning: boolean;
  events(): readonly Promise<RunnerEvent>[];
  drop(runner: Runner): void;
  dropOthers(winner: Runner): void;
}

export function createChallengers(
  run: StrategyRun,
  { candidates, claim, shownCharacters, isLocalBroken }: ChallengersOptions,
): Challengers {
  const runners = new Set<Runner>();
  let areStarted = false;

  const isBetter = (progress: Progress): boolean =>
    isUseful(progress, run.routing.minUsefulTokens) &&
    (progress.hasFence || progress.hasToolCall || progress.characters >= shownCharacters());

  function drop(runner: Runner): void {
    runners.delete(runner);
    runner.dispose();
  }

  return {
    start(reason) {
      if (areStarted) return;
      areStarted = true;
      for (const candidate of candidates) {
        const begin = (hasContent: () => boolean): Branch =>
          run.begin(candidate, {
            strategy: 'speculate_k',
            role: 'loser',
            reason,
            wins: () => hasContent() && claim(candidate),
            isAlone: () => isLocalBroken() && runners.size <= 1,
          });
        runners.add(new Runner(begin, reason, isBetter));
      }
    },
    get areStarted() {
      return areStarted;
    },
    get isAnyRunning() {
      return runners.size > 0;
    },
    events: () => [...runners].map(({ event }) => event),
    drop,
    dropOthers(winner) {
      for (const runner of runners) if (runner !== winner) drop(runner);
    },
    dispose() {
      areStarted = true;
      for (const runner of runners) drop(runner);
    },
  };
}
