/** The verdict of all ignore files on any path: read ahead, watched, answered at once; unread means no. */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { FileReader } from './file-reader.ts';
import { foldersAbove, isInside, normalizePath, parentOf, type PathPlatform } from './file-paths.ts';
import { type FolderRules, readFolderRules } from './folder-rules.ts';
import { type GlobalExcludes, readGlobalExcludes } from './global-excludes.ts';
import { judgePath } from './ignore-verdict.ts';
import type { FileVerdict } from './privacy.ts';
import { createReadCache } from './read-cache.ts';

/** What privacy sees of the workspace; `WorkspaceFiles` of the editor layer fits. */
export interface PrivacyWorkspace {
  readonly folders: readonly string[];
  readonly onFileChanged: Event<{ readonly path: string; readonly type: 'changed' | 'created' | 'deleted' }>;
  readonly onFoldersChanged: Event<void>;
}

export interface IgnoreFilesOptions {
  readonly workspace: PrivacyWorkspace;
  readonly reader: FileReader;
  readonly platform: PathPlatform;
  readonly clock: Clock;
  readonly homeFolder: string | undefined;
}

/** Paths are normal (`normalizePath`). */
export interface IgnoreFiles extends Disposable {
  /** At once. Starts reading what is missing, and reads again in the background what was read long ago. */
  verdict(path: string): FileVerdict;
  /** After reading what is missing. */
  readAhead(path: string): Promise<FileVerdict>;
  /** Where the path leads when every link is followed; `undefined` while that is unread. */
  realPath(path: string): string | undefined;
  /** Some verdict may have changed. */
  readonly onChanged: Event<void>;
}

const STILL_READING: FileVerdict = { allowed: false, reason: 'ignore files are still being read' };

/** Changes that no event tells of (files outside the workspace, missed events) count after this. */
const RECHECK_AFTER_MS = 10_000;
/** How often a reading that was overtaken by changes is begun again before the answer stays no. */
const MAX_ATTEMPTS = 5;

export function createIgnoreFiles(options: IgnoreFilesOptions): IgnoreFiles {
  const { workspace, reader, platform, clock, homeFolder } = options;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  /** Verdicts live as long as what is known of the path, and until anything changes. */
  const verdicts = new WeakMap<RealPath, { readonly verdict: FileVerdict; readonly generation: number }>();
  let generation = 0;
  const invalidate = (): void => {
    generation++;
    changed.fire();
  };
  const rules = createReadCache<FolderRules>({
    clock,
    max: 20_000,
    read: (folder) => readFolderRules(folder, reader, platform.ignoreCase),
    isSame: (a, b) => a.stamp === b.stamp,
    onReplaced: invalidate,
    // Nothing would tell of changes of its files any more.
    onEvicted: () => generation++,
  });
  const realPaths = createReadCache<RealPath>({
    clock,
    max: 50_000,
    read: (path) => followLinks(path, reader, platform),
    isSame: (a, b) => a.path === b.path && a.problem === b.problem,
    onReplaced: invalidate,
  });
  const globals = createReadCache<GlobalExcludes>({
    clock,
    max: 1,
    read: () => readGlobalExcludes(homeFolder, reader, platform.ignoreCase),
    isSame: (a, b) => JSON.stringify(a) === JSON.stringify(b),
    onReplaced: invalidate,
  });

  const workspaceFolders = (): readonly string[] => workspace.folders.map((folder) => normalizePath(folder, platform));

  /** The missing reads are started by asking; `undefined` if any was missing. */
  const judge = (path: string): FileVerdict | undefined => {
    const folders = workspaceFolders();
    const real = realPaths.get(path);
    const realFolders = folders.map((folder) => realPaths.get(folder)?.path);
    const global = globals.get('');
    const roots = [...folders, ...realFolders.filter((folder) => folder !== undefined)];
    const lexical = judgeOne(path, roots, global);
    if (real === undefined || global === undefined || lexical === undefined || realFolders.includes(undefined)) {
      return undefined;
    }
    if (real.problem !== undefined || real.path === undefined) {
      return { allowed: false, reason: real.problem ?? 'the path cannot be resolved' };
    }
    const target = real.path;
    const inWorkspace = folders.some((folder) => isInside(folder, path, platform));
    if (inWorkspace && !roots.some((folder) => isInside(folder, target, platform))) {
      return { allowed: false, reason: 'a link that leads outside the workspace' };
    }
    return lexical.allowed && target !== path ? judgeOne(target, roots, global) : lexical;
  };

  const judgeOne = (
    path: string,
    roots: readonly string[],
    global: GlobalExcludes | undefined,
  ): FileVerdict | undefined => {
    const chain = foldersAbove(path).map((folder) => rules.get(folder));
    if (global === undefined || chain.includes(undefined)) {
      return undefined;
    }
    if (global.type === 'problem') {
      return { allowed: false, reason: global.problem };
    }
    const folders = chain.filter((folder) => folder !== undefined);
    const gitRoot = gitRootOf(path, folders, roots, platform);
    return judgePath(path, { folders, gitRoot, globalExcludes: global.rules });
  };

  const known = (path: string): FileVerdict | undefined => {
    const real = realPaths.get(path);
    const remembered = real === undefined ? undefined : verdicts.get(real);
    if (remembered?.generation === generation) {
      return remembered.verdict;
    }
    const verdict = judge(path);
    if (verdict !== undefined && real !== undefined) {
      verdicts.set(real, { verdict, generation });
    }
    return verdict;
  };

  const recheck = (path: string): void => {
    const oldest = clock.now() - RECHECK_AFTER_MS;
    realPaths.refresh(path, oldest);
    globals.refresh('', oldest);
    const target = realPaths.peek(path)?.path ?? path;
    for (const folder of new Set([...foldersAbove(path), ...foldersAbove(target)])) {
      rules.refresh(folder, oldest);
    }
  };

  store.add(
    workspace.onFileChanged(({ path: raw, type }) => {
      const path = normalizePath(raw, platform);
      const folder = parentOf(path);
      const affected = folder === undefined ? undefined : folderAffectedBy(path, folder);
      if (affected !== undefined) {
        rules.reread(affected);
        if (platform.ignoreCase) {
          const folded = affected.toLowerCase();
          rules.rereadWhere((key) => key !== affected && key.toLowerCase() === folded);
        }
      }
      if (type === 'changed') {
        realPaths.refresh(path, Number.POSITIVE_INFINITY);
        return;
      }
      if (realPaths.has(path)) {
        realPaths.reread(path);
      }
      // Rules are known of every folder above a known file: without them nothing below this path is known.
      if (rules.has(path)) {
        const isBelow = (key: string): boolean => isInside(path, key, platform);
        realPaths.rereadWhere(isBelow);
        rules.rereadWhere(isBelow);
      }
    }),
  );
  store.add(workspace.onFoldersChanged(invalidate));

  return {
    verdict: (path) => {
      const verdict = known(path);
      if (verdict !== undefined) {
        recheck(path);
      }
      return verdict ?? STILL_READING;
    },
    readAhead: async (path) => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const verdict = known(path);
        if (verdict !== undefined) {
          return verdict;
        }
        const target = realPaths.peek(path)?.path ?? path;
        await Promise.all([
          realPaths.settled([path, ...workspaceFolders()]),
          rules.settled([...foldersAbove(path), ...foldersAbove(target)]),
          globals.settled(['']),
        ]);
      }
      return known(path) ?? STILL_READING;
    },
    realPath: (path) => realPaths.peek(path)?.path,
    onChanged: changed.event,
    dispose: () => {
      store.dispose();
      for (const cache of [rules, realPaths, globals]) {
        cache.dispose();
      }
    },
  };
}

/** The folder whose rules a changed file belongs to. */
function folderAffectedBy(path: string, folder: string): string | undefined {
  const name = path.slice(folder.length).replace('/', '').toLowerCase();
  if (name === '.gitignore' || name === '.reaperignore' || name === '.git') {
    return folder;
  }
  return /^(.+)\/\.git\/info\/exclude$/.exec(path)?.[1];
}

/** Git's rules count from the repository that holds the workspace folder, or the file if it is outside all of them. */
function gitRootOf(
  path: string,
  folders: readonly FolderRules[],
  roots: readonly string[],
  platform: PathPlatform,
): string | undefined {
  const containing = roots.filter((root) => isInside(root, path, platform)).toSorted((a, b) => a.length - b.length)[0];
  const above =
    containing === undefined ? folders : folders.filter(({ folder }) => isInside(folder, containing, platform));
  const repository = above.findLast(({ isRepository }) => isRepository)?.folder;
  return (
    repository ??
    folders.find(({ folder }) => containing !== undefined && isInside(containing, folder, platform))?.folder
  );
}

interface RealPath {
  readonly path: string | undefined;
  readonly problem: string | undefined;
}

/** A file that is not there yet is where its folder is. */
async function followLinks(path: string, reader: FileReader, platform: PathPlatform): Promise<RealPath> {
  let existing: string | undefined = path;
  try {
    while (existing !== undefined) {
      const real = await reader.realPath(existing);
      if (real !== undefined) {
        const rest = path.slice(existing.length);
        return { path: normalizePath(`${real}${rest}`, platform), problem: undefined };
      }
      existing = parentOf(existing);
    }
    return { path, problem: undefined };
  } catch {
    return { path: undefined, problem: 'where the path leads cannot be found out' };
  }
}
