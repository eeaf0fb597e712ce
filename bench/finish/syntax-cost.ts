/** Time, memory and size of the syntax worker. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createSyntax } from '../../src/completion/syntax/create-syntax.ts';
import { GRAMMAR_FOLDER_FILES } from '../../src/completion/syntax/grammars.ts';
import type { SyntaxQuery } from '../../src/completion/syntax/syntax.ts';
import { createGrammarFolder } from '../../test/completion/syntax/grammar-folder.ts';
import { percentile } from '../report/statistics.ts';
import { type Row, atMost } from '../report/table.ts';
import { bundledWorker } from './bundled-worker.ts';
import { timesOf } from './finish-cost.ts';

const ROUNDS = 200;

/** A window as the engine gives it. */
export function windowQuery(): SyntaxQuery {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/inventory.ts.txt'), 'utf8');
  const at = text.indexOf('\n', Math.min(5000, text.length / 2));
  return { languageId: 'typescript', before: text.slice(Math.max(0, at - 4096), at), after: text.slice(at, at + 1024) };
}

export async function syntaxCostRows(): Promise<readonly Row[]> {
  const query = windowQuery();
  const folder = createGrammarFolder();
  const worker = await bundledWorker();
  // Without the limit on lateness, so that the answer is always the tree's.
  const clock = { ...systemClock, setTimeout: (callback: () => void) => systemClock.setTimeout(callback, 60_000) };
  const syntax = createSyntax({ workerPath: worker.path, grammarFolder: folder.path, logger: silentLogger, clock });
  const now = timesOf(() => syntax.analyzeNow(query));
  const coldStart = performance.now();
  await syntax.analyze(query);
  const cold = performance.now() - coldStart;
  const warm: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await syntax.analyze({ ...query, before: query.before.slice(0, query.before.length - round) });
    warm.push(performance.now() - start);
  }
  syntax.dispose();
  folder.dispose();
  worker.dispose();
  return [
    {
      quantity: 'analyzeNow',
      unit: 'µs',
      wanted: atMost(200),
      values: { Reaper: percentile(now, 50), p95: percentile(now, 95) },
    },
    {
      quantity: 'analyze, round trip',
      unit: 'ms',
      wanted: atMost(30),
      values: { Reaper: percentile(warm, 50), p95: percentile(warm, 95) },
    },
    { quantity: 'analyze, first (thread, runtime, grammar)', unit: 'ms', wanted: undefined, values: { Reaper: cold } },
  ];
}

/** Each language in a process of its own. */
export async function syntaxMemoryRows(): Promise<readonly Row[]> {
  const worker = await bundledWorker();
  const rows = ['typescript', 'python'].map((languageId) => {
    const script = join(import.meta.dirname, 'main.ts');
    const [used = 0, after = 0] = execFileSync(
      process.execPath,
      ['--expose-gc', script, '--memory-of', languageId, '--worker', worker.path],
      {
        encoding: 'utf8',
      },
    )
      .split(' ')
      .map(Number);
    const values = { Reaper: used, 'after idle stop': after };
    return {
      quantity: `memory of the worker, ${languageId}${languageId === 'typescript' ? '' : ' over text of another language'}`,
      unit: 'MB',
      wanted: atMost(40),
      values,
    } satisfies Row;
  });
  worker.dispose();
  return rows;
}

/** What the VSIX grows by. */
export function syntaxSizeRows(): readonly Row[] {
  const folder = createGrammarFolder();
  const kilobytes = GRAMMAR_FOLDER_FILES.map(
    (file) => gzipSync(readFileSync(join(folder.path, file)), { level: 9 }).length / 1000,
  );
  folder.dispose();
  const Reaper = kilobytes.reduce((sum, size) => sum + size, 0);
  const quantity = `runtime and ${GRAMMAR_FOLDER_FILES.length - 1} grammars, zipped`;
  return [{ quantity, unit: 'kB', wanted: atMost(1000), values: { Reaper } }];
}
