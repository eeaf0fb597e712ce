/** The rows of the report, from what was answered at each place. */
import { percentile, share } from '../report/statistics.ts';
import { type Row, type Unit, type Wanted, atLeast, atMost } from '../report/table.ts';
import type { Answer, Sample } from './ask.ts';
import type { ThreadResult } from './in-thread.ts';

export const SUBJECT = 'Reaper';
const REFERENCE = 'order-7 cache';
/** The share of places at which the figures of the issue show. */
export const REFERENCE_SHARE = 0.105;
const MEBIBYTE = 2 ** 20;

export interface Shown {
  /** Of all places. */
  readonly shown: number;
  /** Of what is shown. */
  readonly right: number;
  /** Of all line starts, those where what is shown is right. */
  readonly lines: number;
}

export function rowsOf(samples: readonly Sample[], threshold: number): Row[] {
  const places = samples.filter(({ kind }) => kind !== 'word');
  const compared = places.filter(({ reference }) => reference !== undefined);
  const ours = shownOf(places);
  const oursCompared = shownOf(compared);
  const reference = referenceOf(compared, REFERENCE_SHARE);
  const asMany = referenceOf(compared, oursCompared.shown);
  const brackets = surest(places, ({ bestOfAll }) => bestOfAll, threshold);
  const words = shownOf(samples.filter(({ kind }) => kind === 'word'));
  const further = places.filter(({ furtherLines }) => furtherLines > 0);
  const ms = places.map((sample) => sample.ms);
  const referenceMs = compared.map((sample) => sample.reference!.ms);
  const next = share(compared.map(({ isNextRight }) => isNextRight));
  const referenceNext = share(compared.map((sample) => sample.reference!.isNextRight));
  return [
    row('exact, of what is shown', 'share', ours.right, reference.right, atLeast(0.65)),
    row('shown, of all places', 'share', ours.shown, reference.shown, atLeast(0.12)),
    row('completed exactly, of all lines', 'share', ours.lines, reference.lines, atLeast(0.08)),
    row('same trees, reference shows as much: exact', 'share', oursCompared.right, asMany.right),
    row('same trees, reference shows as much: lines', 'share', oursCompared.lines, asMany.lines),
    row('lone brackets shown too: exact', 'share', brackets.right),
    row('lone brackets shown too: shown', 'share', brackets.shown),
    row('lone brackets shown too: lines', 'share', brackets.lines),
    row('within words: exact', 'share', words.right),
    row('within words: shown', 'share', words.shown),
    row('several lines: shown', 'share', further.length / places.length),
    row('several lines: all exact', 'share', share(further.map(({ isAllRight }) => isAllRight))),
    row('next token right, same trees', 'share', next, referenceNext),
    row('confidence off by, mean over tenths', 'share', calibrationError(places)),
    row('time, p50', 'ms', percentile(ms, 50), percentile(referenceMs, 50)),
    row('time, p95', 'ms', percentile(ms, 95), percentile(referenceMs, 95), atMost(3)),
  ];
}

export function threadRows(result: ThreadResult): Row[] {
  const megabytes = (bytes: number): number => bytes / MEBIBYTE;
  return [
    row('learning in the thread', 'ms', result.learnMs, undefined, atMost(2000)),
    row('memory, as the thread counts it', 'MB', megabytes(result.memoryBytes), undefined, atMost(64)),
    row('memory, growth of the process', 'MB', megabytes(result.residentBytes)),
    row('main thread, longest stretch while learning', 'ms', result.longestStretchMs, undefined, atMost(5)),
    row('round trip, p50', 'ms', percentile(result.roundTripsIdle, 50)),
    row('round trip, p95', 'ms', percentile(result.roundTripsIdle, 95), undefined, atMost(3)),
    row('round trip while learning, p95', 'ms', percentile(result.roundTripsLearning, 95), undefined, atMost(3)),
    row('snapshot on disk', 'MB', megabytes(result.snapshotBytes)),
    row('restored from disk', 'ms', result.restoreMs),
  ];
}

export function shownOf(samples: readonly Sample[]): Shown {
  return summarize(samples, (sample) => (sample.isShown ? sample.best : undefined));
}

function row(quantity: string, unit: Unit, ours: number | undefined, reference?: number, wanted?: Wanted): Row {
  const values = reference === undefined ? { [SUBJECT]: ours } : { [SUBJECT]: ours, [REFERENCE]: reference };
  return { quantity, unit, wanted, values };
}

function surest(samples: readonly Sample[], pick: (sample: Sample) => Answer | undefined, threshold: number): Shown {
  return summarize(samples, (sample) => {
    const answer = pick(sample);
    return answer !== undefined && answer.confidence >= threshold ? answer : undefined;
  });
}

/** The reference at the threshold where it shows the wanted share. */
function referenceOf(samples: readonly Sample[], wanted: number): Shown {
  const confidences = samples
    .map(({ reference }) => (reference?.isWorthShowing === true ? reference.confidence : 0))
    .sort((a, b) => b - a);
  const threshold = confidences[Math.floor(wanted * samples.length)] ?? 1;
  return surest(samples, ({ reference }) => (reference?.isWorthShowing === true ? reference : undefined), threshold);
}

function summarize(samples: readonly Sample[], shownAnswer: (sample: Sample) => Answer | undefined): Shown {
  const shown = samples.filter((sample) => shownAnswer(sample) !== undefined);
  const right = shown.filter((sample) => shownAnswer(sample)!.isRight);
  const isLine = ({ kind }: Sample): boolean => kind === 'line';
  return {
    shown: shown.length / samples.length,
    right: right.length / shown.length,
    lines: right.filter(isLine).length / samples.filter(isLine).length,
  };
}

/** By how much the confidence differs from the share that is right, over ten parts of equal size of what is shown. */
function calibrationError(samples: readonly Sample[]): number {
  const shown = samples
    .flatMap(({ isShown, best }) => (isShown && best !== undefined ? [best] : []))
    .sort((a, b) => a.confidence - b.confidence);
  const size = Math.ceil(shown.length / 10);
  let error = 0;
  for (let from = 0; from < shown.length; from += size) {
    const part = shown.slice(from, from + size);
    const difference = part.reduce((sum, { confidence, isRight }) => sum + confidence - (isRight ? 1 : 0), 0);
    error += Math.abs(difference) / shown.length;
  }
  return error;
}
