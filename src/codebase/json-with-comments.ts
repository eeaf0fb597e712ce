/** JSON as configuration files have it: with comments and trailing commas. */

/** `undefined` when it cannot be understood. */
export function parseJsonWithComments(text: string): unknown {
  const plain = text
    .replace(
      /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_match, literal: string | undefined) => literal ?? '',
    )
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_match, literal: string | undefined) => literal ?? '');
  try {
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
}
