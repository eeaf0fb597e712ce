/** Where the benchmark keeps what it fetched, and where fitted weights go. */
import { fileURLToPath } from 'node:url';

/** Ignored by git. */
export const cacheFolder = fileURLToPath(new URL('../../.reaper-cache/predictor-bench', import.meta.url));
export const dataFile = fileURLToPath(new URL('../../src/predictor/confidence-data.ts', import.meta.url));
