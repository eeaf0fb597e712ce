/** Where a `reaper.toml` may stand. */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const TOML_NAME = 'reaper.toml';

export interface TomlPlace {
  readonly path: string;
  /** The folder of the workspace that the file comes with; `undefined`: it is the user's own. */
  readonly workspaceFolder: string | undefined;
}

/** Whether there is anything to be read, or to be said: what cannot be looked at counts. */
export function isTomlThere({ path }: TomlPlace): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/**
 * The user's own file: `%APPDATA%\reaper\reaper.toml` on Windows, elsewhere `$XDG_CONFIG_HOME/reaper/reaper.toml`, which is
 * `~/.config/reaper/reaper.toml` if the variable is not set.
 */
export function userTomlPath(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const folder =
    platform === 'win32'
      ? (environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'))
      : (absolute(environment['XDG_CONFIG_HOME']) ?? join(home, '.config'));
  return join(folder, 'reaper', TOML_NAME);
}

/** Relative paths are invalid there, by the standard, and are to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined;
}
