/** The quantities of completions.md §13.1, read from the runs of one policy. */
import { percentile, share, sum } from '../report/statistics.ts';
import type { OracleRequest } from '../oracle/server.ts';
import type { PolicyRun } from './policy.ts';
import type { UserEvent } from './user.ts';
import { DEBOUNCE_MS } from './vscode-model.ts';

export interface Quantities {
  readonly accepts: number;
  readonly charactersByAccept: number;
  readonly requestsPerAccept: number;
  readonly tokensPerAccept: number;
  readonly typedThrough: number | undefined;
  readonly backspaceShown: number | undefined;
  readonly backspaceWithoutRequest: number | undefined;
  readonly afterAcceptP50Ms: number | undefined;
  readonly afterAcceptP95Ms: number | undefined;
  readonly pausesFilled: number | undefined;
  readonly pausesFilledRightly: number | undefined;
  readonly flickers: number;
  readonly corrections: number;
  /** Requests that were given up before their first token had come, of all. */
  readonly abortedBeforeFirstToken: number | undefined;
}

/** A pause that counts (§13.1). */
const PAUSE_MS = 1000;

export function quantitiesOf(runs: readonly PolicyRun[]): Quantities {
  const accepts = sum(runs.map((run) => count(run, 'accept')));
  const requests = runs.flatMap((run) => run.requests.filter((request) => !request.warmUp));
  const typed = sum(runs.map((run) => run.target.length));
  const accepted = sum(
    runs.flatMap((run) => run.events.map((event) => (event.type === 'accept' ? event.characters : 0))),
  );
  const waits = runs.flatMap(waitsAfterAccept);
  const backspaces = runs.flatMap(backspaceAnswers);
  const pauses = runs.flatMap(pausesOf);
  return {
    accepts,
    charactersByAccept: accepted / typed,
    requestsPerAccept: requests.length / accepts,
    tokensPerAccept: sum(requests.map((request) => request.tokensSent)) / accepts,
    typedThrough: share(runs.flatMap(typedThroughKeys)),
    backspaceShown: share(backspaces.map((answer) => answer.shown)),
    backspaceWithoutRequest: share(backspaces.map((answer) => answer.withoutRequest)),
    afterAcceptP50Ms: percentile(waits, 50),
    afterAcceptP95Ms: percentile(waits, 95),
    pausesFilled: share(pauses.map((pause) => pause.filled)),
    pausesFilledRightly: share(pauses.map((pause) => pause.right)),
    flickers: sum(runs.map((run) => run.flickers)),
    corrections: sum(runs.map((run) => run.corrections)),
    abortedBeforeFirstToken: share(requests.map((request) => request.firstTokenAt === undefined)),
  };
}

function count(run: PolicyRun, type: UserEvent['type']): number {
  return run.events.filter((event) => event.type === type).length;
}

/** The ghost text at a time. */
function ghostAt(run: PolicyRun, at: number): string | undefined {
  let low = 0;
  let high = run.ghosts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((run.ghosts[middle]?.at ?? 0) <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return run.ghosts[low - 1]?.text;
}

/** When ghost text was first up in a stretch of time; its start if it was up then. */
function firstShown(run: PolicyRun, from: number, until: number): number | undefined {
  if (ghostAt(run, from) !== undefined) {
    return from;
  }
  return run.ghosts.find((ghost) => ghost.at > from && ghost.at <= until && ghost.text !== undefined)?.at;
}

/** The next thing the user did after an event. */
function nextEdit(run: PolicyRun, index: number): number {
  return run.events.slice(index + 1).find((event) => event.type !== 'pause')?.at ?? Infinity;
}

function requestsAt(run: PolicyRun, offset: number, from: number, until: number): readonly OracleRequest[] {
  return run.requests.filter(
    (request) => request.offset === offset && request.arrivedAt >= from && request.arrivedAt < until,
  );
}

/** For each key that spells the ghost text: whether nothing was asked at the place that it led to. */
function typedThroughKeys(run: PolicyRun): readonly boolean[] {
  const keys: boolean[] = [];
  run.events.forEach((event, index) => {
    if (event.type === 'key' && event.matched) {
      keys.push(requestsAt(run, event.offset, event.at, nextEdit(run, index)).length === 0);
    }
  });
  return keys;
}

/** Typos where text was up before: whether it came back with the backspace, and whether that took a request. */
function backspaceAnswers(run: PolicyRun): readonly { readonly shown: boolean; readonly withoutRequest: boolean }[] {
  const answers: { shown: boolean; withoutRequest: boolean }[] = [];
  run.events.forEach((event, index) => {
    const typo = run.events[index - 1];
    if (event.type !== 'backspace' || typo?.type !== 'typo' || !typo.ghostBefore) {
      return;
    }
    const until = nextEdit(run, index);
    if (until < event.at + DEBOUNCE_MS + 10) {
      return;
    }
    answers.push({
      shown: firstShown(run, event.at, event.at + DEBOUNCE_MS + 10) !== undefined,
      withoutRequest: requestsAt(run, event.offset, typo.at, until).length === 0,
    });
  });
  return answers;
}

/** From Tab to the next text, whatever the user did meanwhile; undone accepts and those that ended the file left out. */
function waitsAfterAccept(run: PolicyRun): readonly number[] {
  const waits: number[] = [];
  run.events.forEach((event, index) => {
    const next = run.events.slice(index + 1).find((other) => other.type !== 'pause');
    if (event.type !== 'accept' || next === undefined || next.type === 'undo') {
      return;
    }
    const shownAt = firstShown(run, event.at + 0.001, Infinity);
    if (shownAt !== undefined) {
      waits.push(shownAt - event.at);
    }
  });
  return waits;
}

function pausesOf(run: PolicyRun): readonly { readonly filled: boolean; readonly right: boolean }[] {
  const pauses: { filled: boolean; right: boolean }[] = [];
  for (const event of run.events) {
    if (event.type !== 'pause' || event.plannedMs < PAUSE_MS || event.offset >= run.target.length) {
      continue;
    }
    const texts = [
      ghostAt(run, event.at),
      ...run.ghosts.filter((ghost) => ghost.at > event.at && ghost.at <= event.until).map((ghost) => ghost.text),
    ].filter((text) => text !== undefined);
    pauses.push({
      filled: texts.length > 0,
      right: texts.some((text) => firstLineIsRight(text, run.target, event.offset)),
    });
  }
  return pauses;
}

/** As in the editor bench: to the end of the first line that says something, whatever comes below. */
function firstLineIsRight(text: string, target: string, offset: number): boolean {
  const line = /^\s*[^\n]*/.exec(text)?.[0] ?? '';
  const following = target.charAt(offset + line.length);
  return line.trim() !== '' && target.startsWith(line, offset) && (following === '\n' || following === '');
}
