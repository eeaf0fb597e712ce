/** The report of a bench: one row per quantity with what is wanted, what was measured, and whether that is met. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Unit = 'µs' | 'ms' | 'share' | 'count' | 'kB' | 'MB';

export interface Wanted {
  readonly limit: number;
  readonly type: 'at-most' | 'at-least';
}

export interface Row {
  readonly quantity: string;
  readonly unit: Unit;
  /** `undefined`: told, but nothing is wanted of it. */
  readonly wanted: Wanted | undefined;
  /** By column; `undefined` where it was not measured. */
  readonly values: Readonly<Record<string, number | undefined>>;
  readonly note?: string;
}

export interface Report {
  readonly bench: string;
  readonly title: string;
  /** The column that is judged; the others are references. */
  readonly subject: string;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export function atMost(limit: number): Wanted {
  return { limit, type: 'at-most' };
}

export function atLeast(limit: number): Wanted {
  return { limit, type: 'at-least' };
}

export type Verdict = 'met' | 'missed' | 'not measured' | '';

function verdict(row: Row, subject: string): Verdict {
  if (row.wanted === undefined) {
    return '';
  }
  const value = row.values[subject];
  if (value === undefined) {
    return 'not measured';
  }
  const met = row.wanted.type === 'at-most' ? value <= row.wanted.limit : value >= row.wanted.limit;
  return met ? 'met' : 'missed';
}

export function printReport(report: Report): void {
  const columns = [...new Set(report.rows.flatMap((row) => Object.keys(row.values)))];
  columns.sort((left, right) => Number(right === report.subject) - Number(left === report.subject));
  const header = ['quantity', 'wanted', ...columns, 'mark'];
  const cells = report.rows.map((row) => [
    row.note === undefined ? row.quantity : `${row.quantity} (${row.note})`,
    row.wanted === undefined
      ? ''
      : `${row.wanted.type === 'at-most' ? '≤' : '≥'} ${format(row.wanted.limit, row.unit)}`,
    ...columns.map((column) => format(row.values[column], row.unit)),
    verdict(row, report.subject),
  ]);
  const widths = header.map((title, index) => Math.max(title.length, ...cells.map((row) => (row[index] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  console.log([`\n${report.title}\n`, line(header), rule, ...cells.map(line), ''].join('\n'));
  for (const note of report.notes) {
    console.log(`- ${note}`);
  }
}

/** Next to the other results of tests, for whoever compares runs. */
export function saveReport(report: Report, details: unknown): string {
  const folder = join(import.meta.dirname, '..', '..', 'test-results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `bench-${report.bench}.json`);
  const rows = report.rows.map((row) => ({ ...row, verdict: verdict(row, report.subject) }));
  const whole = { ...report, rows, at: new Date().toISOString(), details };
  // JSON knows no infinity: what never came would read as null.
  const readable = (_key: string, value: unknown): unknown => (value === Infinity ? 'never' : value);
  writeFileSync(path, JSON.stringify(whole, readable, 1));
  return path;
}

function format(value: number | undefined, unit: Unit): string {
  if (value === undefined) {
    return '–';
  }
  switch (unit) {
    case 'share':
      return `${(value * 100).toFixed(value > 0.9 && value < 1 ? 1 : 0)} %`;
    case 'ms':
      return Number.isFinite(value) ? `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} ms` : 'never';
    case 'µs':
      return `${value.toFixed(Math.abs(value) < 10 ? 2 : 0)} µs`;
    case 'count':
      return value.toFixed(value < 10 ? 2 : 0);
    case 'kB':
    case 'MB':
      return `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
    default:
      return unit satisfies never;
  }
}
