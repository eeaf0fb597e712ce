/** Whether a stream that was asked for at one place still says something about the place where the cursor is now. */

/** The place a stream was asked for, recognised by its text, so that edits elsewhere in the file do not matter. */
export interface Anchor {
  /** The end of the text before the cursor at the time, at most `ANCHOR_CHARACTERS`. */
  readonly before: string;
  /** Whether `before` begins at the start of the document. */
  readonly fromStart: boolean;
  readonly after: string;
}

/** Long enough that two places of a file hardly ever share it, short enough to search for on each key. */
const ANCHOR_CHARACTERS = 512;

/** How far behind a request's place its text is still offered, with what was deleted put in front. */
const DELETED_CHARACTERS = 20;

export type Agreement =
  /** What was typed since is what the stream said: `rest` is what it says from here on. */
  | { readonly type: 'covers'; readonly rest: string; readonly consumed: number }
  /** More was typed than has been streamed; it agrees as far as it goes. */
  | { readonly type: 'pending' }
  /** The user typed something else. */
  | { readonly type: 'differs' }
  /** Another place. */
  | { readonly type: 'elsewhere' };

export interface Place {
  readonly before: string;
  readonly fromStart: boolean;
  readonly after: string;
}

export function anchorAt(place: Place): Anchor {
  const cut = Math.max(0, place.before.length - ANCHOR_CHARACTERS);
  return { before: place.before.slice(cut), fromStart: place.fromStart && cut === 0, after: place.after };
}

/** Compares the text typed since the anchor with the text streamed so far; linear in both. */
export function agreement(anchor: Anchor, text: string, done: boolean, place: Place): Agreement {
  if (!suffixAgrees(anchor.after, place.after)) {
    return { type: 'elsewhere' };
  }
  const start = anchorEnd(anchor, place);
  if (start === undefined) {
    return afterDeletion(anchor, text, place);
  }
  const matched = matchTyped(place.before, start, text);
  if (matched === 'differs') {
    return { type: 'differs' };
  }
  if (matched === 'beyond') {
    return done ? { type: 'elsewhere' } : { type: 'pending' };
  }
  const rest = text.slice(matched);
  return rest === '' && !done ? { type: 'pending' } : { type: 'covers', rest, consumed: matched };
}

/** Where in `place.before` the anchor ends, or `undefined` if it is not there. */
function anchorEnd(anchor: Anchor, place: Place): number | undefined {
  if (isWhole(anchor)) {
    return place.fromStart === anchor.fromStart && place.before.startsWith(anchor.before)
      ? anchor.before.length
      : undefined;
  }
  const at = place.before.lastIndexOf(anchor.before);
  return at < 0 ? undefined : at + anchor.before.length;
}

/** A short anchor is all of its window, from the start of the document or from a huge line on: too little to search for. */
function isWhole(anchor: Anchor): boolean {
  return anchor.fromStart || anchor.before.length < ANCHOR_CHARACTERS;
}

/**
 * Walks the typed text (from `start`) along the streamed text. Indentation after a line break may differ, because the
 * editor indents by its own rules. Returns the length of the streamed text that was typed.
 */
function matchTyped(before: string, start: number, text: string): number | 'differs' | 'beyond' {
  let typedAt = start;
  let textAt = 0;
  while (typedAt < before.length) {
    if (textAt >= text.length) {
      return 'beyond';
    }
    const unit = before.charCodeAt(typedAt);
    if (unit !== text.charCodeAt(textAt)) {
      return 'differs';
    }
    typedAt++;
    textAt++;
    if (unit === LINE_FEED) {
      const typedIndent = indentAt(before, typedAt);
      const textIndent = indentAt(text, textAt);
      typedAt += typedIndent.length;
      const inside = typedAt >= before.length && textIndent.startsWith(typedIndent);
      textAt += inside ? typedIndent.length : textIndent.length;
    }
  }
  return textAt;
}

const LINE_FEED = 10;
const INDENT = /[ \t]*/y;

function indentAt(text: string, at: number): string {
  INDENT.lastIndex = at;
  return INDENT.exec(text)?.[0] ?? '';
}

/** The cursor went back behind the anchor on its own line: what was deleted is put in front of what the stream said. */
function afterDeletion(anchor: Anchor, text: string, place: Place): Agreement {
  // Where nothing was said, what was deleted is not offered either.
  if (text.trim() === '') {
    return { type: 'elsewhere' };
  }
  for (let deleted = 1; deleted <= DELETED_CHARACTERS && deleted < anchor.before.length; deleted++) {
    const gone = anchor.before.slice(-deleted);
    if (gone.startsWith('\n')) {
      break;
    }
    const remaining = anchor.before.slice(0, -deleted);
    const same = isWhole(anchor)
      ? place.fromStart === anchor.fromStart && place.before === remaining
      : place.before.endsWith(remaining);
    if (same) {
      // Blanks before a line break were typed in passing; nobody wants them back.
      const rest = gone.trim() === '' && text.startsWith('\n') ? text : gone + text;
      return { type: 'covers', rest, consumed: -deleted };
    }
  }
  return { type: 'elsewhere' };
}

const BLANKS_AND_CLOSERS = /^[\s)\]}>"'`;,]*/;

/** How much of the text behind the cursor must be the same: editing further down does not make a suggestion wrong. */
const SUFFIX_CHARACTERS = 60;

/**
 * The text behind the cursor may only have changed by blanks and closers: the editor puts them there and types over them,
 * and finishing looks at those that are there now.
 */
export function suffixAgrees(then: string, now: string): boolean {
  return then === now || essence(then) === essence(now);
}

function essence(after: string): string {
  const skipped = BLANKS_AND_CLOSERS.exec(after)?.[0].length ?? 0;
  return after.slice(skipped, skipped + SUFFIX_CHARACTERS).trimEnd();
}
