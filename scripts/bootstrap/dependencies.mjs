// @ts-check
/** `npm ci`, but only when the lock file is not the one that was installed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './cache.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { projectFolder } from './paths.mjs';
import { step } from './progress.mjs';

/** npm empties the folder first, so a stamp in it can only be that of a finished installation. */
const stampFile = join(projectFolder, 'node_modules', '.reaper-installed');

/** @returns {Promise<void>} */
export async function installDependencies() {
  if (isInstalled()) {
    return;
  }
  const ownCache = join(projectFolder, '.reaper-cache');
  mkdirSync(ownCache, { recursive: true });
  await withLock(join(ownCache, 'install.lock'), async () => {
    if (isInstalled()) {
      return;
    }
    await step('Installing dependencies (npm ci)', async () => {
      await npm('npm ci', process.execPath, ['ci', '--ignore-scripts', '--include=dev', '--include=optional'], {
        cwd: projectFolder,
      });
      writeFileSync(stampFile, wantedStamp());
    });
  });
}

/** What is installed depends on these; other platforms get other binaries from the same lock file. */
function wantedStamp() {
  const lockFile = readFileSync(join(projectFolder, 'package-lock.json'));
  return `${fingerprint([lockFile])} ${process.platform} ${process.arch}\n`;
}

function isInstalled() {
  try {
    return readFileSync(stampFile, 'utf8') === wantedStamp();
  } catch {
    return false;
  }
}
