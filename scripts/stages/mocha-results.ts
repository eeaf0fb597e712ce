/** Reading what mocha's JSON reporter wrote, and turning it into counts and a text for people. */
import { existsSync, readFileSync } from 'node:fs';
import type { StageResult } from './stage.ts';

interface MochaReport {
  readonly stats: { readonly passes: number; readonly failures: number; readonly pending: number };
  readonly failures: readonly MochaFailure[];
}

interface MochaFailure {
  readonly fullTitle: string;
  readonly err: { readonly message?: string; readonly stack?: string };
}

/**
 * The result of a mocha run that should have written `reportFile`. A run without any test, and one that ended before it could
 * report, have failed.
 */
export function readMochaReport(reportFile: string, exitCode: number, output: string): StageResult {
  if (!existsSync(reportFile)) {
    return { passed: 0, failed: 1, output: `The tests ended without a report (exit code ${exitCode}).\n${output}` };
  }
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as MochaReport;
  const { passes, failures, pending } = report.stats;
  const note = pending > 0 ? { note: `${pending} skipped` } : {};
  if (passes + failures === 0) {
    return { passed: 0, failed: 1, output: `No test was found.\n${output}`, ...note };
  }
  // Mocha counts a failing hook once; an error outside of any test shows only in the exit code.
  const unreported = failures === 0 && exitCode !== 0;
  return {
    passed: passes,
    failed: unreported ? 1 : failures,
    output: unreported
      ? `Every test passed, yet the exit code is ${exitCode}.\n${output}`
      : failureText(report.failures),
    ...note,
  };
}

function failureText(failures: readonly MochaFailure[]): string {
  return failures
    .map(
      ({ fullTitle, err }, index) => `${index + 1}) ${fullTitle}\n${indent(err.stack ?? err.message ?? 'no message')}`,
    )
    .join('\n\n');
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '   ');
}
