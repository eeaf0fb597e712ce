/** The user's own excludes for all repositories: git's `core.excludesFile`, or its default place. */
import { errorMessage } from '../base/errors.ts';
import type { FileReader } from './file-reader.ts';
import { createIgnoreRules, type IgnoreRules } from './ignore-rules.ts';

export type GlobalExcludes =
  | { readonly type: 'rules'; readonly rules: IgnoreRules | undefined }
  | { readonly type: 'problem'; readonly problem: string };

/** Never rejects. */
export async function readGlobalExcludes(
  homeFolder: string | undefined,
  reader: FileReader,
  ignoreCase: boolean,
): Promise<GlobalExcludes> {
  if (homeFolder === undefined) {
    return { type: 'rules', rules: undefined };
  }
  try {
    const text = await reader.readText(await excludesPath(homeFolder, reader));
    const rules = text === undefined ? undefined : createIgnoreRules(text, 'global excludes of git', ignoreCase);
    return { type: 'rules', rules };
  } catch (error) {
    return { type: 'problem', problem: `the global excludes of git cannot be read (${errorMessage(error)})` };
  }
}

async function excludesPath(home: string, reader: FileReader): Promise<string> {
  for (const config of [`${home}/.gitconfig`, `${home}/.config/git/config`]) {
    const named = /^[ \t]*excludesfile[ \t]*=[ \t]*"?([^"\r\n#;]+)"?/im.exec(
      (await reader.readText(config)) ?? '',
    )?.[1];
    if (named !== undefined) {
      return named.trim().replace(/^~(?=[\\/])/, home);
    }
  }
  return `${home}/.config/git/ignore`;
}
