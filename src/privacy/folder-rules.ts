/** What one folder contributes to the verdict on the files below it. */
import { errorMessage } from '../base/errors.ts';
import type { FileReader } from './file-reader.ts';
import { createIgnoreRules, type IgnoreRules } from './ignore-rules.ts';

export interface FolderRules {
  readonly folder: string;
  /** Whether a git work tree begins here. */
  readonly isRepository: boolean;
  /** Weakest first: `.git/info/exclude`, then `.gitignore`. */
  readonly git: readonly IgnoreRules[];
  readonly reaper: IgnoreRules | undefined;
  /** An ignore file exists and cannot be read: nothing below the folder may be. */
  readonly problem: string | undefined;
  /** Equal for equal contents. */
  readonly stamp: string;
}

/** Never rejects. */
export async function readFolderRules(folder: string, reader: FileReader, ignoreCase: boolean): Promise<FolderRules> {
  const at = (name: string): string => (folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`);
  const isRepository = await reader.exists(at('.git'));
  const [exclude, git, reaper] = await Promise.all([
    isRepository ? attempt('.git/info/exclude', async () => reader.readText(await excludeFile(folder, reader))) : none,
    attempt('.gitignore', () => reader.readText(at('.gitignore'))),
    attempt('.reaperignore', () => reader.readText(at('.reaperignore'))),
  ]);
  const rules = ({ name, text }: Attempt): IgnoreRules | undefined =>
    text === undefined ? undefined : createIgnoreRules(text, name, ignoreCase);
  return {
    folder,
    isRepository,
    git: [rules(exclude), rules(git)].filter((part) => part !== undefined),
    reaper: rules(reaper),
    problem: exclude.problem ?? git.problem ?? reaper.problem,
    stamp: JSON.stringify([isRepository, exclude, git, reaper]),
  };
}

interface Attempt {
  readonly name: string;
  readonly text?: string | undefined;
  readonly problem?: string;
}

const none: Attempt = { name: '' };

async function attempt(name: string, read: () => Promise<string | undefined>): Promise<Attempt> {
  try {
    return { name, text: await read() };
  } catch (error) {
    return { name, problem: `${name} cannot be read (${errorMessage(error)})` };
  }
}

/** In a linked work tree or a submodule `.git` is a file that names the real folder. */
async function excludeFile(folder: string, reader: FileReader): Promise<string> {
  const dotGit = `${folder}/.git`;
  const pointer = /^gitdir: (.+)$/m.exec((await reader.readText(dotGit)) ?? '')?.[1]?.trim();
  if (pointer === undefined) {
    return `${dotGit}/info/exclude`;
  }
  const gitFolder = /^(?:[A-Za-z]:)?[\\/]/.test(pointer) ? pointer : `${folder}/${pointer}`;
  const common = (await reader.readText(`${gitFolder}/commondir`))?.trim();
  if (common === undefined) {
    return `${gitFolder}/info/exclude`;
  }
  return `${/^(?:[A-Za-z]:)?[\\/]/.test(common) ? common : `${gitFolder}/${common}`}/info/exclude`;
}
