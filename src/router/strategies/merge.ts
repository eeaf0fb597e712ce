/** Several to their end, each shown as it comes; then one answer: where they agree by rule, else written by the best of them. */
import { randomUUID } from 'node:crypto';
import type { Branch } from '../branch.ts';
import type { Candidate } from '../candidates.ts';
import { needOf } from '../need.ts';
import type { StreamPart } from '../stream-part.ts';
import { startAlarm } from './alarm.ts';
import { mergePrompt } from './merge-prompt.ts';
import { agreedText, commonStart } from './merge-text.ts';
import { restOf } from './rest.ts';
import { single } from './single.ts';
import { type FailedAttempt, failureOf, type StrategyFunction, type StrategyRun } from './strategy.ts';

export const merge: StrategyFunction = (run) => {
  const { route, routing } = run;
  if (needOf(run.request).tools) {
    const warning = 'Answers that may use tools cannot be merged, so one model answers alone.';
    return single(run, { instead: 'no merge where tools are used', warning });
  }
  const field: Candidate[] = [];
  while (field.length < routing.k) {
    const next = route.next((candidate) => run.mayJoin(candidate, field));
    if (next === undefined) break;
    field.push(next);
  }
  if (field.length > 1) return runMerge(run, field);
  for (const candidate of field) route.putBack(candidate);
  return single(run, { instead: 'nobody to merge with' });
};

interface Piece {
  readonly candidate: Candidate;
  readonly text: string;
}

type PieceEvent =
  | { readonly type: 'piece'; readonly branch: Branch; readonly text: string }
  | { readonly type: 'failed'; readonly branch: Branch; readonly failure: FailedAttempt };

async function* runMerge(run: StrategyRun, field: readonly Candidate[]): AsyncGenerator<StreamPart, void, undefined> {
  const { route, clock, routing } = run;
  const pieces: Piece[] = [];
  const failures: FailedAttempt[] = [];
  const running = new Map<Branch, Promise<PieceEvent>>();
  const deadline = startAlarm(clock, 'deadline', routing.maxLatencyMs);
  let isOver = false;
  try {
    for (const candidate of field) {
      const branch = run.begin(candidate, {
        strategy: 'parallel_merge',
        role: 'piece',
        reason: 'a piece to merge',
        isAlone: () => running.size <= 1,
      });
      running.set(branch, readToEnd(branch));
    }
    while (running.size > 0 && agreedText(textsOf(pieces), field.length) === undefined) {
      const event = await Promise.race([...running.values(), ...(isOver ? [] : [deadline.event])]);
      if (event.type === 'deadline') {
        isOver = true;
      } else if (event.type === 'failed') {
        running.delete(event.branch);
        event.branch.dispose();
        route.failed(event.failure.candidate, event.failure.error);
        failures.push(event.failure);
      } else {
        running.delete(event.branch);
        event.branch.dispose();
        const { candidate } = event.branch;
        const { providerId, model } = candidate;
        pieces.push({ candidate, text: event.text });
        yield { type: 'merge-piece', providerId, model, text: event.text };
      }
      // Late, but better than nothing: without any piece the first one is still waited for.
      if (isOver && pieces.length > 0) break;
    }
  } finally {
    deadline.dispose();
    for (const branch of running.keys()) branch.dispose();
  }
  if (pieces.length === 0) yield* single(run, { failures });
  else yield* mergePieces(run, pieces, field.length);
}

async function readToEnd(branch: Branch): Promise<PieceEvent> {
  let text = '';
  try {
    const take = (part: StreamPart): void => {
      if (part.type === 'text-delta') text += part.text;
    };
    for (const part of await branch.open()) take(part);
    for (let part = await branch.next(); part !== undefined; part = await branch.next()) take(part);
    return { type: 'piece', branch, text };
  } catch (thrown) {
    return { type: 'failed', branch, failure: { candidate: branch.candidate, error: failureOf(thrown) } };
  }
}

async function* mergePieces(
  run: StrategyRun,
  pieces: readonly Piece[],
  asked: number,
): AsyncGenerator<StreamPart, void, undefined> {
  const strongest = run.byStrength(pieces.map(({ candidate }) => candidate));
  const ranked = strongest.flatMap((candidate) => pieces.filter((piece) => piece.candidate === candidate));
  const best = ranked.find(({ text }) => text.trim() !== '') ?? ranked[0];
  if (best === undefined) return;
  const agreed = agreedText(textsOf(ranked), asked);
  if (agreed !== undefined) {
    const from = ranked.find(({ text }) => text === agreed)?.candidate ?? best.candidate;
    yield* whole(run, from, agreed, 'agreed answer');
    return;
  }
  const told = ranked.filter(({ text }) => text.trim() !== '');
  if (told.length < 2) {
    yield* whole(run, best.candidate, best.text, 'only answer');
    return;
  }
  if (run.request.input.type === 'fim') {
    const common = commonStart(textsOf(told));
    yield* whole(run, best.candidate, common ?? best.text, common === undefined ? 'best answer' : 'what answers share');
    return;
  }
  const input = mergePrompt(run.request.input, told, randomUUID());
  const reason = `merges ${told.length} answers`;
  const { candidate } = best;
  const branch = run.begin(candidate, { strategy: 'parallel_merge', role: 'merger', reason, input });
  try {
    let opening: readonly StreamPart[];
    try {
      opening = await branch.open();
    } catch (thrown) {
      const { message } = failureOf(thrown);
      yield* whole(
        run,
        candidate,
        best.text,
        'best answer',
        `The answers could not be merged; this is one of them. ${message}`,
      );
      return;
    }
    yield run.answering(candidate, reason);
    yield* opening;
    yield* restOf(branch);
  } finally {
    branch.dispose();
  }
}

function* whole(
  run: StrategyRun,
  candidate: Candidate,
  text: string,
  reason: string,
  warning?: string,
): Generator<StreamPart, void, undefined> {
  yield run.answering(candidate, reason);
  if (warning !== undefined) yield { type: 'warning', message: warning };
  if (text !== '') yield { type: 'text-delta', text };
  yield { type: 'finish', reason: 'stop' };
}

function textsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.map(({ text }) => text);
}
