/** `npm run bench -- context`: how often the context names what the user will write next, at what cost. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile, share, sum } from '../report/statistics.ts';
import { atLeast, atMost, printReport, type Row, saveReport } from '../report/table.ts';
import { type Gathered, designsFor, useTexts } from './designs.ts';
import { measureBlocks } from './main-thread.ts';
import { measureStability } from './stability.ts';
import { secretSearchMs } from './secret-search.ts';
import { targetsOf } from './targets.ts';
import { installedTrees, readTree } from './trees.ts';

const { values, positionals } = parseArgs({
  options: { targets: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});

/** The one that is judged: its budget is that of the reference figures. */
const SUBJECT = 'Reaper, 2600 tokens';
const BUDGET = 2_600;
/** Each is followed for 30 lines. */
const STABILITY_TARGETS = 6;

const projectFolder = join(import.meta.dirname, '..', '..');
const trees = positionals.length > 0 ? positionals.map(readTree) : installedTrees(join(projectFolder, 'node_modules'));
const results = new Map<string, { readonly hit: boolean; readonly tree: string; readonly gathered: Gathered }[]>();
const stable: boolean[] = [];
for (const tree of trees) {
  useTexts(tree);
  const targets = targetsOf(tree, Number(values.targets), Number(values.seed));
  const { designs, dispose } = designsFor(tree);
  for (const target of targets) {
    const word = new RegExp(`(?<![\\w$])${target.name.replaceAll('$', '\\$')}(?![\\w$])`);
    for (const [name, design] of Object.entries(designs)) {
      const gathered = await design(target);
      const rows = results.get(name) ?? [];
      rows.push({ hit: word.test(gathered.text), tree: tree.name, gathered });
      results.set(name, rows);
    }
  }
  dispose();
  stable.push(...(await measureStability(tree, targets.slice(0, STABILITY_TARGETS), BUDGET)));
  const ours = (results.get(SUBJECT) ?? []).filter((result) => result.tree === tree.name).map(({ hit }) => hit);
  console.log(
    `${tree.name}: ${tree.files.size} files, ${targets.length} targets, ${SUBJECT}: ${percentText(share(ours))}`,
  );
}

function percentText(value: number | undefined): string {
  return value === undefined ? '-' : `${Math.round(value * 100)} %`;
}

function column<T>(
  pick: (rows: readonly { readonly hit: boolean; readonly gathered: Gathered }[]) => T,
): Record<string, T> {
  return Object.fromEntries([...results].map(([name, rows]) => [name, pick(rows)]));
}

const timed = (percent: number): Record<string, number | undefined> =>
  Object.fromEntries(
    [...results]
      .filter(([name]) => name.startsWith('Reaper'))
      .map(([name, rows]) => [
        name,
        percentile(
          rows.map(({ gathered }) => gathered.elapsedMs),
          percent,
        ),
      ]),
  );
const blocks = measureBlocks(trees);
const rows: Row[] = [
  {
    quantity: 'recall of the member name',
    unit: 'share',
    wanted: atLeast(0.68),
    values: column((all) => share(all.map(({ hit }) => hit))),
  },
  {
    quantity: 'tokens, mean',
    unit: 'count',
    wanted: undefined,
    values: column((all) => Math.round(sum(all.map(({ gathered }) => gathered.tokens)) / Math.max(1, all.length))),
  },
  {
    quantity: 'context unchanged from line to line',
    unit: 'share',
    wanted: undefined,
    values: { [SUBJECT]: share(stable) },
  },
  { quantity: 'gathering, p50', unit: 'ms', wanted: undefined, values: timed(50) },
  { quantity: 'gathering, p95', unit: 'ms', wanted: atMost(20), values: timed(95) },
  {
    quantity: 'longest step on the main thread',
    unit: 'ms',
    wanted: undefined,
    values: { [SUBJECT]: blocks.longestStepMs },
    note: `of ${blocks.steps}`,
  },
  {
    quantity: 'longest block of the main thread',
    unit: 'ms',
    wanted: atMost(2),
    values: { [SUBJECT]: blocks.longestBlockMs },
  },
  {
    quantity: 'search for secrets in 10 KB',
    unit: 'ms',
    wanted: atMost(0.5),
    values: { [SUBJECT]: secretSearchMs(trees) },
  },
];
const report = {
  bench: 'context',
  title: 'Context for completions: does it name the member that is about to be written?',
  subject: SUBJECT,
  rows,
  notes: [
    'A target is a member name behind a dot that its file names nowhere else, declared in a file that is imported, or one import further.',
    'Open tabs are simulated: half of the imports (at most 8), 6 files of the same folder, 4 others.',
    'Recall is not accuracy. The reference designs are written for this measure; they are no products.',
    'Times are the best of three tries, steps the best of five: other programs on the machine are left out.',
    'The longest block is a slice of work and the longest step, with which it may end: scanning each file of the trees and one of 10,000 lines.',
  ],
};
printReport(report);
saveReport(report, { trees: trees.map(({ name }) => name) });
