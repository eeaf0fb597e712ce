/** What an extension costs before it is used: loading, activation, and memory over an extension host without it. */
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../report/statistics.ts';
import type { MeasuredExtension } from './extensions.ts';
import { openFile, openSession } from './session.ts';

export interface LoadCost {
  readonly loadMs: number | undefined;
  readonly activateMs: number | undefined;
  readonly hostMegabytes: number;
}

/** How long the host is left alone before its memory is read: VS Code's own extensions start late. */
const SETTLE_MS = 8000;

/** `extension` undefined: the empty host that others are compared with. */
export async function measureLoad(
  extension: MeasuredExtension | undefined,
  oracleUrl: string,
  text: string,
): Promise<LoadCost> {
  const session = await openSession({
    extensionFolder: extension?.folder,
    settings: extension?.settings(oracleUrl) ?? {},
    files: { 'load.ts': text },
  });
  try {
    await openFile(session.page, 'load.ts');
    await session.page.keyboard.type('const first', { delay: 60 });
    await sleep(SETTLE_MS);
    const samples: number[] = [];
    for (let sample = 0; sample < 5; sample++) {
      samples.push(hostMegabytes(session.serverProcessId));
      await sleep(400);
    }
    const times = session.times();
    return { loadMs: times?.loadMs, activateMs: times?.activateMs, hostMegabytes: percentile(samples, 50) ?? 0 };
  } finally {
    await session.close();
  }
}

/** Resident memory of the extension host that a server started; Linux only. */
function hostMegabytes(serverProcessId: number): number {
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry) && isHostOf(Number(entry), serverProcessId)) {
      const status = readFileSync(`/proc/${entry}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    }
  }
  throw new Error('The server runs no extension host');
}

function isHostOf(processId: number, serverProcessId: number): boolean {
  try {
    const command = readFileSync(`/proc/${processId}/cmdline`, 'utf8');
    const parent = Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1] ?? 0);
    return command.includes('--type=extensionHost') && parent === serverProcessId;
  } catch {
    // The process ended while it was looked at.
    return false;
  }
}
