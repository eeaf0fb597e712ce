/** How much may be learned in a given memory. */
import type { CorpusLimits } from './corpus-file.ts';

const MEBIBYTE = 2 ** 20;
/** Heap, code and stacks of the worker thread, measured: 9 to 12 MB after learning 5,000 files. */
const THREAD_BYTES = 14 * MEBIBYTE;
/** What does not grow with the number of tokens: chain heads, successors, the typed text, matches. */
const FIXED_BYTES = 9 * MEBIBYTE;
/** Token, chain, and one line to seven tokens with its two chains; a fifth of the lines end a block. */
const BYTES_PER_TOKEN = 10.5;
/** A tenth of what is left goes to words; 20 bytes and 10 UTF-16 units each. */
const WORD_SHARE = 0.2;
const BYTES_PER_WORD = 20;
const UNITS_PER_WORD = 10;
/** With less than this there is nothing worth learning. */
const LEAST_BYTES = 28 * MEBIBYTE;

export function limitsFor(memoryBytes: number): CorpusLimits {
  const room = Math.max(LEAST_BYTES, memoryBytes) - THREAD_BYTES - FIXED_BYTES;
  const maxWords = Math.floor((room * WORD_SHARE) / (BYTES_PER_WORD + 2 * UNITS_PER_WORD));
  return {
    maxTokens: Math.floor((room * (1 - WORD_SHARE)) / BYTES_PER_TOKEN),
    maxWords,
    maxWordUnits: maxWords * UNITS_PER_WORD,
  };
}
