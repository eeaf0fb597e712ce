/** Ends the text where a model goes round in circles: the same lines again and again, or the same words in a line. */
import { type Draft, type DraftLine, firstTextLine, hasText, keepLines, nothing } from './draft.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

/** A loop of up to so many lines is looked for; longer ones do not fit into ghost text three times. */
const MAX_PERIOD_LINES = 4;
/** The same lines three times are a loop. */
const ROUNDS = 3;
const LONGEST_WORD_LOOP = 60;
/** Words repeated at the end of a line: so often, and over so many characters. */
const WORD_ROUNDS = 5;
const MIN_LOOP_CHARACTERS = 40;
/** A rule drawn in a comment is no longer than a line. */
const MAX_RULE_CHARACTERS = 100;
/** Only the end of a line is looked at. */
const LOOKED_AT = 400;

export const repetition: LineRule = (draft, scene) => {
  const first = firstTextLine(draft);
  const loop = draft.lines.findIndex((line, at) => hasText(line) && isWordLoop(bodyAt(line, at, scene)));
  if (loop >= 0 && loop === first) {
    return nothing('repetition', 'The model repeated itself.');
  }
  return withoutLineLoop(loop < 0 ? draft : keepLines(draft, loop, 'repetition'));
};

function bodyAt(line: DraftLine, at: number, { line: current }: Scene): string {
  return at === 0 ? current.slice(-LOOKED_AT) + line.body.slice(0, LOOKED_AT) : line.body;
}

/** Whether the end of the text repeats one piece, word or sign. */
export function isWordLoop(text: string): boolean {
  const tail = text.trimEnd().slice(-LOOKED_AT);
  if (tail.length < MIN_LOOP_CHARACTERS) {
    return false;
  }
  for (let period = 1; period <= LONGEST_WORD_LOOP && period * WORD_ROUNDS <= tail.length; period++) {
    let same = 0;
    while (
      same + period < tail.length &&
      tail.charCodeAt(tail.length - 1 - same) === tail.charCodeAt(tail.length - 1 - same - period)
    ) {
      same++;
    }
    const length = same + period;
    if (length < period * WORD_ROUNDS || length < MIN_LOOP_CHARACTERS) {
      continue;
    }
    const hasWord = /\p{L}/u.test(tail.slice(-period));
    // Single signs make a drawn line, numbers a row of data; only much longer ones are a loop.
    return length >= MAX_RULE_CHARACTERS || (hasWord && period > 1);
  }
  return false;
}

/**
 * Lines of a second round are shown only once it is known that they are no loop (one line), or as far as they were shown
 * before that was known (more lines), so that what is shown only grows.
 */
function withoutLineLoop(draft: Draft): Draft {
  const texts = draft.lines.map(({ body }) => body.trim());
  let held = draft.lines.length;
  for (let period = 1; period <= MAX_PERIOD_LINES; period++) {
    let run = 0;
    for (let at = period; at < texts.length; at++) {
      run = texts[at] === texts[at - period] && draft.lines[at]?.complete === true ? run + 1 : 0;
      const start = at - run + 1;
      const shown = period === 1 ? start : start + period;
      const isLoop = run >= period * (ROUNDS - 1);
      if (run === 0 || !/\p{L}/u.test(texts.slice(at - period + 1, at + 1).join(''))) {
        // Closing brackets one below the other repeat by right.
        continue;
      }
      if (isLoop) {
        return keepLines(draft, Math.min(held, shown), 'repetition');
      }
      if (at === texts.length - 1 - (draft.lines.at(-1)?.complete === true ? 0 : 1)) {
        held = Math.min(held, shown);
      }
    }
  }
  const incomplete = draft.end === undefined;
  return incomplete && held < draft.lines.length ? { ...draft, lines: draft.lines.slice(0, held) } : draft;
}
