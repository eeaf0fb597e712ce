/** Which kind of source a file is, by its VS Code language id or by its ending. */

/** Languages that are read alike. */
export type LanguageFamily = 'script' | 'python' | 'go' | 'rust' | 'java' | 'csharp' | 'cpp';

const FAMILY_OF_LANGUAGE: Readonly<Record<string, LanguageFamily>> = {
  typescript: 'script',
  typescriptreact: 'script',
  javascript: 'script',
  javascriptreact: 'script',
  vue: 'script',
  svelte: 'script',
  python: 'python',
  go: 'go',
  rust: 'rust',
  java: 'java',
  csharp: 'csharp',
  c: 'cpp',
  cpp: 'cpp',
  'cuda-cpp': 'cpp',
  'objective-c': 'cpp',
  'objective-cpp': 'cpp',
};

const ENDINGS: Readonly<Record<LanguageFamily, readonly string[]>> = {
  script: ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'],
  python: ['py', 'pyi'],
  go: ['go'],
  rust: ['rs'],
  java: ['java'],
  csharp: ['cs'],
  cpp: ['c', 'h', 'cc', 'cpp', 'cxx', 'hh', 'hpp', 'hxx', 'm', 'mm', 'cu', 'cuh'],
};

const FAMILY_OF_ENDING: ReadonlyMap<string, LanguageFamily> = new Map(
  Object.entries(ENDINGS).flatMap(([family, endings]) =>
    endings.map((ending): [string, LanguageFamily] => [ending, family as LanguageFamily]),
  ),
);

export function familyOfLanguage(languageId: string): LanguageFamily | undefined {
  return Object.hasOwn(FAMILY_OF_LANGUAGE, languageId) ? FAMILY_OF_LANGUAGE[languageId] : undefined;
}

export function familyOfPath(path: string): LanguageFamily | undefined {
  return FAMILY_OF_ENDING.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}
