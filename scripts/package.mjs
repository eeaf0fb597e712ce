// @ts-check
/** `npm run package`: set-up, then `reaper-<version>.vsix`, checked for what must not be in it. */
import { runScript } from './bootstrap/script.mjs';
import { setUp } from './setup.mjs';

await runScript(async () => {
  await setUp();
  const { makeVsix } = await import('./package/make-vsix.ts');
  const { file, bytes, entries } = await makeVsix();
  process.stdout.write(`\n  ${file}: ${(bytes / 1_000_000).toFixed(2)} MB, ${entries} files\n`);
});
