/** One answer from several without asking anybody: where they agree, or as far as they do. */

/** The answer that more than half of the asked gave, but for white space. */
export function agreedText(texts: readonly string[], asked: number): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const key = normalised(text);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    // One alone agrees with nobody.
    if (key !== '' && count > 1 && count * 2 > asked) return texts.find((other) => normalised(other) === key);
  }
  return undefined;
}

/** The whole lines that the first one shares with any other one; `undefined`: none. */
export function commonStart([first, ...others]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  const lines = first.split('\n');
  const agreed = Math.max(0, ...others.map((other) => sharedLines(lines, other.split('\n'))));
  const text = lines.slice(0, agreed).join('\n');
  return text.trim() === '' ? undefined : text;
}

function sharedLines(lines: readonly string[], others: readonly string[]): number {
  const end = lines.findIndex((line, index) => line.trimEnd() !== others[index]?.trimEnd());
  return end === -1 ? lines.length : end;
}

function normalised(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
