/** `npm run bench -- predictor`: how good, how fast and how small the embedded model is on real trees. See ../README.md. */
import { parseArgs } from 'node:util';
import { CONFIDENCE_THRESHOLD } from '../../src/predictor/confidence.ts';
import { percentile, share } from '../report/statistics.ts';
import { type Row, atLeast, atMost, printReport, saveReport } from '../report/table.ts';
import { type Answer, type Sample, type TreeResult, askTree } from './ask.ts';
import { cacheFolder } from './folders.ts';
import { type ThreadResult, measureThread } from './in-thread.ts';
import { type Language, type Tree, readTree, readWholeTree, trees } from './trees.ts';

const { values } = parseArgs({
  options: {
    positions: { type: 'string', default: '1500' },
    languages: { type: 'string', default: 'typescript,python,go' },
    split: { type: 'string', default: 'report' },
    'no-reference': { type: 'boolean', default: false },
    'no-thread': { type: 'boolean', default: false },
  },
});

const SUBJECT = 'Reaper';
const REFERENCE = 'order-7 cache';
const MEBIBYTE = 2 ** 20;
const MAX_REFERENCE_CHARACTERS = 5_300_000;
/** What the figures of the issue were taken at. */
const REFERENCE_SHARE = 0.105;

const results: TreeResult[] = [];
for (const language of values.languages.split(',')) {
  const ofLanguage = trees.filter((tree) => tree.language === language && tree.split === values.split);
  const measured = ofLanguage.flatMap(measureTree);
  results.push(...measured);
  printReport({
    bench: 'predictor',
    title: `${language}: ${measured.map(({ tree }) => tree.name).join(', ')}`,
    subject: SUBJECT,
    rows: rowsOf(measured.flatMap(({ samples }) => samples)),
    notes: measured.map(detailOf),
  });
}
const thread = values['no-thread'] ? undefined : await measureInThread();
const report = {
  bench: 'predictor',
  title: 'All languages, and the thread',
  subject: SUBJECT,
  rows: [...rowsOf(results.flatMap(({ samples }) => samples)), ...(thread === undefined ? [] : threadRows(thread))],
  notes: [
    `Threshold ${CONFIDENCE_THRESHOLD.toFixed(3)}, fitted with the weights on ${namesOf('fit')}; reported on other projects.`,
    'Leave-one-out: at most one file in 40 is unknown but for the text before the cursor; the rest of the tree is learned.',
    'Places: every line that is not blank after its indentation, and a place between tokens in every second line, drawn by hash.',
    'Right: the shown text is the rest of the line exactly. Nothing without a letter or digit or under 3 characters is shown.',
    `The reference shows its surest ${REFERENCE_SHARE * 100} %; "at Reaper's share" as many as Reaper. It is measured on trees up to ${MAX_REFERENCE_CHARACTERS / 1e6} M characters.`,
  ],
};
printReport(report);
console.log(`\nwritten: ${saveReport(report, { thread, trees: results.map(withoutSamples) })}`);

function measureTree(tree: Tree): TreeResult[] {
  const files = readTree(tree, cacheFolder);
  const maxReferenceCharacters = values['no-reference'] ? 0 : MAX_REFERENCE_CHARACTERS;
  return files === undefined
    ? []
    : [askTree(tree, files, { positions: Number(values.positions), maxReferenceCharacters })];
}

function rowsOf(samples: readonly Sample[]): Row[] {
  const places = samples.filter(({ kind }) => kind !== 'word');
  const compared = places.filter(({ reference }) => reference !== undefined);
  const ours = shownOf(places);
  const reference = referenceOf(compared, REFERENCE_SHARE);
  const atOurs = referenceOf(compared, shownOf(compared).shown);
  const withBrackets = surest(places, ({ bestOfAll }) => bestOfAll, CONFIDENCE_THRESHOLD);
  const words = shownOf(samples.filter(({ kind }) => kind === 'word'));
  const wall = places.map(({ wallMs }) => wallMs);
  const cpu = places.map(({ cpuMs }) => cpuMs);
  const referenceMs = compared.map((sample) => sample.reference!.wallMs);
  const both = (mine: number | undefined, theirs?: number): Row['values'] => ({ [SUBJECT]: mine, [REFERENCE]: theirs });
  return [
    {
      quantity: 'exact, of what is shown',
      unit: 'share',
      wanted: atLeast(0.65),
      values: both(ours.right, reference.right),
    },
    {
      quantity: 'shown, of all places',
      unit: 'share',
      wanted: atLeast(0.12),
      values: both(ours.shown, reference.shown),
    },
    {
      quantity: 'completed exactly, of all lines',
      unit: 'share',
      wanted: atLeast(0.08),
      values: both(ours.lines, reference.lines),
    },
    {
      quantity: "exact, reference at Reaper's share, same trees",
      unit: 'share',
      wanted: undefined,
      values: both(shownOf(compared).right, atOurs.right),
    },
    {
      quantity: "lines, reference at Reaper's share, same trees",
      unit: 'share',
      wanted: undefined,
      values: both(shownOf(compared).lines, atOurs.lines),
    },
    { quantity: 'exact, lone brackets shown too', unit: 'share', wanted: undefined, values: both(withBrackets.right) },
    { quantity: 'shown, lone brackets shown too', unit: 'share', wanted: undefined, values: both(withBrackets.shown) },
    { quantity: 'lines, lone brackets shown too', unit: 'share', wanted: undefined, values: both(withBrackets.lines) },
    { quantity: 'exact, of what is shown within words', unit: 'share', wanted: undefined, values: both(words.right) },
    { quantity: 'shown, of all places within words', unit: 'share', wanted: undefined, values: both(words.shown) },
    {
      quantity: 'next token right',
      unit: 'share',
      wanted: undefined,
      values: both(
        share(compared.map(({ isNextRight }) => isNextRight)),
        share(compared.map((sample) => sample.reference!.isNextRight)),
      ),
      note: 'same trees',
    },
    {
      quantity: 'confidence off by',
      unit: 'share',
      wanted: undefined,
      values: both(calibrationError(places)),
      note: 'mean over tenths',
    },
    {
      quantity: 'time, p50',
      unit: 'ms',
      wanted: undefined,
      values: both(percentile(wall, 50), percentile(referenceMs, 50)),
    },
    {
      quantity: 'time, p95',
      unit: 'ms',
      wanted: atMost(3),
      values: both(percentile(wall, 95), percentile(referenceMs, 95)),
    },
    { quantity: 'processor time, p95', unit: 'ms', wanted: undefined, values: both(percentile(cpu, 95)) },
  ];
}

interface Shown {
  readonly shown: number;
  readonly right: number;
  /** Of all line starts, those where what is shown is right. */
  readonly lines: number;
}

function shownOf(samples: readonly Sample[]): Shown {
  return summarize(samples, (sample) => (sample.isShown ? sample.best : undefined));
}

function surest(samples: readonly Sample[], pick: (sample: Sample) => Answer | undefined, threshold: number): Shown {
  return summarize(samples, (sample) => {
    const answer = pick(sample);
    return answer !== undefined && answer.confidence >= threshold ? answer : undefined;
  });
}

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

/** By how much the confidence differs from the share that is right, over ten bins of equal size of what is shown. */
function calibrationError(samples: readonly Sample[]): number {
  const shown = samples
    .flatMap(({ isShown, best }) => (isShown && best !== undefined ? [best] : []))
    .sort((a, b) => a.confidence - b.confidence);
  const size = Math.ceil(shown.length / 10);
  let error = 0;
  for (let from = 0; from < shown.length; from += size) {
    const bin = shown.slice(from, from + size);
    const difference = bin.reduce((sum, { confidence, isRight }) => sum + confidence - (isRight ? 1 : 0), 0);
    error += Math.abs(difference) / shown.length;
  }
  return error;
}

function detailOf({ tree, files, characters, tokens, learnMs, modelBytes, samples }: TreeResult): string {
  const { shown, right, lines } = shownOf(samples.filter(({ kind }) => kind !== 'word'));
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return [
    `${tree.name}: ${percent(right)} exact of ${percent(shown)} shown, ${percent(lines)} of lines; ${samples.length} places`,
    `${files} files, ${(characters / 1e6).toFixed(1)} M characters, ${(tokens / 1e6).toFixed(2)} M tokens`,
    `learned in ${learnMs.toFixed(0)} ms, model ${(modelBytes / MEBIBYTE).toFixed(0)} MiB`,
  ].join('; ');
}

async function measureInThread(): Promise<ThreadResult | undefined> {
  const tree = trees.find(({ name }) => name === 'go library');
  const files = tree === undefined ? undefined : readWholeTree(tree, cacheFolder);
  return tree === undefined || files === undefined ? undefined : measureThread(tree, files.slice(0, 5000));
}

function threadRows(result: ThreadResult): Row[] {
  const value = (amount: number | undefined): Row['values'] => ({ [SUBJECT]: amount });
  const size = `${result.files} files, ${(result.characters / 1e6).toFixed(0)} M characters, ${(result.tokens / 1e6).toFixed(1)} M tokens kept`;
  return [
    { quantity: 'learning in the thread', unit: 'ms', wanted: atMost(2000), values: value(result.learnMs), note: size },
    {
      quantity: 'memory, as the thread counts it',
      unit: 'MB',
      wanted: atMost(64),
      values: value(result.memoryBytes / MEBIBYTE),
    },
    {
      quantity: 'memory, growth of the process',
      unit: 'MB',
      wanted: undefined,
      values: value(result.residentBytes / MEBIBYTE),
    },
    {
      quantity: 'main thread blocked at the most while learning',
      unit: 'ms',
      wanted: atMost(5),
      values: value(result.mainBlockedMs),
    },
    {
      quantity: 'round trip, p50',
      unit: 'ms',
      wanted: undefined,
      values: value(percentile(result.roundTripsIdle, 50)),
    },
    {
      quantity: 'round trip, p95',
      unit: 'ms',
      wanted: atMost(3),
      values: value(percentile(result.roundTripsIdle, 95)),
    },
    {
      quantity: 'round trip while learning, p95',
      unit: 'ms',
      wanted: atMost(3),
      values: value(percentile(result.roundTripsLearning, 95)),
    },
    { quantity: 'snapshot on disk', unit: 'MB', wanted: undefined, values: value(result.snapshotBytes / MEBIBYTE) },
    { quantity: 'restored from disk', unit: 'ms', wanted: undefined, values: value(result.restoreMs) },
  ];
}

function withoutSamples({ samples, ...rest }: TreeResult): object {
  return { ...rest, places: samples.length, shown: shownOf(samples.filter(({ kind }) => kind !== 'word')) };
}

function namesOf(split: Tree['split']): string {
  const byLanguage = Map.groupBy(
    trees.filter((tree) => tree.split === split),
    ({ language }) => language,
  );
  return [...byLanguage]
    .map(([language, own]: [Language, Tree[]]) => `${language}: ${own.map(({ name }) => name).join(', ')}`)
    .join('; ');
}
