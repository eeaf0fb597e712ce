/**
 * `npm run bench -- finish`: what finishing and syntax cost, and how often they are right. Options: `--only cost,syntax,memory,size,recorded,real`,
 * `--folders a,b` (source trees for `real`), `--seed 1`, `--show 5` (print so many failures of each kind).
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Row, printReport, saveReport } from '../report/table.ts';
import { finishCostRows } from './finish-cost.ts';
import { realCodeRows } from './precision.ts';
import { recordedRows } from './recorded.ts';
import { printWorkerMemory } from './worker-memory.ts';
import { syntaxCostRows, syntaxMemoryRows, syntaxSizeRows } from './syntax-cost.ts';

const PARTS = ['cost', 'syntax', 'memory', 'size', 'recorded', 'real'] as const;
const project = join(import.meta.dirname, '..', '..');

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    folders: { type: 'string' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '0' },
    // For the processes that this one starts.
    'memory-of': { type: 'string' },
    worker: { type: 'string', default: '' },
  },
});
if (values['memory-of'] !== undefined) {
  await printWorkerMemory(values.worker, values['memory-of']);
  process.exit();
}
const only = new Set(values.only.split(','));
for (const part of only) {
  if (!(PARTS as readonly string[]).includes(part)) {
    console.error(`There is no part ${part}; there are ${PARTS.join(', ')}.`);
    process.exit(2);
  }
}

const rows: Row[] = [];
if (only.has('cost')) {
  rows.push(...finishCostRows());
}
if (only.has('syntax')) {
  rows.push(...(await syntaxCostRows()));
}
if (only.has('memory')) {
  rows.push(...(await syntaxMemoryRows()));
}
if (only.has('size')) {
  rows.push(...syntaxSizeRows());
}
const show = Number(values.show);
if (only.has('recorded')) {
  rows.push(...recordedRows(show));
}
if (only.has('real')) {
  rows.push(...realCodeRows(values.folders?.split(',') ?? sourceFolders(), Number(values.seed), show));
}

const report = {
  bench: 'finish',
  title: 'Finishing and syntax',
  subject: 'Reaper',
  rows,
  notes: [
    '“as written” is the model’s text with nothing done to it: its first line, or all of it for a block.',
    'Recorded outputs are the cases in test/fixtures/finish. Real code: a piece is taken out of a file, and the model writes it, and then the lines that follow it in the file.',
  ],
};
printReport(report);
saveReport(report, undefined);

/** Trees that are found on any machine with the dependencies installed, and Python's library where there is one. */
function sourceFolders(): readonly string[] {
  const python = existsSync('/usr/lib')
    ? readdirSync('/usr/lib')
        .filter((name) => /^python3\.\d+$/.test(name))
        .map((name) => join('/usr/lib', name))
    : [];
  const own = ['src', 'node_modules/openai/src', 'node_modules/@anthropic-ai/sdk/src'].map((path) =>
    join(project, path),
  );
  return [...own, ...python.slice(0, 1), '/usr/share/doc/git/contrib'].filter((path) => existsSync(path));
}
