/** Gradient-boosted trees with logistic loss, small and deterministic: fits the confidence of the embedded model. */

export interface BoostingOptions {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  readonly minRows: number;
  readonly l2: number;
}

/** Complete binary trees: node `i` has children `2i + 1` and `2i + 2`; leaves follow the `2^depth - 1` inner nodes. */
export interface Forest {
  readonly bias: number;
  readonly depth: number;
  readonly features: Int16Array;
  readonly thresholds: Float64Array;
  readonly leaves: Float64Array;
}

const BINS = 64;

export function fitForest(
  rows: Float32Array,
  labels: Uint8Array,
  weights: Float32Array,
  featureCount: number,
  options: BoostingOptions,
): Forest {
  const count = labels.length;
  const edges = binEdges(rows, count, featureCount);
  const bins = new Uint8Array(count * featureCount);
  for (let row = 0; row < count; row++) {
    for (let f = 0; f < featureCount; f++)
      bins[row * featureCount + f] = binOf(edges[f]!, rows[row * featureCount + f]!);
  }
  let pos = 0,
    all = 0;
  for (let i = 0; i < count; i++) {
    all += weights[i]!;
    pos += weights[i]! * labels[i]!;
  }
  const bias = Math.log(pos / (all - pos));
  const score = new Float64Array(count).fill(bias);
  const inner = 2 ** options.depth - 1;
  const leafCount = 2 ** options.depth;
  const features = new Int16Array(options.trees * inner).fill(-1);
  const thresholds = new Float64Array(options.trees * inner);
  const leaves = new Float64Array(options.trees * leafCount);
  const grad = new Float64Array(count),
    hess = new Float64Array(count);
  const node = new Int32Array(count);
  for (let tree = 0; tree < options.trees; tree++) {
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-score[i]!));
      grad[i] = (labels[i]! - p) * weights[i]!;
      hess[i] = p * (1 - p) * weights[i]!;
    }
    node.fill(0);
    for (let level = 0; level < options.depth; level++) {
      const first = 2 ** level - 1,
        width = 2 ** level;
      const hg = new Float64Array(width * featureCount * BINS),
        hh = new Float64Array(width * featureCount * BINS),
        hn = new Int32Array(width * featureCount * BINS);
      for (let i = 0; i < count; i++) {
        const base = (node[i]! - first) * featureCount * BINS;
        const g = grad[i]!,
          h = hess[i]!;
        for (let f = 0; f < featureCount; f++) {
          const at = base + f * BINS + bins[i * featureCount + f]!;
          hg[at]! += g;
          hh[at]! += h;
          hn[at]!++;
        }
      }
      const splitBin = new Int32Array(width).fill(-1),
        splitF = new Int32Array(width).fill(-1);
      for (let n = 0; n < width; n++) {
        let bestGain = 1e-6;
        for (let f = 0; f < featureCount; f++) {
          const base = (n * featureCount + f) * BINS;
          let G = 0,
            H = 0,
            N = 0;
          for (let b = 0; b < BINS; b++) {
            G += hg[base + b]!;
            H += hh[base + b]!;
            N += hn[base + b]!;
          }
          let g = 0,
            h = 0,
            c = 0;
          for (let b = 0; b < BINS - 1; b++) {
            g += hg[base + b]!;
            h += hh[base + b]!;
            c += hn[base + b]!;
            if (c < options.minRows || N - c < options.minRows) continue;
            const gain = (g * g) / (h + options.l2) + (G - g) ** 2 / (H - h + options.l2) - (G * G) / (H + options.l2);
            if (gain > bestGain) {
              bestGain = gain;
              splitBin[n] = b;
              splitF[n] = f;
            }
          }
        }
        if (splitF[n]! >= 0) {
          features[tree * inner + first + n] = splitF[n]!;
          thresholds[tree * inner + first + n] = edges[splitF[n]!]![splitBin[n]!]!;
        }
      }
      for (let i = 0; i < count; i++) {
        const n = node[i]! - first;
        const f = splitF[n]!;
        const right = f >= 0 && bins[i * featureCount + f]! > splitBin[n]!;
        node[i] = 2 * node[i]! + (right ? 2 : 1);
      }
    }
    const lg = new Float64Array(leafCount),
      lh = new Float64Array(leafCount);
    for (let i = 0; i < count; i++) {
      lg[node[i]! - inner]! += grad[i]!;
      lh[node[i]! - inner]! += hess[i]!;
    }
    for (let l = 0; l < leafCount; l++) leaves[tree * leafCount + l] = (options.rate * lg[l]!) / (lh[l]! + options.l2);
    for (let i = 0; i < count; i++) score[i]! += leaves[tree * leafCount + node[i]! - inner]!;
  }
  return { bias, depth: options.depth, features, thresholds, leaves };
}

export function scoreForest(forest: Forest, row: ArrayLike<number>, offset = 0): number {
  const { depth, features, thresholds, leaves } = forest;
  const inner = 2 ** depth - 1;
  const leafCount = inner + 1;
  const trees = leaves.length / leafCount;
  let s = forest.bias;
  for (let t = 0; t < trees; t++) {
    let n = 0;
    for (let d = 0; d < depth; d++) {
      const f = features[t * inner + n]!;
      n = 2 * n + (f >= 0 && row[offset + f]! > thresholds[t * inner + n]! ? 2 : 1);
    }
    s += leaves[t * leafCount + n - inner]!;
  }
  return s;
}

function binEdges(rows: Float32Array, count: number, featureCount: number): Float64Array[] {
  const edges: Float64Array[] = [];
  const stride = Math.max(1, Math.floor(count / 50_000));
  for (let f = 0; f < featureCount; f++) {
    const values: number[] = [];
    for (let row = 0; row < count; row += stride) values.push(rows[row * featureCount + f]!);
    values.sort((a, b) => a - b);
    const distinct = [
      ...new Set(Array.from({ length: BINS - 1 }, (_, i) => values[Math.floor(((i + 1) / BINS) * values.length)]!)),
    ];
    edges.push(Float64Array.from({ length: BINS - 1 }, (_, i) => distinct[i] ?? Infinity));
  }
  return edges;
}

function binOf(edges: Float64Array, value: number): number {
  let lo = 0,
    hi = edges.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (value <= edges[mid]!) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}
