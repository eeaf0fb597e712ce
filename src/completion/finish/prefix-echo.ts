/** Removes what the model repeats of the text before the cursor: whole lines, the start of the line, the last word. */
import { isOnlyClosers } from '../syntax/block-lines.ts';
import { linesAbove } from '../syntax/text-lines.ts';
import { type Draft, type DraftLine, WAIT, firstTextLine } from './draft.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

/** Lines above the cursor that an answer may begin with. */
const LINES_ABOVE = 30;
/** One of the repeated lines must be so long; shorter ones (`}`, `else:`) repeat by right. */
const MIN_LINE = 8;
/** A repeated word must be so long, unless the answer also repeats what is behind the cursor. */
const MIN_WORD = 3;

export const prefixEcho: LineRule = (draft, scene) => {
  const afterLines = withoutLines(draft, scene);
  if (afterLines === undefined) {
    return WAIT;
  }
  const first = firstTextLine(afterLines);
  const line = afterLines.lines[first];
  const start = scene.line.trimStart();
  if (line === undefined || start === '' || (first > 0 && afterLines === draft)) {
    return afterLines;
  }
  const echoed = echoedStart(line.body, start) || (first === 0 ? echoedWord(line, scene) : 0);
  return echoed === 0
    ? afterLines
    : { ...afterLines, lines: [skip(line, echoed), ...afterLines.lines.slice(first + 1)] };
};

/** The draft without repeated lines; `undefined` if all that has come repeats them. */
function withoutLines(draft: Draft, scene: Scene): Draft | undefined {
  const first = firstTextLine(draft);
  const above = linesAbove(scene.context.before, LINES_ABOVE).map((line) => line.trim());
  while (above[0] === '') {
    above.shift();
  }
  const texts = draft.lines.slice(Math.max(0, first)).map(({ body }) => body.trim());
  const [head] = texts;
  // Only a line that has come whole can be compared; the nearest lines above are at the start of `above`.
  if (first < 0 || head === undefined || draft.lines[first]?.complete !== true) {
    return draft;
  }
  for (let count = above.lastIndexOf(head) + 1; count > 0; count--) {
    if (above[count - 1] !== head) {
      continue;
    }
    const repeated = above.slice(0, count).toReversed();
    const rest = texts.length - count;
    const same = repeated.every((line, at) => {
      const text = texts[at];
      const isUnfinished = at === texts.length - 1 && draft.lines.at(-1)?.complete === false;
      return text === undefined || text === line || (isUnfinished && line.startsWith(text));
    });
    if (!same || !repeated.some((line) => line.length >= MIN_LINE && !isOnlyClosers(line))) {
      continue;
    }
    const goesOn = draft.lines[first + count];
    const start = scene.line.trimStart();
    if (rest <= 0 || goesOn === undefined || (!goesOn.complete && start.startsWith(goesOn.body) && start !== '')) {
      return draft.end === undefined ? undefined : draft;
    }
    if (start === '' || goesOn.body.startsWith(start)) {
      return { ...draft, lines: draft.lines.slice(first + count) };
    }
  }
  return draft;
}

/** The length of the start of the current line if the answer begins with it. */
function echoedStart(body: string, start: string): number {
  const text = start.trimEnd();
  if (text.length < 2 || !/[\p{L}\p{N}_]/u.test(text) || !body.startsWith(text)) {
    return 0;
  }
  const isWord = /[\p{L}\p{N}_$]$/u;
  // `re` in front of `return` is a word that goes on, not a line that is repeated.
  if (isWord.test(text) && start === text && isWord.test(body.charAt(text.length)) && !/\W/.test(text)) {
    return 0;
  }
  return body.startsWith(start) ? start.length : text.length;
}

const WORD_AT_END = /[\p{L}_$][\p{L}\p{N}_$]*$/u;
const WORD_AT_START = /^[\p{L}_$][\p{L}\p{N}_$]*/u;

/** The length of the word before the cursor if the answer begins with it once more: `foo(a` and `a, b`. */
function echoedWord(line: DraftLine, { line: current, context, rest, restKind }: Scene): number {
  const typed = WORD_AT_END.exec(current.slice(-100))?.[0];
  const given = WORD_AT_START.exec(line.body.slice(0, 100))?.[0];
  if (typed === undefined || given === undefined || line.indent !== '' || !given.startsWith(typed)) {
    return 0;
  }
  const fused = typed + given;
  if (context.before.includes(fused) || context.after.includes(fused)) {
    return 0;
  }
  if (typed.length >= MIN_WORD) {
    return typed.length;
  }
  // Short words double by chance (`aa`): the answer must have repeated the other side too.
  const repeatsRest =
    restKind !== 'none' && line.complete && line.body.trimEnd().replace(/;$/, '').endsWith(rest.trim());
  return repeatsRest && given === typed ? typed.length : 0;
}

function skip(line: DraftLine, count: number): DraftLine {
  return { ...line, indent: '', body: line.body.slice(count), start: line.start + count };
}
