/** A stage of mocha tests that run in Node, straight from TypeScript. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, resultsFolder } from '../bootstrap/paths.mjs';
import { run } from '../bootstrap/run.mjs';
import { readMochaReport } from './mocha-results.ts';
import type { Stage, StageOptions, StageResult } from './stage.ts';

export interface MochaSelection {
  readonly files: readonly string[];
  readonly ignore?: readonly string[];
  readonly timeoutMs: number;
  readonly prepare?: () => Promise<void>;
  /** Why there is nothing to run on Windows. */
  readonly notOnWindows?: string;
}

export function mochaStage(name: string, summary: string, selection: MochaSelection): Stage {
  const { notOnWindows, prepare } = selection;
  if (process.platform === 'win32' && notOnWindows !== undefined) {
    const nothing = { passed: 0, failed: 0, output: '', note: `not run: ${notOnWindows}` };
    return { name, summary, run: () => Promise.resolve(nothing) };
  }
  const run = (options: StageOptions): Promise<StageResult> => runMocha(name, selection, options);
  return prepare === undefined ? { name, summary, run } : { name, summary, prepare, run };
}

async function runMocha(name: string, selection: MochaSelection, options: StageOptions): Promise<StageResult> {
  mkdirSync(resultsFolder, { recursive: true });
  const reportFile = join(resultsFolder, `${name}.json`);
  rmSync(reportFile, { force: true });
  const mocha = [
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--no-config',
    '--forbid-only',
    ...['--timeout', String(selection.timeoutMs)],
    ...['--reporter', 'json', '--reporter-option', `output=${reportFile}`],
    ...(selection.ignore ?? []).flatMap((pattern) => ['--ignore', pattern]),
    ...(options.grep === undefined ? [] : ['--grep', options.grep]),
    ...selection.files,
  ];
  const withCoverage = options.coverage && name === 'unit';
  const args = withCoverage ? [...COVERAGE, process.execPath, ...mocha] : mocha;
  const { exitCode, output } = await run(process.execPath, args, { cwd: projectFolder });
  const result = readMochaReport(reportFile, exitCode, output);
  return withCoverage ? { ...result, note: 'report in coverage/index.html' } : result;
}

const COVERAGE = [
  join('node_modules', 'c8', 'bin', 'c8.js'),
  ...['--all', '--include', 'src/**', '--reporter', 'html', '--reporter', 'text-summary'],
];
