/** Whether a glob of `reaper.completion.disabledFiles` matches a file; compiled once per list. */
import picomatch from 'picomatch';

interface Compiled {
  readonly glob: string;
  readonly matches: (path: string) => boolean;
}

const compiledLists = new WeakMap<readonly string[], readonly Compiled[]>();

/** The first glob that matches the workspace-relative path, or `undefined`. A glob without `/` matches at any depth. */
export function disabledGlob(globs: readonly string[], path: string): string | undefined {
  let compiled = compiledLists.get(globs);
  if (compiled === undefined) {
    compiled = globs.map((glob) => ({
      glob,
      matches: picomatch(glob, { dot: true, matchBase: !glob.includes('/') }),
    }));
    compiledLists.set(globs, compiled);
  }
  return compiled.find(({ matches }) => matches(path))?.glob;
}
