/** Gradient boosting of small trees with logistic loss on binned features; deterministic. */
import type { Forest } from '../../src/predictor/forest.ts';

export interface Rows {
  readonly count: number;
  readonly width: number;
  /** Row by row. */
  readonly values: Float32Array;
  /** 1 for the positive class. */
  readonly labels: Uint8Array;
  readonly weights: Float32Array;
}

export interface BoostingOptions {
  readonly trees: number;
  readonly depth: number;
  /** Each tree is shrunk by this. */
  readonly rate: number;
  /** On both sides of a split. */
  readonly minRows: number;
  readonly l2: number;
}

const BINS = 64;

export function fitForest(rows: Rows, options: BoostingOptions): Forest {
  const { count, labels, weights } = rows;
  const edges = Array.from({ length: rows.width }, (_, column) => edgesOf(rows, column));
  const bins = binsOf(rows, edges);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const positive = weights.reduce((sum, weight, row) => sum + weight * labels[row]!, 0);
  const bias = Math.log(positive / (all - positive));
  const inner = 2 ** options.depth - 1;
  const forest: Forest = {
    bias,
    depth: options.depth,
    splits: new Int8Array(options.trees * inner).fill(-1),
    thresholds: new Float32Array(options.trees * inner),
    leaves: new Float32Array(options.trees * (inner + 1)),
  };
  const scores = new Float64Array(count).fill(bias);
  const gradients = new Float64Array(count);
  const curvatures = new Float64Array(count);
  for (let tree = 0; tree < options.trees; tree++) {
    for (let row = 0; row < count; row++) {
      const p = 1 / (1 + Math.exp(-scores[row]!));
      gradients[row] = (labels[row]! - p) * weights[row]!;
      curvatures[row] = p * (1 - p) * weights[row]!;
    }
    const grower = new TreeGrower({ rows, bins, gradients, curvatures, options });
    grower.grow((node, column, bin) => {
      forest.splits[tree * inner + node] = column;
      forest.thresholds[tree * inner + node] = edges[column]![bin]!;
    });
    const leaves = grower.leaves();
    forest.leaves.set(leaves, tree * (inner + 1));
    grower.nodes.forEach((node, row) => (scores[row]! += leaves[node - inner]!));
  }
  return forest;
}

interface GrowerInput {
  readonly rows: Rows;
  readonly bins: Uint8Array;
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
  readonly options: BoostingOptions;
}

class TreeGrower {
  readonly #input: GrowerInput;
  /** Where each row stands. */
  readonly nodes: Int32Array;

  constructor(input: GrowerInput) {
    this.#input = input;
    this.nodes = new Int32Array(input.rows.count);
  }

  grow(split: (node: number, column: number, bin: number) => void): void {
    const { rows, bins, options } = this.#input;
    for (let level = 0; level < options.depth; level++) {
      const first = 2 ** level - 1;
      const histograms = this.#histograms(first, 2 ** level);
      const chosen = Array.from({ length: 2 ** level }, (_, at) => bestSplit(histograms, at, rows.width, options));
      chosen.forEach((best, at) => best !== undefined && split(first + at, best.column, best.bin));
      for (let row = 0; row < rows.count; row++) {
        const best = chosen[this.nodes[row]! - first];
        const isRight = best !== undefined && bins[row * rows.width + best.column]! > best.bin;
        this.nodes[row] = 2 * this.nodes[row]! + (isRight ? 2 : 1);
      }
    }
  }

  leaves(): Float64Array {
    const { gradients, curvatures, options } = this.#input;
    const inner = 2 ** options.depth - 1;
    const sums = new Float64Array(inner + 1);
    const weights = new Float64Array(inner + 1);
    this.nodes.forEach((node, row) => {
      sums[node - inner]! += gradients[row]!;
      weights[node - inner]! += curvatures[row]!;
    });
    return sums.map((sum, leaf) => (options.rate * sum) / (weights[leaf]! + options.l2));
  }

  /** Sums of gradient, curvature and rows by node, column and bin. */
  #histograms(first: number, nodes: number): Float64Array {
    const { rows, bins, gradients, curvatures } = this.#input;
    const histograms = new Float64Array(nodes * rows.width * BINS * 3);
    for (let row = 0; row < rows.count; row++) {
      const base = (this.nodes[row]! - first) * rows.width;
      for (let column = 0; column < rows.width; column++) {
        const at = ((base + column) * BINS + bins[row * rows.width + column]!) * 3;
        histograms[at]! += gradients[row]!;
        histograms[at + 1]! += curvatures[row]!;
        histograms[at + 2]!++;
      }
    }
    return histograms;
  }
}

function bestSplit(
  histograms: Float64Array,
  node: number,
  width: number,
  { minRows, l2 }: BoostingOptions,
): { column: number; bin: number } | undefined {
  let best: { column: number; bin: number } | undefined;
  let bestGain = 1e-6;
  for (let column = 0; column < width; column++) {
    const base = (node * width + column) * BINS * 3;
    let [sum, weight, count] = [0, 0, 0];
    for (let bin = 0; bin < BINS; bin++) {
      sum += histograms[base + bin * 3]!;
      weight += histograms[base + bin * 3 + 1]!;
      count += histograms[base + bin * 3 + 2]!;
    }
    let [left, leftWeight, leftCount] = [0, 0, 0];
    for (let bin = 0; bin < BINS - 1; bin++) {
      left += histograms[base + bin * 3]!;
      leftWeight += histograms[base + bin * 3 + 1]!;
      leftCount += histograms[base + bin * 3 + 2]!;
      const gain =
        left ** 2 / (leftWeight + l2) + (sum - left) ** 2 / (weight - leftWeight + l2) - sum ** 2 / (weight + l2);
      if (leftCount >= minRows && count - leftCount >= minRows && gain > bestGain) {
        bestGain = gain;
        best = { column, bin };
      }
    }
  }
  return best;
}

/** Values that part a sample of the column into bins of about the same size. */
function edgesOf({ count, width, values }: Rows, column: number): Float32Array {
  const step = Math.max(1, Math.floor(count / 50_000));
  const sample = new Float32Array(Math.ceil(count / step)).map((_, at) => values[at * step * width + column]!).sort();
  const quantiles = Array.from(
    { length: BINS - 1 },
    (_, bin) => sample[Math.floor(((bin + 1) / BINS) * sample.length)]!,
  );
  const distinct = [...new Set(quantiles)];
  return Float32Array.from({ length: BINS - 1 }, (_, bin) => distinct[bin] ?? Number.POSITIVE_INFINITY);
}

function binsOf({ count, width, values }: Rows, edges: readonly Float32Array[]): Uint8Array {
  const bins = new Uint8Array(count * width);
  for (let at = 0; at < bins.length; at++) {
    const own = edges[at % width]!;
    let low = 0;
    let high = own.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[at]! <= own[middle]!) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    bins[at] = low;
  }
  return bins;
}
