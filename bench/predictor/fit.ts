/**
 * Fits the confidence of the embedded model on the trees of the split `fit` and writes `src/predictor/confidence-data.ts`:
 * `node bench/predictor/fit.ts`. Takes some minutes; deterministic for the same trees.
 */
import { writeFileSync } from 'node:fs';
import { FEATURES } from '../../src/predictor/feature-names.ts';
import { type Forest, scoreForest } from '../../src/predictor/forest.ts';
import { type Rows, fitForest } from './boosting.ts';
import { cacheFolder, dataFile } from './folders.ts';
import { leaveOut } from './leave-out.ts';
import type { PlaceKind } from './positions.ts';
import { type Language, hashOf, readTree, trees } from './trees.ts';

const POSITIONS_PER_TREE = 4000;
const WIDTH = FEATURES.length;
const BOOSTING = { trees: 160, depth: 4, rate: 0.1, minRows: 40, l2: 2 } as const;
const FOLDS = 3;
/** Lone brackets are left out: with them the rest is judged worse. Most candidates are wrong; one in so many of those is learned from, counted as so many. */
const WRONG_STEP = 3;
/** New projects do worse than these, so the threshold asks for more here than is wanted there. */
const WANTED_PRECISION = 0.7;

interface Place {
  readonly tree: number;
  readonly language: Language;
  readonly kind: PlaceKind;
  readonly firstRow: number;
  readonly endRow: number;
}

const rows = createRows();
const places: Place[] = [];
const fitTrees = trees.filter(({ split }) => split === 'fit');
fitTrees.forEach((tree, number) => {
  const files = readTree(tree, cacheFolder);
  leaveOut(files ?? [], POSITIONS_PER_TREE, (model, asked) => {
    for (const { file, position } of asked) {
      const firstRow = rows.count;
      for (const { text, isWorthShowing, features } of model.candidates(
        file.path,
        file.text.slice(0, position.offset),
      )) {
        rows.add(features, text === position.rest, isWorthShowing);
      }
      places.push({ tree: number, language: tree.language, kind: position.kind, firstRow, endRow: rows.count });
    }
  });
  process.stdout.write(`${tree.name}: ${places.length} places, ${rows.count} candidates\n`);
});

// Each tree is judged by a forest that has not seen it.
const judges = Array.from({ length: FOLDS }, (_, fold) => fitOn((place) => place.tree % FOLDS !== fold));
const shown = places.flatMap((place) => {
  const best = bestOf(place, judges[place.tree % FOLDS]!);
  return best === undefined ? [] : [{ place, ...best }];
});
const calibration = calibrate(shown);
const threshold = findThreshold();
writeFileSync(dataFile, fileOf(fitOn(() => true)));
process.stdout.write(`${dataFile} written: threshold ${threshold.toFixed(3)}, ${JSON.stringify(calibration)}\n`);

function createRows(): {
  count: number;
  values: Float32Array;
  labels: Uint8Array;
  worthShowing: Uint8Array;
  add(features: Float32Array, isRight: boolean, isWorth: boolean): void;
} {
  return {
    count: 0,
    values: new Float32Array(WIDTH * 4096),
    labels: new Uint8Array(4096),
    worthShowing: new Uint8Array(4096),
    add(features, isRight, isWorth) {
      if (this.count === this.labels.length) {
        this.values = grown(this.values, Float32Array);
        this.labels = grown(this.labels, Uint8Array);
        this.worthShowing = grown(this.worthShowing, Uint8Array);
      }
      this.values.set(features, this.count * WIDTH);
      this.labels[this.count] = isRight ? 1 : 0;
      this.worthShowing[this.count++] = isWorth ? 1 : 0;
    },
  };
}

function grown<T extends Float32Array | Uint8Array>(array: T, type: new (length: number) => T): T {
  const larger = new type(array.length * 2);
  larger.set(array);
  return larger;
}

function fitOn(isWanted: (place: Place) => boolean): Forest {
  const chosen = places
    .filter(isWanted)
    .flatMap(({ firstRow, endRow }) =>
      Array.from({ length: endRow - firstRow }, (_, at) => firstRow + at).filter(
        (row) => rows.worthShowing[row] === 1 && (rows.labels[row] === 1 || hashOf(String(row)) % WRONG_STEP === 0),
      ),
    );
  const count = chosen.length;
  const part: Rows = {
    count,
    width: WIDTH,
    values: new Float32Array(count * WIDTH),
    labels: new Uint8Array(count),
    weights: new Float32Array(count),
  };
  chosen.forEach((row, to) => {
    part.values.set(rows.values.subarray(row * WIDTH, (row + 1) * WIDTH), to * WIDTH);
    part.labels[to] = rows.labels[row]!;
    part.weights[to] = rows.labels[row] === 1 ? 1 : WRONG_STEP;
  });
  return fitForest(part, BOOSTING);
}

function bestOf({ firstRow, endRow }: Place, forest: Forest): { score: number; isRight: boolean } | undefined {
  let best: { score: number; isRight: boolean } | undefined;
  for (let row = firstRow; row < endRow; row++) {
    if (rows.worthShowing[row] === 1) {
      const score = scoreForest(forest, rows.values, row * WIDTH);
      if (best === undefined || score > best.score) {
        best = { score, isRight: rows.labels[row] === 1 };
      }
    }
  }
  return best;
}

/** Logistic regression of being right on the score of the best candidate (Platt). */
function calibrate(samples: readonly { readonly score: number; readonly isRight: boolean }[]): {
  slope: number;
  offset: number;
} {
  let slope = 1;
  let offset = 0;
  for (let step = 0; step < 50; step++) {
    const sums = [0, 0, 0, 0, 0];
    for (const { score, isRight } of samples) {
      const p = 1 / (1 + Math.exp(-(slope * score + offset)));
      const error = (isRight ? 1 : 0) - p;
      const curve = p * (1 - p);
      [error * score, error, curve * score * score, curve * score, curve].forEach((value, at) => (sums[at]! += value));
    }
    const [a, b, ss, so, oo] = sums as [number, number, number, number, number];
    const determinant = ss * oo - so * so;
    slope += (a * oo - b * so) / determinant;
    offset += (b * ss - a * so) / determinant;
  }
  return { slope: round(slope), offset: round(offset) };
}

/** The lowest confidence from which on the suggestions of each language are right as often as wanted. */
function findThreshold(): number {
  const byLanguage = Object.values(Object.groupBy(shown, ({ place }) => place.language));
  const thresholds = byLanguage.map((samples) => {
    let right = 0;
    let lowest = 1;
    samples
      .filter(({ place }) => place.kind !== 'word')
      .sort((a, b) => b.score - a.score)
      .forEach(({ isRight, score }, index) => {
        right += isRight ? 1 : 0;
        lowest = right / (index + 1) >= WANTED_PRECISION ? score : lowest;
      });
    return 1 / (1 + Math.exp(-(calibration.slope * lowest + calibration.offset)));
  });
  return round(Math.max(...thresholds));
}

function round(value: number): number {
  return Number(value.toFixed(4));
}

function fileOf(forest: Forest): string {
  const base64 = (array: Int8Array | Float32Array): string =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
  return `/**
 * Weights of the confidence, made by \`bench/predictor/fit.ts\` and not by hand: ${BOOSTING.trees} boosted trees, fitted on
 * ${rows.count.toLocaleString('en')} candidates at ${places.length.toLocaleString('en')} places of ${fitTrees.length} trees, none of which the benchmark reports on:
 * ${fitTrees.map(({ name }) => name).join(', ')}.
 * Calibration and threshold come from trees left out in turn; the threshold is where each language reaches ${WANTED_PRECISION * 100} % there.
 */
export const CONFIDENCE = {
  features: [${FEATURES.map((name) => `'${name}'`).join(', ')}],
  calibration: { slope: ${calibration.slope}, offset: ${calibration.offset} },
  threshold: ${threshold},
  depth: ${forest.depth},
  bias: ${forest.bias},
  splits: '${base64(forest.splits)}',
  thresholds: '${base64(forest.thresholds)}',
  leaves: '${base64(forest.leaves)}',
} as const;
`;
}
