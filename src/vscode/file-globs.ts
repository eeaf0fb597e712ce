/** Glob patterns that mean exactly one file, and lists of patterns in a settings level. */

/** The path with everything that a glob would interpret taken literally. */
export function globOfFile(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

export function withText(level: unknown, text: string): readonly unknown[] {
  return [...(withoutText(level, text) ?? []), text];
}

/** `undefined` when nothing is left, so that the setting disappears from the file. */
export function withoutText(level: unknown, text: string): readonly unknown[] | undefined {
  const left = Array.isArray(level) ? level.filter((item) => item !== text) : [];
  return left.length > 0 ? left : undefined;
}
