/** One row of the report: Reaper's value, and that of the same thing without it where there is one. */
import type { Row, Unit, Wanted } from '../report/table.ts';

export function row(
  quantity: string,
  unit: Unit,
  wanted: Wanted | undefined,
  value: number | undefined,
  alone?: number,
): Row {
  return { quantity, unit, wanted, values: { Reaper: value, ...(alone === undefined ? {} : { alone }) } };
}
