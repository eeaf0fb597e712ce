/** A stage that is one program: it passes if the program does. */
import { join } from 'node:path';
import { projectFolder } from '../bootstrap/paths.mjs';
import { run } from '../bootstrap/run.mjs';
import type { Stage } from './stage.ts';

const LIMIT_MS = 300_000;

/** `script` is a file that Node runs, relative to the project. */
export function toolStage(name: string, summary: string, script: string, args: readonly string[]): Stage {
  return {
    name,
    summary,
    limitMs: LIMIT_MS,
    run: async (_options, signal) => {
      const { exitCode, output } = await run(process.execPath, [join(projectFolder, script), ...args], {
        cwd: projectFolder,
        signal,
      });
      return exitCode === 0 ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
    },
  };
}
