/** Asks the embedded model about files that it has not seen: the tree is learned anew without them, again and again. */
import type { Corpus } from '../../src/predictor/corpus.ts';
import { limitsFor } from '../../src/predictor/limits.ts';
import { WorkspaceModel } from '../../src/predictor/workspace-model.ts';
import { type Position, positionsIn } from './positions.ts';
import { type SourceFile, hashOf } from './trees.ts';

/** As the extension runs it. */
const MEMORY_BYTES = 64 * 2 ** 20;
/** At most one file in so many is left out at a time. A model per file would take hours for large trees. */
const LEAVE_OUT_SHARE = 40;

export interface Asked {
  readonly file: SourceFile;
  readonly position: Position;
}

/** Learns the tree without a few files, gives the model and the places to ask about to `visit`, and so on until there were enough. */
export function leaveOut(
  files: readonly SourceFile[],
  enough: number,
  visit: (model: WorkspaceModel, places: readonly Asked[], learnMs: number) => void,
): void {
  const order = files.toSorted((a, b) => hashOf(`${a.path}?`) - hashOf(`${b.path}?`));
  const groupSize = Math.max(1, Math.floor(files.length / LEAVE_OUT_SHARE));
  let asked = 0;
  for (let from = 0; from < order.length && asked < enough; from += groupSize) {
    const group: SourceFile[] = [];
    const places: Asked[] = [];
    for (const file of order.slice(from, from + groupSize)) {
      if (asked + places.length < enough) {
        group.push(file);
        places.push(...positionsIn(file.path, file.text).map((position) => ({ file, position })));
      }
    }
    const { model, learnMs } = learnWithout(files, new Set(group));
    visit(model, places, learnMs);
    asked += places.length;
  }
}

function learnWithout(
  files: readonly SourceFile[],
  left: ReadonlySet<SourceFile>,
): { model: WorkspaceModel; learnMs: number } {
  const model = new WorkspaceModel(limitsFor(MEMORY_BYTES));
  const startedAt = performance.now();
  for (const file of files) {
    if (!left.has(file)) {
      learnWhole(model.corpus, file);
    }
  }
  return { model, learnMs: performance.now() - startedAt };
}

function learnWhole(corpus: Corpus, { path, text }: SourceFile): void {
  const slices = corpus.learn({ path, language: '', text });
  while (slices.next().done !== true) {
    // The worker answers questions here.
  }
}
