// @ts-check
/** `npm start`: all set-up, then VS Code with Reaper on the demo workspace; `npm start -- --help` says more. */
import { runScript } from './bootstrap/script.mjs';
import { build, setUp } from './setup.mjs';

await runScript(async () => {
  await setUp();
  const { parseStartArguments, start } = await import('./editor/start.ts');
  const choice = parseStartArguments(process.argv.slice(2));
  if (choice === undefined) {
    return;
  }
  await build();
  await start(choice);
});
