/** Which files may be context at all. */
import { folderOf, isWithin, slashed } from '../../codebase/source-paths.ts';
import type { ContextSources } from './context-sources.ts';

/**
 * An import may name any path of the machine. Only files of the workspace are context; for a file outside of it, those
 * below its own folder.
 */
export function isContextFile(
  path: string,
  fromPath: string,
  { workspace }: Pick<ContextSources, 'workspace'>,
): boolean {
  const folders = workspace.folders.map(slashed);
  const isLoose = !folders.some((folder) => isWithin(folder, fromPath));
  const inReach = folders.some((folder) => isWithin(folder, path)) || (isLoose && isWithin(folderOf(fromPath), path));
  return inReach && path !== fromPath;
}
