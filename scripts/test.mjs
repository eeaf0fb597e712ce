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
  const exitCode = await runStages(choice);
  // The verdict is out: what a stopped stage has left behind must not keep the run. Written only when all before it is.
  process.stdout.write('', () => process.exit(exitCode));
});
