/** The module that VS Code runs inside its extension host: all host tests through mocha, and a watch on rejections of ours. */
import { globSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** The first test may have to wait for the extension to start on a busy machine. */
const TIMEOUT_MS = 30_000;

/** Called by VS Code; it waits for the promise. */
export async function run(): Promise<void> {
  const reportFile = process.env['REAPER_HOST_REPORT'];
  if (reportFile === undefined) {
    throw new Error('REAPER_HOST_REPORT must name the file for the report.');
  }
  const unfinished = `${reportFile}.part`;
  const grep = process.env['REAPER_HOST_GREP'];
  const mocha = new Mocha({
    timeout: TIMEOUT_MS,
    forbidOnly: true,
    reporter: 'json',
    reporterOptions: { output: unfinished },
    ...(grep === undefined ? {} : { grep }),
  });
  for (const file of globSync('*.test.cjs', { cwd: __dirname }).sort()) {
    mocha.addFile(join(__dirname, file));
  }
  const rejections = watchRejections();
  mocha.rootHooks({
    afterAll: () => {
      rejections.stop();
      if (rejections.found.size > 0) {
        throw new AggregateError(rejections.found, `Nobody handled: ${[...rejections.found].map(String).join('; ')}`);
      }
    },
  });
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  renameSync(unfinished, reportFile);
  if (failures > 0) {
    throw new Error(`${failures} host tests failed`);
  }
}

/** Rejections that nobody handled, from code in this checkout: the extension's or the tests'. */
function watchRejections(): { readonly found: ReadonlySet<unknown>; stop(): void } {
  const found = new Set<unknown>();
  const project = join(__dirname, '..', '..');
  const listener = (reason: unknown): void => {
    if (reason instanceof Error && reason.stack?.includes(project) === true) {
      found.add(reason);
    }
  };
  process.on('unhandledRejection', listener);
  return { found, stop: () => process.off('unhandledRejection', listener) };
}
