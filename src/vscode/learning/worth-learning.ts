/** Which files are worth reading for the workspace model, by name and size; the model itself judges their text. */

/** Larger files are data or generated; reading them would cost more than they teach. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Folders that hold what others wrote or what tools made, in all ecosystems that we know of. */
const FOREIGN_FOLDERS: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'third_party',
  'site-packages',
  '__pycache__',
  'dist',
  'build',
  'out',
  'target',
  'coverage',
]);

const GENERATED_NAMES = /(?:^|[.-])lock(?:\.json|\.yaml)?$|\.lockb$|\.min\.\w+$|\.map$|\.snap$|\.svg$/i;

/** Languages that are data or prose without repetition that helps. */
const UNTYPED_LANGUAGES: ReadonlySet<string> = new Set(['log', 'search-result', 'csv', 'jsonl', 'diff', 'git-rebase']);

export function isForeignFolder(name: string): boolean {
  return name.startsWith('.') || FOREIGN_FOLDERS.has(name.toLowerCase());
}

/** `relativePath` is `/` separated; its last part is a file. */
export function isInForeignFolder(relativePath: string): boolean {
  return relativePath.split('/').slice(0, -1).some(isForeignFolder);
}

export function isLearnablePath(path: string, languageId: string | undefined): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return languageId !== undefined && !UNTYPED_LANGUAGES.has(languageId) && !GENERATED_NAMES.test(name);
}
