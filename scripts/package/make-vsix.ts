/** From sources to the file that users install. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** Besides the bundle; `.vscodeignore` says what of it goes into the package. */
const CONTENTS = ['package.json', '.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE', 'l10n', 'media'];

/** Puts the package together in a folder of its own, so that an editor that runs from `dist/` is left alone. */
export async function makeVsix(): Promise<Vsix> {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  const file = join(projectFolder, `reaper-${version}.vsix`);
  const folder = mkdtempSync(join(tmpdir(), 'reaper-package-'));
  try {
    await step('Building the extension for the package', () => fill(folder));
    await step('Packaging', () => pack(folder, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const content = readFileSync(file);
  const entries = readZip(content);
  const problems = problemsOfVsix(entries, content.length);
  if (problems.length > 0) {
    throw new SetupError(`${file} must not be published:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return { file, bytes: content.length, entries: entries.length };
}

async function fill(folder: string): Promise<void> {
  for (const name of [...CONTENTS, ...translations()]) {
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  const dist = join(folder, 'dist');
  const build = ['esbuild.mjs', '--minify', `--outdir=${dist}`];
  await runOrFail('The build', process.execPath, build, { cwd: projectFolder });
  const metafile = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')) as Metafile;
  writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(metafile));
}

/** `package.nls.json`, and one file more for each language. */
function translations(): string[] {
  return readdirSync(projectFolder).filter((name) => /^package\.nls(\.[a-z-]+)?\.json$/i.test(name));
}

async function pack(folder: string, file: string): Promise<void> {
  const vsce = join(projectFolder, 'node_modules', '@vscode', 'vsce', 'vsce');
  const args = [
    'package',
    // Everything is in the bundle.
    '--no-dependencies',
    // There is no public repository yet that links in the README could point to.
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    ...['--out', file],
  ];
  await runOrFail('vsce package', process.execPath, [vsce, ...args], { cwd: folder });
}
