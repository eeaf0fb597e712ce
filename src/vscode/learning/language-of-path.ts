/** The language of a file that is not open, from what the installed extensions say of names and endings. */

export interface ContributedLanguage {
  readonly id: string;
  readonly extensions?: readonly string[];
  readonly filenames?: readonly string[];
}

/** `undefined` for files of no known language: those are data, not text that somebody types. */
export type LanguageOfPath = (path: string) => string | undefined;

export function languageOfPath(languages: readonly ContributedLanguage[]): LanguageOfPath {
  const byEnding = new Map<string, string>();
  const byName = new Map<string, string>();
  for (const { id, extensions = [], filenames = [] } of languages) {
    // The first to claim an ending keeps it, as in the editor's own list, where built-in languages come first.
    for (const ending of extensions) {
      setIfAbsent(byEnding, ending.toLowerCase(), id);
    }
    for (const name of filenames) {
      setIfAbsent(byName, name.toLowerCase(), id);
    }
  }
  return (path) => {
    const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
    const exact = byName.get(name);
    if (exact !== undefined) {
      return exact;
    }
    // The longest ending wins: `.d.ts` before `.ts`. A leading dot is a hidden file's name, not an ending.
    for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const id = byEnding.get(name.slice(dot));
      if (id !== undefined) {
        return id;
      }
    }
    return undefined;
  };
}

function setIfAbsent(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) {
    map.set(key, value);
  }
}
