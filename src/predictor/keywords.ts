/** Words that keep their meaning when code is copied to another place, of the common languages together. */
export const KEYWORDS: readonly string[] = (
  'abstract and any as assert async await bool boolean break byte case catch chan class const constructor continue def ' +
  'default defer del delete do elif else enum error except export extends false False final finally float64 for from fn ' +
  'func function get go goto if implements import in instanceof int int64 interface is keyof lambda let map mut namespace ' +
  'never new nil None nonlocal not null number of or override package pass private protected pub public raise range ' +
  'readonly return select self set static str string struct super switch this throw true True try type typeof undefined ' +
  'unknown use var void while with yield len append make'
).split(' ');
