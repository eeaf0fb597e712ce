/** Keeping text that holds a model's control tokens from acting as them, without changing what a reader sees. */
import type { FimInput } from '../model-request.ts';

/**
 * WORD JOINER: invisible, breaks nothing, and no tokenizer's control token holds it. It goes after the first character of each
 * token, so `<|fim_prefix|>` in a source file stays the same to the eye but is plain text to the model.
 */
const MARK = '\u2060';

export interface SafeInput {
  readonly input: FimInput;
  /** Takes the marks out of what the model writes, since it copies what it has read. */
  readonly restore: (answer: string) => string;
}

/** Breaks up every one of `tokens` in all texts and paths of a request. */
export function breakUpInput(input: FimInput, tokens: readonly string[]): SafeInput {
  const safe: FimInput = {
    ...input,
    path: breakUpTokens(input.path, tokens),
    prefix: breakUpTokens(input.prefix, tokens),
    suffix: breakUpTokens(input.suffix, tokens),
    snippets: input.snippets.map(({ path, text }) => ({
      path: breakUpTokens(path, tokens),
      text: breakUpTokens(text, tokens),
    })),
  };
  // If the user's own text holds such a character, the answer may mean it.
  const marksAreOurs = !holdsMark(input) && holdsMark(safe);
  return { input: safe, restore: marksAreOurs ? (answer) => answer.replaceAll(MARK, '') : (answer) => answer };
}

/** No token is left in the result, not even one that a broken one contained. */
export function breakUpTokens(text: string, tokens: readonly string[]): string {
  let result = text;
  for (let changed = true; changed;) {
    changed = false;
    for (const token of tokens) {
      if (token.length < 2 || !result.includes(token)) continue;
      result = result.replaceAll(token, `${token.slice(0, 1)}${MARK}${token.slice(1)}`);
      changed = true;
    }
  }
  return result;
}

function holdsMark(input: FimInput): boolean {
  const texts = [input.path, input.prefix, input.suffix, ...input.snippets.flatMap(({ path, text }) => [path, text])];
  return texts.some((text) => text.includes(MARK));
}
