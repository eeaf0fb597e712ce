/** Reading and changing the map of languages with ghost text. */

type Languages = Readonly<Record<string, boolean>>;

/** `*` stands for the languages that are not named. */
export function isLanguageOn(languages: Languages, languageId: string): boolean {
  return languages[languageId] ?? languages['*'] ?? true;
}

/** The value of one settings level, with one language turned; the other levels keep theirs. */
export function withLanguage(level: unknown, languageId: string, on: boolean): Languages {
  const known = typeof level === 'object' && level !== null && !Array.isArray(level) ? level : {};
  return { ...(known as Languages), [languageId]: on };
}
