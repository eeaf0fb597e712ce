/** The rows of the keystroke bench: quantities of completions.md §13.1 beside what issue 2 §6 wants. */
import { percentile } from '../report/statistics.ts';
import { type Row, type Wanted, atLeast, atMost } from '../report/table.ts';
import type { Cost } from './cost.ts';
import type { KeyCost } from './main-thread.ts';
import type { HeapSample } from './memory.ts';
import type { Quantities } from './quantities.ts';

export interface PolicyResult {
  readonly quantities: Quantities;
  /** Over the model and the host, at cold line starts. */
  readonly coldMs: readonly number[];
}

/** By policy. */
export type ByName<T> = Readonly<Record<string, T>>;

/** Pauses of a second or more that must be filled: all that a model can fill that takes so long. */
const PAUSES_FILLED: Readonly<Record<string, Wanted>> = {
  '60 ms': atLeast(0.98),
  '300 ms': atLeast(0.98),
  '800 ms': atLeast(0.86),
};

export function policyRows(model: string, results: ByName<PolicyResult>): readonly Row[] {
  const row = (
    quantity: string,
    unit: Row['unit'],
    wanted: Wanted | undefined,
    pick: (result: PolicyResult) => number | undefined,
  ): Row => ({
    quantity: `${model}: ${quantity}`,
    unit,
    wanted,
    values: Object.fromEntries(Object.entries(results).map(([name, result]) => [name, pick(result)])),
  });
  const of = (key: keyof Quantities) => (result: PolicyResult) => result.quantities[key];
  return [
    row('requests per accepted completion', 'count', atMost(2.5), of('requestsPerAccept')),
    row('added latency, cold at line starts, p50', 'ms', atMost(5), (result) => percentile(result.coldMs, 50)),
    row('added latency, cold at line starts, p95', 'ms', undefined, (result) => percentile(result.coldMs, 95)),
    row('typed through without a request', 'share', atLeast(1), of('typedThrough')),
    row('backspace: text back at once', 'share', atLeast(1), of('backspaceShown')),
    row('backspace: without a request', 'share', atLeast(1), of('backspaceWithoutRequest')),
    row('wait after accept, p50', 'ms', atMost(60), of('afterAcceptP50Ms')),
    row('wait after accept, p95', 'ms', undefined, of('afterAcceptP95Ms')),
    row('pauses of 1 s or more that were filled', 'share', PAUSES_FILLED[model], of('pausesFilled')),
    row('the same, with right text', 'share', undefined, of('pausesFilledRightly')),
    row('flicker', 'count', atMost(0), of('flickers')),
    row('text with a deleted typo replaced', 'count', undefined, of('corrections')),
    row('accepts', 'count', undefined, of('accepts')),
    row('characters by accept', 'share', undefined, of('charactersByAccept')),
    row('generated tokens per accept', 'count', undefined, of('tokensPerAccept')),
  ];
}

export function costRows(costs: ByName<Cost>): readonly Row[] {
  const row = (quantity: string, wanted: Wanted | undefined, pick: (cost: Cost) => number | undefined): Row => ({
    quantity: `real HTTP, 200 ms: ${quantity}`,
    unit: 'ms',
    wanted,
    values: Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, pick(cost)])),
  });
  return [
    row('added latency, cold at line starts, p50', atMost(5), (cost) => percentile(cost.coldMs, 50)),
    row('added latency, cold at line starts, p95', undefined, (cost) => percentile(cost.coldMs, 95)),
    row('answer from the cache, p50', undefined, (cost) => percentile(cost.cachedMs, 50)),
    row('answer from the cache, p95', atMost(2), (cost) => percentile(cost.cachedMs, 95)),
    row('abort reaches the server, p50', undefined, (cost) => percentile(cost.abortMs, 50)),
    row('abort reaches the server, p95', atMost(20), (cost) => percentile(cost.abortMs, 95)),
  ];
}

export function keyCostRows(subject: string, costs: readonly KeyCost[]): readonly Row[] {
  return costs.flatMap((cost): readonly Row[] => [
    {
      quantity: `thread time per key, ${cost.lines} lines, p95`,
      unit: 'ms',
      wanted: cost.lines === 10_000 ? atMost(2) : undefined,
      values: { [subject]: cost.synchronousP95Ms },
    },
    {
      quantity: `thread time per key, ${cost.lines} lines, p50`,
      unit: 'ms',
      wanted: undefined,
      values: { [subject]: cost.synchronousP50Ms },
    },
    {
      quantity: `all work until the next key, ${cost.lines} lines, p95`,
      unit: 'ms',
      wanted: undefined,
      values: { [subject]: cost.allP95Ms },
    },
  ]);
}

/** From here on the caches are full, and the heap should not grow. */
const SETTLED_KEYS = 2000;

export function memoryRows(subject: string, samples: readonly HeapSample[]): readonly Row[] {
  const settled = samples.find((sample) => sample.keys >= SETTLED_KEYS);
  const last = samples.at(-1);
  const growth = settled === undefined || last === undefined ? undefined : last.megabytes - settled.megabytes;
  return [
    {
      quantity: `heap growth from ${settled?.keys ?? SETTLED_KEYS} to ${last?.keys ?? 0} keys`,
      unit: 'MB',
      // Half a megabyte is below what two collections of the same heap differ by.
      wanted: atMost(0.5),
      values: { [subject]: growth },
    },
  ];
}

export function bundleRows(subject: string, kilobytes: number | undefined): readonly Row[] {
  return [
    {
      quantity: 'entry bundle with its static imports',
      unit: 'kB',
      wanted: atMost(300),
      values: { [subject]: kilobytes },
    },
  ];
}
