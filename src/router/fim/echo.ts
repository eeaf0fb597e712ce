/** Taking off what a chat model repeats of the text before the cursor. */
import type { TextFilter } from '../wire/text-filter.ts';

// How far back an echo may begin. Chat models repeat the current line often, a few lines sometimes, more hardly ever.
const MAX_ECHO_LINES = 12;
const MAX_ECHO_CHARACTERS = 4000;
// The end of a line of any length: patterns are not run over a whole minified file.
const LINE_END_CHARACTERS = 100;
// One character is more often the beginning of the right text than an echo (minuet uses the same figure).
const MIN_ECHO_CHARACTERS = 2;
// Closing braces and `end` are repeated in honest code: an echo over several lines must hold more than that.
const MIN_WORD_CHARACTERS_IN_LINES = 8;
// What stands before the cursor goes on in the same line: a line break after it is formatting of the answer.
const GOES_ON = /(?:[=+\-*/%&|^<>!?.(~]|\b(?:return|new|await|in|of|not|and|or|is))\s*$/;

/** Holds text back only as long as it may still be an echo of what stands before the cursor. */
export function echoFilter(prefix: string): TextFilter {
  const echoes = echoesOf(prefix);
  const line = currentLine(prefix);
  const breakIsFormatting = line.trim() === '' || GOES_ON.test(line.slice(-LINE_END_CHARACTERS));
  let held: string | undefined = '';

  function decide(isEnd: boolean): string {
    const text = held ?? '';
    const leading = /^(?:[ \t]*\n)+/.exec(text)?.[0] ?? '';
    const body = text.slice(leading.length);
    if (!isEnd && text.trim() === '' && text.length < 200) return '';
    if (!isEnd && echoes.some((echo) => echo.length > body.length && echo.startsWith(body))) return '';
    held = undefined;
    // Longest first: the whole line before its last word.
    const echo = echoes.find((candidate) => body.startsWith(candidate));
    if (echo !== undefined) return body.slice(echo.length);
    return breakIsFormatting && leading !== '' ? dropOneBreak(text) : text;
  }

  return {
    push(text) {
      if (held === undefined) return text;
      held += text;
      return held === '' ? '' : decide(false);
    },
    end() {
      return held === undefined ? '' : decide(true);
    },
    ended: false,
  };
}

/** Every text that would be an echo: the last lines up to the cursor, with and without their indentation, and the last word. */
function echoesOf(prefix: string): readonly string[] {
  const lines = prefix.slice(-MAX_ECHO_CHARACTERS).split('\n').slice(-MAX_ECHO_LINES);
  const found = new Set<string>();
  for (let first = 0; first < lines.length; first++) {
    const echo = lines.slice(first).join('\n');
    found.add(echo);
    found.add(echo.trimStart());
  }
  const word = /[\p{L}\p{N}_$]+$/u.exec(prefix.slice(-LINE_END_CHARACTERS))?.[0];
  if (word !== undefined) found.add(word);
  return [...found]
    .filter(
      (echo) =>
        echo.length >= MIN_ECHO_CHARACTERS &&
        (isOwnLine(echo, prefix) || wordCharacters(echo) >= MIN_WORD_CHARACTERS_IN_LINES),
    )
    .sort((left, right) => right.length - left.length);
}

function isOwnLine(echo: string, prefix: string): boolean {
  return !echo.includes('\n') && (echo.trim() !== '' || echo === currentLine(prefix));
}

function wordCharacters(text: string): number {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '').length;
}

function dropOneBreak(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

function currentLine(prefix: string): string {
  return prefix.slice(prefix.lastIndexOf('\n') + 1);
}
