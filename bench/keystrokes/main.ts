/** `npm run bench -- keystrokes`: scripted keystrokes against the real engine, router and provider code. See ../README.md. */
import { parseArgs } from 'node:util';
import { inventoryText, startOfTyping } from '../editor/targets.ts';
import { createDebouncedSource } from '../reference/debounced.ts';
import { raisePriority } from '../report/priority.ts';
import { type Row, printReport, saveReport } from '../report/table.ts';
import { entryBundleKilobytes } from './bundle.ts';
import { coldPlaces } from './cold.ts';
import { type Cost, measureCost } from './cost.ts';
import { measureKeyCost } from './main-thread.ts';
import { measureHeap } from './memory.ts';
import { type CreateSource, type PolicyModel, runCold, runPolicy } from './policy.ts';
import { quantitiesOf } from './quantities.ts';
import { createReaperSource } from './reaper-source.ts';
import { type PolicyResult, bundleRows, costRows, keyCostRows, memoryRows, policyRows } from './rows.ts';

const PARTS = ['policy', 'cost', 'thread', 'memory', 'bundle'] as const;

raisePriority();

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    models: { type: 'string', default: '60,300,800,300/1' },
    seeds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'no-references': { type: 'boolean', default: false },
  },
});
const only = new Set(values.only.split(','));
for (const part of only) {
  if (!(PARTS as readonly string[]).includes(part)) {
    console.error(`There is no part ${part}; there are ${PARTS.join(', ')}.`);
    process.exit(2);
  }
}

const SUBJECT = 'Reaper';
const reaper: CreateSource = createReaperSource;
const policies: Record<string, CreateSource> = { [SUBJECT]: reaper };
if (!values['no-references']) {
  policies['send on each key'] = (clock, router) => createDebouncedSource(clock, router, 0);
  policies['fixed 350 ms debounce'] = (clock, router) => createDebouncedSource(clock, router, 350);
}

/** completions.md §13.2. */
const TOKEN_MS = 20;
const UNPREDICTABLE_SHARE = 0.16;

const target = inventoryText(0);
const start = startOfTyping(target);
const seeds = Array.from({ length: Number(values.seeds ?? (values.quick ? 2 : 6)) }, (_, index) => index + 1);
const rows: Row[] = [];
const details: Record<string, unknown> = {};

if (only.has('policy')) {
  const places = coldPlaces(target, start, 30);
  for (const name of values.models.split(',')) {
    const [ttft = '300', slots = '8'] = name.split('/');
    const model: PolicyModel = {
      ttftMs: Number(ttft),
      tokenMs: TOKEN_MS,
      slots: Number(slots),
      unpredictableShare: UNPREDICTABLE_SHARE,
    };
    const results: Record<string, PolicyResult> = {};
    for (const [policy, createSource] of Object.entries(policies)) {
      const runs = [];
      for (const seed of seeds) {
        runs.push(await runPolicy(createSource, model, target, start, seed));
      }
      const coldMs = await runCold(createSource, { ...model, unpredictableShare: 0 }, target, places);
      results[policy] = { quantities: quantitiesOf(runs), coldMs };
    }
    const label = name.includes('/') ? `${ttft} ms, ${slots} slot` : `${ttft} ms`;
    rows.push(...policyRows(label, results));
    details[label] = results;
  }
}
if (only.has('cost')) {
  const places = coldPlaces(target, start, values.quick ? 8 : 20);
  const costs: Record<string, Cost> = {};
  for (const [policy, createSource] of Object.entries(policies)) {
    // A reference keeps nothing, and gives up only when the editor says so.
    const parts = policy === SUBJECT ? (['cached', 'aborts'] as const) : [];
    costs[policy] = await measureCost(createSource, target, places, parts);
  }
  rows.push(...costRows(costs));
  details['cost'] = costs;
}
if (only.has('thread')) {
  const costs = [];
  for (const lines of [1000, 10_000, 50_000]) {
    costs.push(await measureKeyCost(reaper, target, lines));
  }
  rows.push(...keyCostRows(SUBJECT, costs));
  details['thread'] = costs;
}
if (only.has('memory')) {
  const model: PolicyModel = { ttftMs: 200, tokenMs: TOKEN_MS, slots: 4, unpredictableShare: UNPREDICTABLE_SHARE };
  const texts = Array.from({ length: 9 }, (_, variant) => inventoryText(variant));
  const samples = await measureHeap(reaper, model, texts, values.quick ? 4000 : 10_000);
  rows.push(...memoryRows(SUBJECT, samples));
  details['memory'] = samples;
}
if (only.has('bundle')) {
  rows.push(...bundleRows(SUBJECT, await entryBundleKilobytes()));
}

const report = {
  bench: 'keystrokes',
  title: `Scripted keystrokes, ${seeds.length} seeds, a model of ${TOKEN_MS} ms a token that misses ${UNPREDICTABLE_SHARE * 100} % of the words`,
  subject: SUBJECT,
  rows,
  notes: [
    'References are policies of our own making, named for what they do; they are no products.',
    'Policy rows run in virtual time (engine, router and provider are real, the server is simulated); the others in real time.',
  ],
};
printReport(report);
console.log(`Details: ${saveReport(report, details)}`);
