/** Puts the rules of all folders above a path together, as git does, with `.reaperignore` above `.gitignore`. */
import { below } from './file-paths.ts';
import type { FolderRules } from './folder-rules.ts';
import type { IgnoreRules, RuleVerdict } from './ignore-rules.ts';
import type { FileVerdict } from './privacy.ts';

export interface IgnoreChain {
  /** Every folder above the path, from the root of the file system down. */
  readonly folders: readonly FolderRules[];
  /** Git's files count from this folder on: the repository or the workspace folder. */
  readonly gitRoot: string | undefined;
  /** Weaker than everything else. */
  readonly globalExcludes: IgnoreRules | undefined;
}

/**
 * The verdict on one path, level by level. What git ignores a `.reaperignore` can let in again, for a folder or for one
 * file in it. What a `.reaperignore` keeps out stays out, like git's own folders: only a rule of the same level opens it.
 */
export function judgePath(path: string, chain: IgnoreChain): FileVerdict {
  const problem = chain.folders.find((folder) => folder.problem !== undefined);
  if (problem !== undefined) {
    return { allowed: false, reason: `${problem.folder}: ${problem.problem}` };
  }
  const git: PlacedRules[] = [];
  const reaper: PlacedRules[] = [];
  let ignoredByGit: string | undefined;
  let gitBegan = false;
  for (const [index, folder] of chain.folders.entries()) {
    if (folder.folder === chain.gitRoot) {
      gitBegan = true;
      place(git, folder.folder, chain.globalExcludes);
    }
    for (const rules of gitBegan ? folder.git : []) {
      place(git, folder.folder, rules);
    }
    place(reaper, folder.folder, folder.reaper);
    const next = chain.folders[index + 1]?.folder;
    const level = next === undefined ? path : `${next}/`;
    const byReaper = lastWord(reaper, level);
    if (byReaper.verdict.type === 'ignored') {
      return { allowed: false, reason: describe(byReaper, byReaper.verdict.pattern, chain.gitRoot) };
    }
    const byGit = lastWord(git, level);
    if (byReaper.verdict.type === 'unignored') {
      ignoredByGit = undefined;
    } else if (ignoredByGit === undefined && byGit.verdict.type === 'ignored') {
      ignoredByGit = describe(byGit, byGit.verdict.pattern, chain.gitRoot);
    }
    if (ignoredByGit === undefined && next !== undefined) {
      letIn(git, level);
      letIn(reaper, level);
    }
  }
  return ignoredByGit === undefined ? { allowed: true } : { allowed: false, reason: ignoredByGit };
}

interface PlacedRules {
  readonly folder: string;
  rules: IgnoreRules;
}

interface Word {
  readonly placed: PlacedRules | undefined;
  readonly verdict: RuleVerdict;
}

function place(list: PlacedRules[], folder: string, rules: IgnoreRules | undefined): void {
  if (rules !== undefined) {
    list.push({ folder, rules });
  }
}

/** The deepest file that says anything decides. */
function lastWord(list: readonly PlacedRules[], level: string): Word {
  for (const placed of list.toReversed()) {
    const verdict = placed.rules.test(below(placed.folder, level));
    if (verdict.type !== 'silent') {
      return { placed, verdict };
    }
  }
  return { placed: undefined, verdict: { type: 'silent' } };
}

/** The folder is in although some rule says no: that rule must not keep out all that is below. */
function letIn(list: readonly PlacedRules[], level: string): void {
  for (const placed of list) {
    const path = below(placed.folder, level);
    if (placed.rules.test(path).type === 'ignored') {
      placed.rules = placed.rules.letIn(path);
    }
  }
}

/** `packages/a/.gitignore: dist/`, with the place counted from the repository where it is below it. */
function describe({ placed }: Word, pattern: string, gitRoot: string | undefined): string {
  if (placed === undefined) {
    return pattern;
  }
  const { folder, rules } = placed;
  const isBelow = gitRoot !== undefined && folder.startsWith(`${gitRoot}/`);
  const place = folder === gitRoot ? '' : isBelow ? `${below(gitRoot, folder)}/` : `${folder}/`;
  return `${place}${rules.source}: ${pattern}`;
}
