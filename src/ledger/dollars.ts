/** Amounts of money, for people. */

/** `$1.25`, `$0.0031`, `$0`: two digits that say something, however small it is. */
export function dollars(usd: number): string {
  if (usd === 0 || !Number.isFinite(usd)) return '$0';
  const size = Math.abs(usd);
  if (size < 0.000_05) return usd < 0 ? '-$0.0001' : '<$0.0001';
  const digits = size < 0.1 ? 4 : 2;
  return `${usd < 0 ? '-' : ''}$${size.toFixed(digits)}`;
}
