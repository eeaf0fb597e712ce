/** From sources to the file that users install. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../bootstrap/paths.mjs';
import { SetupError, step } from '../bootstrap/progress.mjs';
import { runOrFail } from '../bootstrap/run.mjs';
import { problemsOfVsix } from './check-vsix.ts';
import { readZip } from './read-zip.ts';
import { type Metafile, thirdPartyNotices } from './third-party-notices.ts';

export interface Vsix {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  readonly entries: number;
}

export async function makeVsix(): Promise<Vsix> {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  const file = join(projectFolder, `reaper-${version}.vsix`);
  await step('Building the extension for the package', async () => {
    await runOrFail('The build', process.execPath, ['esbuild.mjs', '--minify'], { cwd: projectFolder });
    const metafile = JSON.parse(readFileSync(join(projectFolder, 'dist', 'meta.json'), 'utf8')) as Metafile;
    writeFileSync(join(projectFolder, 'dist', 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(metafile));
  });
  await step('Packaging', () =>
    runOrFail(
      'vsce package',
      process.execPath,
      [join('node_modules', '@vscode', 'vsce', 'vsce'), ...vsceArguments(file)],
      {
        cwd: projectFolder,
      },
    ),
  );
  const content = readFileSync(file);
  const entries = readZip(content);
  const problems = problemsOfVsix(entries, content.length);
  if (problems.length > 0) {
    throw new SetupError(`${file} must not be published:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return { file, bytes: content.length, entries: entries.length };
}

function vsceArguments(file: string): string[] {
  return [
    'package',
    // Everything is in the bundle.
    '--no-dependencies',
    // There is no public repository yet that links in the README could point to.
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    ...['--out', file],
  ];
}
