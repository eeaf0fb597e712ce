/** Moves tokens from one vocabulary to a new one, so that words that nothing uses any more are dropped. */
import type { CorpusLimits } from './corpus-file.ts';
import { isBreakToken } from './token-index.ts';
import type { Token } from './tokenizer.ts';
import { FIRST_WORD_ID, Vocabulary } from './vocabulary.ts';

export class VocabularyChange {
  /** Has the words of the tokens that were renamed. */
  readonly vocabulary: Vocabulary;
  readonly #old: Vocabulary;
  /** New ids by old word; 0 for those not met yet. */
  readonly #renamed: Int32Array;

  constructor(old: Vocabulary, { maxWords, maxWordUnits }: CorpusLimits) {
    this.#old = old;
    this.vocabulary = new Vocabulary(maxWords, maxWordUnits);
    this.#renamed = new Int32Array(old.size);
  }

  rename(token: Token): Token {
    if (isBreakToken(token)) {
      return token;
    }
    const word = (token >> 1) - FIRST_WORD_ID;
    let id = this.#renamed[word]!;
    if (id === 0) {
      const text = this.#old.text(token >> 1);
      id = this.vocabulary.intern(text, 0, text.length);
      this.#renamed[word] = id;
    }
    return (id << 1) | (token & 1);
  }
}
