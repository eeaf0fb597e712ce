/** What an extension costs before it is used: loading, activation, and memory over an extension host without it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../report/statistics.ts';
import type { MeasuredExtension } from './extensions.ts';
import type { ExtensionTimes, HostMemory } from './instrument.ts';
import { openFile, openSession } from './session.ts';

export interface LoadCost {
  readonly times: ExtensionTimes | undefined;
  readonly memory: HostMemory;
}

/** How long the host is left alone before its memory is read: VS Code's own extensions start late. */
const SETTLE_MS = 9000;

/** The medians of several sessions. `extension` undefined: the empty host that others are compared with. */
export async function measureLoad(
  extension: MeasuredExtension | undefined,
  oracleUrl: string,
  text: string,
  sessions: number,
): Promise<LoadCost> {
  const costs: LoadCost[] = [];
  for (let session = 0; session < sessions; session++) {
    costs.push(await measureOnce(extension, oracleUrl, text));
  }
  const median = (pick: (cost: LoadCost) => number | undefined): number =>
    percentile(
      costs.map(pick).filter((value) => value !== undefined),
      50,
    ) ?? Number.NaN;
  return {
    times: { loadMs: median((cost) => cost.times?.loadMs), activateMs: median((cost) => cost.times?.activateMs) },
    memory: {
      resident: median((cost) => cost.memory.resident),
      heap: median((cost) => cost.memory.heap),
      external: median((cost) => cost.memory.external),
    },
  };
}

async function measureOnce(
  extension: MeasuredExtension | undefined,
  oracleUrl: string,
  text: string,
): Promise<LoadCost> {
  const session = await openSession({
    extensionFolder: extension?.folder ?? join(import.meta.dirname, 'empty-extension'),
    settings: extension?.settings(oracleUrl) ?? {},
    files: { 'load.ts': text },
  });
  try {
    await openFile(session.page, 'load.ts');
    await session.page.keyboard.type('  constr', { delay: 120 });
    await sleep(SETTLE_MS);
    return { times: session.times(), memory: await session.memory() };
  } finally {
    await session.close();
  }
}
