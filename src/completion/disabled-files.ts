/** Whether a glob of `reaper.completion.disabledFiles` matches a file; compiled once per list. */
import picomatch from 'picomatch';
import { isCheapGlob } from '../base/glob-cost.ts';

interface Compiled {
  readonly glob: string;
  readonly matches: (path: string) => boolean;
}

const compiledLists = new WeakMap<readonly string[], readonly Compiled[]>();

/**
 * The first glob that matches the workspace-relative path, or `undefined`. A glob without `/` matches at any depth. One that
 * would take too long to match is passed over: this runs at a key.
 */
export function disabledGlob(globs: readonly string[], path: string): string | undefined {
  let compiled = compiledLists.get(globs);
  if (compiled === undefined) {
    compiled = globs.filter(isCheapGlob).map((glob) => ({
      glob,
      // No extended globs: nested ones can take exponential time.
      matches: picomatch(glob, { dot: true, noextglob: true, matchBase: !glob.includes('/') }),
    }));
    compiledLists.set(globs, compiled);
  }
  return compiled.find(({ matches }) => matches(path))?.glob;
}
