/** Programs that come from the operating system: installed through apt when root, otherwise asked for by exact command. */
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { SetupError, step } from '../bootstrap/progress.mjs';
import { runOrFail } from '../bootstrap/run.mjs';

export interface SystemNeed {
  /** The Debian package that brings it. */
  readonly debianPackage: string;
  /** A program on the PATH that proves that it is there, or a file by its full path. */
  readonly program: string;
}

/** Makes sure that all of these are there. `purpose` completes the sentence "… is needed for". */
export async function ensureSystemPackages(needs: readonly SystemNeed[], purpose: string): Promise<void> {
  const missing = needs.filter((need) => !isThere(need.program));
  if (missing.length === 0) {
    return;
  }
  const packages = missing.map((need) => need.debianPackage);
  const list = packages.join(' ');
  if (findProgram(['apt-get']) === undefined) {
    const programs = missing.map((need) => need.program).join(', ');
    throw new SetupError(
      `Missing on the PATH: ${programs}. Needed for ${purpose}. Install what brings them and start again.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `Missing: ${list}. Needed for ${purpose}. Install and start again:\n\n  sudo apt-get update && sudo apt-get install -y ${list}\n`,
    );
  }
  await step(`Installing ${list} through apt`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another apt may be at work, as on a machine that has just been started.
    const waitForLock = ['-o', 'DPkg::Lock::Timeout=300'];
    // A mirror that is not there is given up in a minute, not in ten.
    const giveUp = ['http', 'https'].flatMap((scheme) => ['-o', `Acquire::${scheme}::Timeout=30`]);
    const patience = [...waitForLock, ...giveUp, '-o', 'Acquire::Retries=1'];
    await runOrFail('apt-get update', 'apt-get', [...patience, 'update'], { env });
    const install = [...patience, 'install', '-y', '--no-install-recommends', ...packages];
    await runOrFail(`apt-get install ${list}`, 'apt-get', install, { env });
  });
}

function isThere(program: string): boolean {
  return isAbsolute(program) ? existsSync(program) : findProgram([program]) !== undefined;
}

/** The full path of the first of these programs that is on the PATH. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? process.env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    for (const folder of folders) {
      const found = endings.map((ending) => join(folder, name + ending)).find((file) => existsSync(file));
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}
