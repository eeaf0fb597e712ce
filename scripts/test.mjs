// @ts-check
/** `npm test`: all set-up, then every check; `npm test -- --help` says how to run some of them alone. */
import { runScript } from './bootstrap/script.mjs';
import { build, setUp } from './setup.mjs';

await runScript(async () => {
  await setUp();
  const { parseArguments, runStages } = await import('./stages/run-stages.ts');
  const choice = parseArguments(process.argv.slice(2));
  if (choice === undefined) {
    return;
  }
  await build();
  process.exitCode = await runStages(choice);
});
