/** Boosted decision trees: a sum of leaves, one of each tree. */

/** Complete binary trees: inner node `i` has children `2i + 1` and `2i + 2`; leaves follow the inner nodes. */
export interface Forest {
  readonly bias: number;
  readonly depth: number;
  /** By tree and inner node: the column that it looks at; -1 goes left. */
  readonly splits: Int8Array;
  /** Greater goes right. */
  readonly thresholds: Float32Array;
  readonly leaves: Float32Array;
}

/** Log odds of a row that begins at `offset`. */
export function scoreForest(forest: Forest, row: Float32Array, offset = 0): number {
  const { depth, splits, thresholds, leaves } = forest;
  const inner = 2 ** depth - 1;
  let score = forest.bias;
  let base = 0;
  for (let leaf = 0; leaf < leaves.length; leaf += inner + 1) {
    let node = 0;
    for (let level = 0; level < depth; level++) {
      const column = splits[base + node]!;
      node = 2 * node + (column >= 0 && row[offset + column]! > thresholds[base + node]! ? 2 : 1);
    }
    score += leaves[leaf + node - inner]!;
    base += inner;
  }
  return score;
}
