/** The time of one finishing call, with the context that the engine gives it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finishText } from '../../src/completion/finish/finish-text.ts';
import type { FinishContext } from '../../src/completion/finish/finish.ts';
import { findStreamEnd } from '../../src/completion/finish/stream-end.ts';
import { percentile } from '../report/statistics.ts';
import { type Row, atMost } from '../report/table.ts';

const ROUNDS = 2000;
const LINES = [1, 10, 40];
const CURSOR_LINE = 120;
const LOOK_AHEAD_LINES = 4;

export function finishCostRows(): readonly Row[] {
  return LINES.flatMap((count) => {
    const { context, raw } = place(count);
    const block: FinishContext = { ...context, mode: 'block' };
    return [
      row(`finish, a line of ${count}`, () => finishText(`${raw}\n`, false, context)),
      row(`finish, a block of ${count} lines`, () => finishText(`${raw}\n`, false, block)),
      row(`end of the stream, ${count} lines`, () => findStreamEnd(`${raw}\n`, context, LOOK_AHEAD_LINES)),
    ];
  });
}

function place(count: number): { readonly context: FinishContext; readonly raw: string } {
  const lines = readFileSync(join(import.meta.dirname, '../fixtures/inventory.ts.txt'), 'utf8').split('\n');
  const at = Math.min(CURSOR_LINE, lines.length - count - 1);
  const indent = /^\s*/.exec(lines[at] ?? '')?.[0] ?? '';
  const before = `${lines.slice(0, at).join('\n')}\n${indent}`.slice(-4096);
  const after = `\n${lines.slice(at + count).join('\n')}`.slice(0, 1024);
  const raw = lines
    .slice(at, at + count)
    .join('\n')
    .slice(indent.length);
  return { context: { languageId: 'typescript', before, after, mode: 'line', indentUnit: '  ', maxLines: 40 }, raw };
}

function row(quantity: string, call: () => unknown): Row {
  const times = timesOf(call);
  const values = { Reaper: percentile(times, 50), p95: percentile(times, 95) };
  // The contract: at most 1 ms for 40 lines.
  return { quantity, unit: 'µs', wanted: atMost(1000), values };
}

/** Microseconds per call, the first tenth left out. */
export function timesOf(call: () => unknown, rounds = ROUNDS): readonly number[] {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    call();
    times.push((performance.now() - start) * 1000);
  }
  return times.slice(Math.floor(rounds / 10));
}
