/** Whose answers may be given a second time (facts/router §3.9). */
import type { ModelRequest } from '../model-request.ts';

/**
 * Temperature 0, and no tools: what a tool said, or does, may be another thing the next time. Ghost text names no temperature, for
 * most servers' default writes it best, so it is kept by the completion engine and not here; a completion at temperature 0 is.
 */
export function isDeterministic({ input, limits }: ModelRequest): boolean {
  if (limits.temperature !== 0) return false;
  if (input.type === 'fim') return true;
  return (input.tools ?? []).length === 0 && input.messages.every(({ role }) => role !== 'tool');
}
