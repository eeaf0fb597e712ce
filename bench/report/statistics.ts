/** Percentiles and shares of small samples. */

/** Nearest-rank percentile; `undefined` for an empty sample. */
export function percentile(values: readonly number[], percent: number): number | undefined {
  if (values.length === 0) {
    return undefined;
  }
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

export function share(values: readonly boolean[]): number | undefined {
  return values.length === 0 ? undefined : values.filter(Boolean).length / values.length;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
