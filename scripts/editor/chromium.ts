/** The browser in which VS Code's web page is opened. */
import { existsSync } from 'node:fs';
import { SetupError } from '../bootstrap/progress.mjs';
import { ensureSystemPackages, findProgram } from './system-packages.ts';

/** Names that Chromium and its relatives have on the PATH. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'msedge'];

/** Where they are installed on systems that put no program on the PATH. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** The browser's program file, or `undefined`. `REAPER_CHROMIUM` names another one. */
export function findChromium(): string | undefined {
  const chosen = process.env['REAPER_CHROMIUM'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) {
      throw new SetupError(`REAPER_CHROMIUM names ${chosen}, which does not exist.`);
    }
    return chosen;
  }
  return findProgram(PROGRAMS) ?? PLACES[process.platform]?.find((file) => existsSync(file));
}

/** The browser's program file; installs Debian's Chromium if there is none and this machine lets us. */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) {
    return found;
  }
  if (process.platform !== 'linux') {
    throw new SetupError('No Chromium, Chrome or Edge was found. Install one, or name one in REAPER_CHROMIUM.');
  }
  const needs = [
    { debianPackage: 'chromium', program: 'chromium' },
    // Without any font the page shows boxes; fc-list comes with fontconfig, on which every font package depends.
    { debianPackage: 'fonts-dejavu-core', program: 'fc-list' },
  ];
  await ensureSystemPackages(needs, 'tests in the editor, which is a web page there');
  return ensureFound();
}

function ensureFound(): string {
  const found = findChromium();
  if (found === undefined) {
    throw new SetupError('apt installed chromium, yet it is not on the PATH. Name it in REAPER_CHROMIUM.');
  }
  return found;
}
