/** Decides from what the page showed whether the ghost text was right, and since when. */
import type { GhostNote } from './page-recorder.ts';

/** A place in the target text: everything before `offset` has been typed. */
export interface Place {
  readonly target: string;
  readonly offset: number;
  /** Closers, blanks and semicolons at the end of the line may be missing: the editor has put its own closers there. */
  readonly butForClosers?: boolean;
}

/** The rest of the line at this place. */
export function restOfLine(place: Place): string {
  const end = place.target.indexOf('\n', place.offset);
  return place.target.slice(place.offset, end < 0 ? undefined : end);
}

/** Whether the ghost text equals the beginning of what remains, at least to the end of its first line with any text. */
export function isRight(note: GhostNote | undefined, place: Place): boolean {
  if (note === undefined) {
    return false;
  }
  const lineStart = place.target.lastIndexOf('\n', place.offset - 1) + 1;
  const typed = place.target.slice(lineStart, place.offset);
  const rest = restOfLine(place);
  const following = place.target.slice(place.offset + rest.length + 1).split('\n');
  const last = note.below.length - 1;
  const belowRight = note.below.every((line, index) =>
    index === last ? (following[index] ?? '').startsWith(line.trimEnd()) : line.trimEnd() === following[index],
  );
  if (!belowRight) {
    return false;
  }
  if (rest.trim() !== '') {
    return note.inline.trim() !== '' && note.typed.startsWith(typed) && sameLine(note.line, typed + rest, place);
  }
  // At a line's end the ghost text can only be below, and must reach the end of a line that says something.
  const firstWithText = note.below.findIndex((line) => line.trim() !== '');
  return (
    note.inline.trim() === '' && firstWithText >= 0 && note.below[firstWithText]?.trimEnd() === following[firstWithText]
  );
}

const CLOSERS_AT_END = /[\s)\]}>"'`;,]+$/;

function sameLine(drawn: string, wanted: string, place: Place): boolean {
  return place.butForClosers === true
    ? drawn.replace(CLOSERS_AT_END, '') === wanted.replace(CLOSERS_AT_END, '')
    : drawn.trimEnd() === wanted;
}

/** What Tab inserts. */
export function acceptedText(note: GhostNote): string {
  return [note.inline, ...note.below].join('\n');
}

/** The state that the page showed at a time. */
export function shownAt(notes: readonly GhostNote[], at: number): GhostNote | undefined {
  let shown: GhostNote | undefined;
  for (const note of notes) {
    if (note.at > at) {
      break;
    }
    shown = note;
  }
  return shown;
}

/** When the right text was first up at or after `from`; `undefined` if not before `until`. */
export function firstRight(notes: readonly GhostNote[], place: Place, from: number, until: number): number | undefined {
  if (isRight(shownAt(notes, from), place)) {
    return from;
  }
  return notes.find((note) => note.at > from && note.at <= until && isRight(note, place))?.at;
}

/** For how long the right text was up between two times. */
export function rightTime(notes: readonly GhostNote[], place: Place, from: number, until: number): number {
  let total = 0;
  let current = shownAt(notes, from);
  let since = from;
  for (const note of [...notes.filter((entry) => entry.at > from && entry.at < until), undefined]) {
    const end = note?.at ?? until;
    if (isRight(current, place)) {
      total += end - since;
    }
    current = note;
    since = end;
  }
  return total;
}

/** Replacements of ghost text by other text, or by nothing, although no key went down in between; growing is none. */
export function flickers(notes: readonly GhostNote[], keyTimes: readonly number[]): readonly number[] {
  const times: number[] = [];
  let before: GhostNote | undefined;
  for (const note of notes) {
    const text = acceptedText(note);
    const former = before === undefined ? '' : acceptedText(before);
    const since = before?.at ?? 0;
    const causedByKey = keyTimes.some((at) => at > since && at <= note.at);
    // The suggest widget takes ghost text away that does not agree with its entry: the editor's rule, and every policy's lot.
    const byWidget = note.widget || before?.widget === true;
    if (former.trim() !== '' && !text.startsWith(former) && !causedByKey && !byWidget && !isHalfDrawn(before, note)) {
      times.push(note.at);
    }
    before = note;
  }
  return times;
}

/** The editor draws the line and the lines below in two steps, some milliseconds apart. */
function isHalfDrawn(before: GhostNote | undefined, note: GhostNote): boolean {
  return before !== undefined && note.at - before.at < 25;
}
