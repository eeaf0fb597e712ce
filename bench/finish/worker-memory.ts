/** The private memory that the syntax worker adds: run in a process of its own. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createSyntax } from '../../src/completion/syntax/create-syntax.ts';
import { createGrammarFolder } from '../../test/completion/syntax/grammar-folder.ts';
import { windowQuery } from './syntax-cost.ts';

const PARSES = 200;
const PAUSE_MS = 5;
const SETTLE_MS = 1000;

/** Prints what it adds in use, and after it was stopped, in MB. */
export async function printWorkerMemory(workerPath: string, languageId: string): Promise<void> {
  const folder = createGrammarFolder();
  const query = { ...windowQuery(), languageId };
  const start = privateMegabytes();
  const clock = { ...systemClock, setTimeout: (callback: () => void) => systemClock.setTimeout(callback, 60_000) };
  const syntax = createSyntax({ workerPath, grammarFolder: folder.path, logger: silentLogger, clock });
  let peak = 0;
  for (let round = 0; round < PARSES; round++) {
    await syntax.analyze({ ...query, before: query.before.slice(0, query.before.length - round) });
    await pause(PAUSE_MS);
    peak = round % 20 === 0 ? Math.max(peak, privateMegabytes() - start) : peak;
  }
  syntax.dispose();
  await pause(SETTLE_MS);
  process.stdout.write(`${peak.toFixed(1)} ${(privateMegabytes() - start).toFixed(1)}`);
  folder.dispose();
}

function privateMegabytes(): number {
  globalThis.gc?.();
  try {
    const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
    return Number(/^Private_Dirty:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
  } catch {
    return process.memoryUsage().rss / 1024 / 1024;
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}
