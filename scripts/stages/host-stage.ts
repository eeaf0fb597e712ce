/** The stage of tests that run inside a real extension host: bundles them, opens an editor on them, collects what they report. */
import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { projectFolder, resultsFolder } from '../bootstrap/paths.mjs';
import { errorsOf } from '../../test/e2e/commands.ts';
import { type Workbench, openWorkbench, prepareWorkbench } from '../../test/e2e/workbench.ts';
import { readMochaReport } from './mocha-results.ts';
import type { Stage, StageOptions, StageResult } from './stage.ts';

const EXTENSION_ID = 'reaper.reaper';
const SUITE = 'suite.cjs';
/** The host tests themselves take seconds; this is for a machine that is busy with other things. */
const RUN_TIMEOUT_MS = 300_000;
/** With the bundling, and the start and end of the editor. */
const LIMIT_MS = 480_000;
const POLL_MS = 100;

export const hostStage: Stage = {
  name: 'host',
  summary: 'inside the extension host of a real VS Code',
  limitMs: LIMIT_MS,
  prepare: (options) => (isElectron(options) ? Promise.resolve() : prepareWorkbench()),
  run: runHostTests,
};

/** The server does not build on Windows. */
function isElectron(options: StageOptions): boolean {
  return options.electron || process.platform === 'win32';
}

async function runHostTests(options: StageOptions): Promise<StageResult> {
  const outFolder = join(resultsFolder, 'host');
  const reportFile = join(resultsFolder, 'host.json');
  rmSync(outFolder, { recursive: true, force: true });
  rmSync(reportFile, { force: true });
  mkdirSync(outFolder, { recursive: true });
  await bundleTests(outFolder);
  const env = {
    REAPER_HOST_REPORT: reportFile,
    ...(options.grep === undefined ? {} : { REAPER_HOST_GREP: options.grep }),
  };
  return isElectron(options) ? runInElectron(outFolder, reportFile, env) : runInServer(outFolder, reportFile, env);
}

/** CommonJS, because that is what the host loads as `extensionTestsPath`; mocha stays outside: it must be one for all files. */
async function bundleTests(outFolder: string): Promise<void> {
  const files = globSync('test/host/**/*.test.ts', { cwd: projectFolder });
  await esbuild.build({
    absWorkingDir: projectFolder,
    entryPoints: ['test/host/suite.ts', ...files].map((file) => ({ in: file, out: basename(file, '.ts') })),
    outdir: outFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'silent',
  });
}

async function runInServer(
  outFolder: string,
  reportFile: string,
  env: Readonly<Record<string, string>>,
): Promise<StageResult> {
  const workbench = await openWorkbench({
    extension: { type: 'development', folder: projectFolder },
    testsPath: join(outFolder, SUITE),
    template: join(projectFolder, 'demo'),
    env,
  });
  try {
    await reported(workbench, reportFile);
    return withConsoleErrors(readMochaReport(reportFile, 0, workbench.server.output()), workbench);
  } finally {
    await workbench.close();
  }
}

async function reported(workbench: Workbench, reportFile: string): Promise<void> {
  const deadline = Date.now() + RUN_TIMEOUT_MS;
  let serverEnded = false;
  void workbench.server.ended.then(() => {
    serverEnded = true;
  });
  while (!existsSync(reportFile)) {
    if (serverEnded || Date.now() > deadline) {
      const when = serverEnded ? 'before the server ended' : `within ${RUN_TIMEOUT_MS / 1000} s`;
      const errors = workbench.consoleErrors().join('\n');
      throw new Error(`No report from the extension host ${when}. Errors in the console:\n${errors}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Each console error that names the extension is a failure of its own. */
function withConsoleErrors(result: StageResult, workbench: Workbench): StageResult {
  const errors = errorsOf(workbench, EXTENSION_ID);
  const text = errors.map((error) => `Console error that names the extension:\n   ${error}`).join('\n\n');
  return {
    ...result,
    failed: result.failed + errors.length,
    output: [result.output, text].filter(Boolean).join('\n\n'),
  };
}

/** Downloads VS Code the first time; `suite.ts` is the same, and writes the same report. */
async function runInElectron(
  outFolder: string,
  reportFile: string,
  env: Readonly<Record<string, string>>,
): Promise<StageResult> {
  const { runTests } = await import('@vscode/test-electron');
  let exitCode = 0;
  let output = '';
  try {
    exitCode = await runTests({
      extensionDevelopmentPath: projectFolder,
      extensionTestsPath: join(outFolder, SUITE),
      extensionTestsEnv: env,
      launchArgs: [join(projectFolder, 'demo'), '--disable-extensions', '--disable-workspace-trust'],
    });
  } catch (error) {
    exitCode = 1;
    output = error instanceof Error ? error.message : String(error);
  }
  return readMochaReport(reportFile, exitCode, output);
}
