/** How long gathering may hold the main thread at a stretch: a slice, and the step that overruns it. */
import { SLICE_MS, type SlicedWork } from '../../src/codebase/background.ts';
import { declarationsOf } from '../../src/codebase/declarations.ts';
import { createOpenFiles } from '../../src/codebase/open-files.ts';
import { textDocument } from './designs.ts';
import type { Tree } from './trees.ts';

export interface Blocks {
  readonly steps: number;
  readonly longestStepMs: number;
  /** The longest stretch that is possible: a whole slice, and one more step that began just before its end. */
  readonly longestBlockMs: number;
}

const LONG_FILE_LINES = 10_000;
/** Of each step the quickest of so many tries counts: what other programs take of the processor is not ours. */
const TRIES = 5;

export function measureBlocks(trees: readonly Tree[]): Blocks {
  const texts = trees.flatMap((tree) => [...tree.files.values()].map(({ text }) => text));
  const long = texts.join('\n').split('\n').slice(0, LONG_FILE_LINES).join('\n');
  const works: (() => SlicedWork<unknown>)[] = [
    () => declarationsOf('script', long),
    () => createOpenFiles().read(textDocument('/long.ts', long, 'typescript')),
    ...texts.map((text) => () => declarationsOf('script', text)),
  ];
  let steps = 0;
  let longest = 0;
  for (const work of works) {
    const durations = stepDurations(work);
    steps += durations.length;
    longest = durations.reduce((most, duration) => Math.max(most, duration), longest);
  }
  return { steps, longestStepMs: longest, longestBlockMs: SLICE_MS + longest };
}

function stepDurations(work: () => SlicedWork<unknown>): readonly number[] {
  const quickest: number[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const run = work();
    for (let step = 0, ended = false; !ended; step++) {
      const before = performance.now();
      ended = run.next().done === true;
      quickest[step] = Math.min(quickest[step] ?? Number.POSITIVE_INFINITY, performance.now() - before);
    }
  }
  return quickest;
}
