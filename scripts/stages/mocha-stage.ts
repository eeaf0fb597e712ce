/** A stage of mocha tests that run in Node, straight from TypeScript. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, resultsFolder } from '../bootstrap/paths.mjs';
import { run } from '../bootstrap/run.mjs';
import { readMochaReport } from './mocha-results.ts';
import type { Stage, StageOptions, StageResult } from './stage.ts';

export interface MochaSelection {
  readonly files: readonly string[];
  readonly ignore?: readonly string[];
  readonly timeoutMs: number;
  /** For the whole stage. */
  readonly limitMs: number;
  /** How soon the run must end after its last test. */
  readonly exitWithinMs?: number;
  readonly prepare?: () => Promise<void>;
  /** Why there is nothing to run on Windows. */
  readonly notOnWindows?: string;
}

/** What is being closed when the last test ends needs a moment on a busy machine. */
const EXIT_WITHIN_MS = 10_000;

export function mochaStage(name: string, summary: string, selection: MochaSelection): Stage {
  const { notOnWindows, prepare, limitMs } = selection;
  if (process.platform === 'win32' && notOnWindows !== undefined) {
    const nothing = { passed: 0, failed: 0, output: '', note: `not run: ${notOnWindows}` };
    return { name, summary, limitMs, run: () => Promise.resolve(nothing) };
  }
  const run: Stage['run'] = (options, signal) => runMocha(name, selection, options, signal);
  return { name, summary, limitMs, run, ...(prepare === undefined ? {} : { prepare }) };
}

async function runMocha(
  name: string,
  selection: MochaSelection,
  options: StageOptions,
  signal: AbortSignal,
): Promise<StageResult> {
  mkdirSync(resultsFolder, { recursive: true });
  const reportFile = join(resultsFolder, `${name}.json`);
  const lastTestFile = join(resultsFolder, `${name}.last-test.txt`);
  const leftOpenFile = join(resultsFolder, `${name}.left-open.txt`);
  for (const file of [reportFile, lastTestFile, leftOpenFile]) rmSync(file, { force: true });
  const mocha = [
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--no-config',
    '--forbid-only',
    ...['--require', join(projectFolder, 'scripts', 'stages', 'watch-mocha.ts')],
    ...['--timeout', String(selection.timeoutMs)],
    ...['--reporter', 'json', '--reporter-option', `output=${reportFile}`],
    ...(selection.ignore ?? []).flatMap((pattern) => ['--ignore', pattern]),
    ...(options.grep === undefined ? [] : ['--grep', options.grep]),
    ...selection.files,
  ];
  const withCoverage = options.coverage && name === 'unit';
  const args = withCoverage ? [...COVERAGE, process.execPath, ...mocha] : mocha;
  const env = {
    ...process.env,
    REAPER_LAST_TEST: lastTestFile,
    REAPER_LEFT_OPEN: leftOpenFile,
    REAPER_EXIT_WITHIN_MS: String(selection.exitWithinMs ?? EXIT_WITHIN_MS),
  };
  const { exitCode, output } = await run(process.execPath, args, { cwd: projectFolder, env, signal });
  const lastTest = signal.aborted && existsSync(lastTestFile) ? readFileSync(lastTestFile, 'utf8') : 'none';
  const said = signal.aborted ? `${output.trimEnd()}\nThe last test that began: ${lastTest}` : output;
  const result = withLeftOpen(readMochaReport(reportFile, exitCode, said), leftOpenFile);
  return withCoverage ? { ...result, note: 'report in coverage/index.html' } : result;
}

/** A run that was over and did not exit has failed, whatever its tests say. */
function withLeftOpen(result: StageResult, leftOpenFile: string): StageResult {
  if (!existsSync(leftOpenFile)) return result;
  const text = readFileSync(leftOpenFile, 'utf8');
  return { ...result, failed: result.failed + 1, output: [result.output, text].filter(Boolean).join('\n\n') };
}

const COVERAGE = [
  join('node_modules', 'c8', 'bin', 'c8.js'),
  ...['--all', '--include', 'src/**', '--reporter', 'html', '--reporter', 'text-summary'],
];
