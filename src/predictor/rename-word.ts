/** Moves a token from one vocabulary to another, when words that nothing uses any more are dropped. */
import { isBreakToken } from './token-index.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `renamed` remembers the new ids of words seen before. */
export function renameWord(token: number, old: Vocabulary, words: Vocabulary, renamed: Int32Array): number {
  if (isBreakToken(token)) {
    return token;
  }
  const id = token >> 1;
  let word = renamed[id - 256]!;
  if (word === 0) {
    const text = old.text(id);
    word = words.intern(text, 0, text.length);
    renamed[id - 256] = word;
  }
  return (word << 1) | (token & 1);
}
