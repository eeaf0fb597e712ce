/** `npm run bench -- predictor`: how good, how fast and how small the embedded model is on real trees. See ../README.md. */
import { parseArgs } from 'node:util';
import { CONFIDENCE_THRESHOLD } from '../../src/predictor/confidence.ts';
import { printReport, saveReport } from '../report/table.ts';
import { type Sample, type TreeResult, askTree } from './ask.ts';
import { cacheFolder } from './folders.ts';
import { type ThreadResult, measureThread } from './in-thread.ts';
import { REFERENCE_SHARE, SUBJECT, rowsOf, shownOf, threadRows } from './rows.ts';
import { type Tree, readTree, readWholeTree, trees } from './trees.ts';

const { values } = parseArgs({
  options: {
    positions: { type: 'string', default: '1500' },
    languages: { type: 'string', default: 'typescript,python,go' },
    /** `fit` measures what the weights were fitted on. */
    split: { type: 'string', default: 'report' },
    'no-reference': { type: 'boolean', default: false },
    'no-thread': { type: 'boolean', default: false },
  },
});

const MAX_REFERENCE_CHARACTERS = 5_300_000;
const MAX_THREAD_FILES = 5000;

const results: TreeResult[] = [];
for (const language of values.languages.split(',')) {
  const ofLanguage = trees.filter((tree) => tree.language === language && tree.split === values.split);
  const measured = ofLanguage.flatMap(measureTree);
  results.push(...measured);
  const samples = samplesOf(measured);
  printReport({
    bench: 'predictor',
    title: language,
    subject: SUBJECT,
    rows: rowsOf(samples, CONFIDENCE_THRESHOLD),
    notes: [`all: ${shownText(samples)}`, ...measured.map(detailOf)],
  });
}
const thread = values['no-thread'] ? undefined : await measureInThread();
const all = samplesOf(results);
const report = {
  bench: 'predictor',
  title: 'All languages, and the thread',
  subject: SUBJECT,
  rows: [...rowsOf(all, CONFIDENCE_THRESHOLD), ...(thread === undefined ? [] : threadRows(thread))],
  notes: [
    `all: ${shownText(all)}`,
    ...(thread === undefined ? [] : [threadText(thread)]),
    `Threshold ${CONFIDENCE_THRESHOLD.toFixed(3)}, fitted like the weights on other projects: ${fitNames()}.`,
    'At most one file in 40 is left out at a time; of it only the text before the cursor is known. The rest of the tree is learned.',
    'Places: every line that is not blank, after its indentation, and a place between tokens in every second line; drawn by hash.',
    'Exact: what is shown is the rest of the line. Nothing without a letter or digit, or under 3 characters, is shown.',
    `The reference shows its surest ${REFERENCE_SHARE * 100} % under the same rule; it is measured on trees up to ${MAX_REFERENCE_CHARACTERS / 1e6} M characters.`,
  ],
};
printReport(report);
const details = { thread, trees: results.map(({ samples, ...rest }) => ({ ...rest, places: samples.length })) };
process.stdout.write(`\nwritten: ${saveReport(report, details)}\n`);

function measureTree(tree: Tree): TreeResult[] {
  const files = readTree(tree, cacheFolder);
  const maxReferenceCharacters = values['no-reference'] ? 0 : MAX_REFERENCE_CHARACTERS;
  const options = { positions: Number(values.positions), maxReferenceCharacters };
  return files === undefined ? [] : [askTree(tree, files, options)];
}

function samplesOf(measured: readonly TreeResult[]): Sample[] {
  return measured.flatMap(({ samples }) => samples);
}

function shownText(samples: readonly Sample[]): string {
  const { shown, right, lines } = shownOf(samples.filter(({ kind }) => kind !== 'word'));
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return `${percent(right)} exact of the ${percent(shown)} shown, ${percent(lines)} of lines; ${samples.length} places`;
}

function detailOf({ tree, files, characters, tokens, learnMs, modelBytes, samples }: TreeResult): string {
  const size = `${files} files, ${(characters / 1e6).toFixed(1)} M characters, ${(tokens / 1e6).toFixed(2)} M tokens`;
  const cost = `learned in ${learnMs.toFixed(0)} ms, ${(modelBytes / 2 ** 20).toFixed(0)} MB`;
  return `${tree.name}: ${shownText(samples)}; ${size}; ${cost}`;
}

function threadText({ files, characters, tokens }: ThreadResult): string {
  return `The thread learned ${files} files of ${(characters / 1e6).toFixed(1)} M characters and kept ${(tokens / 1e6).toFixed(2)} M tokens.`;
}

/** The largest tree there is: more than the memory holds. */
async function measureInThread(): Promise<ThreadResult | undefined> {
  const tree = trees.find(({ name }) => name === 'go library');
  const files = tree === undefined ? undefined : readWholeTree(tree, cacheFolder);
  return tree === undefined || files === undefined ? undefined : measureThread(tree, files.slice(0, MAX_THREAD_FILES));
}

function fitNames(): string {
  return trees
    .filter(({ split }) => split === 'fit')
    .map(({ name }) => name)
    .join(', ');
}
