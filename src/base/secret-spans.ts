/** Where secrets stand in a text. */

export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  /** The placeholder is `REDACTED_<kind>`. */
  readonly kind: string;
}

/** In order, overlapping ones and pieces of one secret joined; the kind of the first one stays. */
export function mergeSpans(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const merged: SecretSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    const isPiece = last?.kind === span.kind && last.end === span.start;
    if (last !== undefined && (span.start < last.end || isPiece)) {
      merged[merged.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    } else {
      merged.push(span);
    }
  }
  return merged;
}
