/** Which files stay when there is no room for all: those near the one being edited. */
import type { CorpusFile } from './corpus-file.ts';
import { distance } from './learnable.ts';

export interface Nearest {
  readonly files: CorpusFile[];
  /** How far the first file is that was left out; infinite if none was. */
  readonly horizon: number;
}

/** Files of `budget` tokens in all, those near `focus` first, among equals those lately touched. */
export function nearestFirst(files: Iterable<CorpusFile>, focus: string, budget: number): Nearest {
  const ordered = [...files];
  const far = new Map(ordered.map((file) => [file, distance(file.path, focus)]));
  ordered.sort((a, b) => far.get(a)! - far.get(b)! || b.touched - a.touched);
  let sum = 0;
  const fitting = ordered.findIndex((file) => (sum += file.end - file.start) > budget);
  return fitting < 0
    ? { files: ordered, horizon: Number.POSITIVE_INFINITY }
    : { files: ordered.slice(0, fitting), horizon: far.get(ordered[fitting]!)! };
}
