/** Runs the chosen stages one after the other, says how each went, and counts. */
import { parseArgs } from 'node:util';
import { SetupError, seconds } from '../bootstrap/progress.mjs';
import { runWithin } from './run-within.ts';
import type { Stage, StageOptions, StageResult } from './stage.ts';
import { STAGES } from './stages.ts';

export interface StageChoice {
  readonly stages: readonly Stage[];
  readonly options: StageOptions;
}

/** `undefined`: help was asked for, and given. */
export function parseArguments(args: readonly string[]): StageChoice | undefined {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(helpText());
    return undefined;
  }
  const unknown = positionals.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    throw new SetupError(
      `No such stage: ${unknown.join(', ')}. The stages: ${STAGES.map(({ name }) => name).join(', ')}.`,
    );
  }
  const stages = positionals.length === 0 ? STAGES : STAGES.filter(({ name }) => positionals.includes(name));
  return { stages, options: { electron: values.electron, coverage: values.coverage, grep: values.grep } };
}

/** Prints the whole report; the last line is `N passed, N failed`. Returns the exit code. */
export async function runStages(choice: StageChoice): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const stage of choice.stages) {
    const result = await runOne(stage, choice.options);
    passed += result.passed;
    failed += result.failed;
    if (result.failed > 0) {
      process.stdout.write(`\n${result.output.trimEnd()}\n\n`);
    }
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** One stage with its summary line. A stage that throws has failed; the others still run. */
async function runOne(stage: Stage, options: StageOptions): Promise<StageResult> {
  const prepared = await attempt(async () => {
    await stage.prepare?.(options);
    return NO_PROBLEM;
  });
  const startedAt = Date.now();
  process.stdout.write(`  ${stage.name.padEnd(13)}… `);
  const result = prepared === NO_PROBLEM ? await attempt(() => runWithin(stage, options)) : prepared;
  process.stdout.write(`${summaryLine(result, Date.now() - startedAt)}\n`);
  return result;
}

const NO_PROBLEM: StageResult = { passed: 0, failed: 0, output: '' };

async function attempt(work: () => Promise<StageResult>): Promise<StageResult> {
  try {
    return await work();
  } catch (error) {
    const output =
      error instanceof SetupError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
    return { passed: 0, failed: 1, output };
  }
}

function summaryLine(result: StageResult, durationMs: number): string {
  const verdict = result.failed > 0 ? 'FAILED' : 'ok';
  const counts = `${result.passed} passed, ${result.failed} failed`;
  const note = result.note === undefined ? '' : ` (${result.note})`;
  return `${verdict.padEnd(7)}${counts.padEnd(24)}${seconds(durationMs)}${note}`;
}

function parse(args: readonly string[]): {
  values: { help: boolean; electron: boolean; coverage: boolean; grep?: string | undefined };
  positionals: string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        electron: { type: 'boolean', default: false },
        coverage: { type: 'boolean', default: false },
        grep: { type: 'string' },
      },
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${helpText()}`);
  }
}

function helpText(): string {
  const stages = STAGES.map(({ name, summary }) => `  ${name.padEnd(13)}${summary}`).join('\n');
  return `npm test                        all stages
npm test -- unit lint           some of them
npm test -- host --electron     host tests in a downloaded desktop VS Code
npm test -- unit --coverage     with a coverage report in coverage/
npm test -- e2e --grep "Tab"    only tests whose title matches

${stages}
`;
}
