/** The oracle's "model": it knows the text that is being typed and answers with what comes next, or with a repeatable mistake. */
import { shareAt } from './random.ts';

export interface OracleModelOptions {
  /** The finished text of every document that is typed in this run. */
  readonly targets: readonly string[];
  /** Lines of an answer at the most; a started line counts. */
  readonly maxLines: number;
  /** Share of positions whose whole answer is wrong, 0 to 1. */
  readonly wrongShare: number;
  /** Share of words that the model gets wrong until two of their characters are typed (completions.md §13.2: 0.16). */
  readonly unpredictableShare: number;
}

export interface OracleAnswer {
  readonly text: string;
  /** Where in the target the prompt ends; `undefined` when the prompt has nothing to do with any target. */
  readonly offset: number | undefined;
  readonly verdict: 'right' | 'wrong' | 'diverged' | 'unknown';
}

export interface OraclePrompt {
  readonly prefix: string;
  readonly suffix: string;
}

/** What must match before the cursor for a place in a target to count as found. */
const ENOUGH_CONTEXT = 12;
const TAIL_LENGTH = 160;

export function answerPrompt(prompt: OraclePrompt, options: OracleModelOptions): OracleAnswer {
  const prefix = prompt.prefix.replaceAll('\r\n', '\n');
  const place = locate(prefix, options.targets);
  if (place === undefined) {
    return { text: ' unknown();', offset: undefined, verdict: 'unknown' };
  }
  const { target, offset, diverged } = place;
  if (diverged) {
    // A model reads over a typo and goes on as if the word had been spelt right.
    return { text: firstLines(target.slice(offset), 1), offset, verdict: 'diverged' };
  }
  const end = endBeforeSuffix(target, offset, prompt.suffix.replaceAll('\r\n', '\n'), options.maxLines);
  const right = firstLines(target.slice(offset, end), options.maxLines);
  if (shareAt(offset, 1) < options.wrongShare) {
    return { text: wrongText(target, offset, options.maxLines), offset, verdict: 'wrong' };
  }
  const text = withMistakes(target, offset, right, options.unpredictableShare);
  return { text, offset, verdict: text === right ? 'right' : 'wrong' };
}

/** About four characters a token, as code is tokenised; a line break always ends its token. */
export function tokenise(text: string): readonly string[] {
  return text.match(/[^\n]{0,3}\n|[^\n]{1,4}/g) ?? [];
}

interface Place {
  readonly target: string;
  readonly offset: number;
  readonly diverged: boolean;
}

function locate(prefix: string, targets: readonly string[]): Place | undefined {
  const tail = prefix.slice(-TAIL_LENGTH);
  const places: Place[] = [];
  for (const target of targets) {
    if (tail.length < TAIL_LENGTH) {
      if (target.startsWith(tail)) {
        places.push({ target, offset: tail.length, diverged: false });
      }
      continue;
    }
    for (let at = target.indexOf(tail); at >= 0 && places.length < 2; at = target.indexOf(tail, at + 1)) {
      places.push({ target, offset: at + tail.length, diverged: false });
    }
  }
  if (places.length === 1) {
    return places[0];
  }
  return longestMatch(prefix, targets) ?? divergedLine(prefix, targets);
}

/** The place before which the most characters agree with the end of the prompt. */
function longestMatch(prefix: string, targets: readonly string[]): Place | undefined {
  let best: Place | undefined;
  let bestLength = ENOUGH_CONTEXT - 1;
  const last = prefix.charCodeAt(prefix.length - 1);
  for (const target of targets) {
    for (let offset = 1; offset <= target.length; offset++) {
      if (target.charCodeAt(offset - 1) !== last) {
        continue;
      }
      let length = 1;
      while (
        length < offset &&
        length < prefix.length &&
        target.charCodeAt(offset - 1 - length) === prefix.charCodeAt(prefix.length - 1 - length)
      ) {
        length++;
      }
      if (length > bestLength) {
        bestLength = length;
        best = { target, offset, diverged: false };
      }
    }
  }
  return best;
}

/** For a line with a typo: the lines above give the place, the typed part of the line gives how far it has come. */
function divergedLine(prefix: string, targets: readonly string[]): Place | undefined {
  const lineStart = prefix.lastIndexOf('\n') + 1;
  const above = prefix.slice(0, lineStart);
  const line = prefix.slice(lineStart);
  const place =
    above === ''
      ? targets[0] === undefined
        ? undefined
        : { target: targets[0], offset: 0 }
      : longestMatch(above, targets);
  if (place === undefined) {
    return undefined;
  }
  const lineEnd = place.target.indexOf('\n', place.offset);
  const end = lineEnd < 0 ? place.target.length : lineEnd;
  return { target: place.target, offset: Math.min(place.offset + line.length, end), diverged: true };
}

function firstLines(text: string, lines: number): string {
  let end = -1;
  for (let line = 0; line < lines; line++) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) {
      return text;
    }
  }
  return text.slice(0, end);
}

/** Where the text after the cursor begins in the target, if it does so within the lines that an answer may have. */
function endBeforeSuffix(target: string, offset: number, suffix: string, maxLines: number): number {
  const reach = offset + firstLines(target.slice(offset, offset + 4000), maxLines + 1).length;
  const probe = firstLines(suffix, 3);
  if (probe.trim().length < 8) {
    return reach;
  }
  const found = target.indexOf(probe, offset);
  return found >= 0 && found <= reach ? found : reach;
}

/** Lines of another place, whose first character differs from what would be right. */
function wrongText(target: string, offset: number, maxLines: number): string {
  const lines = target.split('\n').filter((line) => line.trim().length > 8);
  const expected = target.slice(offset).trimStart()[0];
  const start = Math.floor(shareAt(offset, 2) * lines.length);
  for (let step = 0; step < lines.length; step++) {
    const first = (lines[(start + step) % lines.length] ?? '').trim();
    if (first[0] !== expected) {
      const rest = lines.slice((start + step + 1) % lines.length).slice(0, maxLines - 1);
      const indented = target.charAt(offset - 1) === '\n' ? '  ' : '';
      return [indented + first, ...rest].join('\n');
    }
  }
  return '?';
}

/** The right text up to the first word that this model cannot know yet, that word spelt otherwise, then the rest. */
function withMistakes(target: string, offset: number, right: string, share: number): string {
  if (share <= 0) {
    return right;
  }
  const end = offset + right.length;
  let wordStart = offset;
  while (wordStart > 0 && /\w/.test(target.charAt(wordStart - 1))) {
    wordStart--;
  }
  const words = /\w+/g;
  words.lastIndex = wordStart;
  for (let word = words.exec(target); word !== null && word.index < end; word = words.exec(target)) {
    const typed = offset - word.index;
    if (word[0].length > 2 && typed < 2 && shareAt(word.index, 3) < share) {
      const known = target.slice(offset, Math.max(offset, word.index));
      const rest = right.slice(word.index + word[0].length - offset);
      return known + misspelt(word[0], word.index, Math.max(0, typed)) + rest;
    }
  }
  return right;
}

const OTHER_WORDS = ['value', 'items', 'result', 'options', 'handler', 'buffer', 'index', 'state'];

/** Another word in place of this one, whose first differing character is the next one to be typed. */
function misspelt(word: string, at: number, typed: number): string {
  const start = Math.floor(shareAt(at, 4) * OTHER_WORDS.length);
  for (let step = 0; step < OTHER_WORDS.length; step++) {
    const other = OTHER_WORDS[(start + step) % OTHER_WORDS.length] ?? 'value';
    if (other[typed] !== word[typed]) {
      return other.slice(typed);
    }
  }
  return 'x';
}
