/** How sure the model is of a candidate: boosted trees over its features, calibrated, and the threshold to show it. */
import { CONFIDENCE } from './confidence-data.ts';
import { FEATURES } from './feature-names.ts';
import { type Forest, scoreForest } from './forest.ts';

let forest: Forest | undefined;

/** Below this nothing is shown. */
export const CONFIDENCE_THRESHOLD = CONFIDENCE.threshold;

/** The probability that the candidate is exactly the rest of the line. */
export function confidenceOf(features: Float32Array): number {
  forest ??= readForest();
  const { slope, offset } = CONFIDENCE.calibration;
  return 1 / (1 + Math.exp(-(slope * scoreForest(forest, features) + offset)));
}

function readForest(): Forest {
  if (CONFIDENCE.features.join() !== FEATURES.join()) {
    throw new Error('The features have changed: fit the confidence anew (node bench/predictor/fit.ts).');
  }
  return {
    bias: CONFIDENCE.bias,
    depth: CONFIDENCE.depth,
    splits: new Int8Array(bytesOf(CONFIDENCE.splits)),
    thresholds: new Float32Array(bytesOf(CONFIDENCE.thresholds)),
    leaves: new Float32Array(bytesOf(CONFIDENCE.leaves)),
  };
}

function bytesOf(base64: string): ArrayBuffer {
  // A copy: what `Buffer` hands out may begin at an odd place of a shared pool.
  return new Uint8Array(Buffer.from(base64, 'base64')).buffer;
}
