/** Opens the desktop's own VS Code with the extension of this checkout. */
import { join } from 'node:path';
import { cacheFolder } from '../bootstrap/cache.mjs';
import { projectFolder } from '../bootstrap/paths.mjs';
import { runOrFail } from '../bootstrap/run.mjs';

/** Whether a window can be opened at all. */
export function hasDisplay(): boolean {
  const { DISPLAY: x11, WAYLAND_DISPLAY: wayland } = process.env;
  return process.platform !== 'linux' || Boolean(x11) || Boolean(wayland);
}

/** `code` comes back at once; the window is the user's. */
export async function startDesktop(code: string, folder: string): Promise<void> {
  const args = [`--extensionDevelopmentPath=${projectFolder}`, '--new-window', '--disable-workspace-trust', folder];
  if (process.getuid?.() === 0) {
    // VS Code refuses to run as root without these two.
    args.push('--no-sandbox', `--user-data-dir=${join(cacheFolder(), 'desktop')}`);
  }
  if (process.platform === 'win32') {
    // `code` is a batch file there, which only the shell can run.
    const command = [code, ...args].map((part) => `"${part}"`).join(' ');
    await runOrFail('Opening VS Code', 'cmd.exe', ['/d', '/s', '/c', `"${command}"`]);
  } else {
    await runOrFail('Opening VS Code', code, args);
  }
  process.stdout.write(`\n  VS Code is opening ${folder} with Reaper.\n`);
}
