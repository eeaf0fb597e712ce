/** Ends the text where it repeats what stands behind the cursor on its line, and refuses text that cannot stand before it. */
import { closes, isComment, spansLines } from '../syntax/open.ts';
import { type Draft, WAIT, cutAt, firstTextLine, hasText, lineText, nothing, replaceLine } from './draft.ts';
import type { LineRule } from './line-rule.ts';
import type { Scene } from './scene.ts';

/** A shorter overlap at the edge of two texts is chance. */
const MIN_OVERLAP = 3;
/** Of a longer line only the end can overlap. */
const MAX_REST = 400;

export const restOfLine: LineRule = (draft, scene) => {
  switch (scene.restKind) {
    case 'none':
      return draft;
    case 'closing':
      return OPENS.test(scene.rest) ? cutAtRest(draft, scene) : inQuotedText(draft, scene);
    case 'text':
      return beforeText(draft, scene);
  }
};

/** The same for separators (`;`, `,`, `:`, `>`), once it is known where the text ends. */
export const separators: LineRule = (draft, scene) => {
  const last = draft.lines.length - 1;
  const line = draft.lines[last];
  if (scene.restKind !== 'closing' || line === undefined || draft.restIndent !== undefined) {
    return draft;
  }
  const rest = scene.rest.trim();
  const text = line.body.trimEnd();
  const tag = /^<\/(\w+)/.exec(rest)?.[1];
  const repeats = text.endsWith(rest) && (/^[;,:>?!]/.test(rest) || (tag !== undefined && !text.includes(`<${tag}`)));
  // A statement does not end inside brackets, but for the parts of a loop's head.
  const endsInside = text.endsWith(';') && /^[)\]]/.test(rest) && !/\bfor\b/.test(scene.line);
  const removed = repeats ? rest.length : endsInside ? 1 : 0;
  const body = text.slice(0, text.length - removed);
  return removed === 0 ? draft : replaceLine(draft, last, { ...line, body, rawEnd: line.start + body.length });
};

/** `) {`: a text that repeats it would seem to open a block. */
const OPENS = /[{([]/;

/** Ends the first line before the rest if it ends with it. */
function cutAtRest(draft: Draft, scene: Scene): Draft {
  const first = firstTextLine(draft);
  const line = draft.lines[first];
  const rest = scene.rest.trim();
  if (line === undefined || !line.complete || !line.body.trimEnd().endsWith(rest)) {
    return draft;
  }
  return cutAt(draft, first, line.indent.length + line.body.trimEnd().length - rest.length, 'suffix');
}

/** In comments and strings of several lines brackets are text, but editors close them there too. */
function inQuotedText(draft: Draft, scene: Scene): Draft {
  const { stack, claims } = scene.surroundings();
  const top = stack.at(-1);
  const isQuoted = top !== undefined && (isComment(top) || spansLines(top, scene.rules));
  const first = firstTextLine(draft);
  const line = draft.lines[first];
  if (!isQuoted || claims.all.length > 0 || line === undefined || !line.complete) {
    return draft;
  }
  const closer = scene.rest.trim().charCodeAt(0);
  let open = 0;
  for (let at = 0; at < line.body.length; at++) {
    const code = line.body.charCodeAt(at);
    if (code === closer && open === 0) {
      return cutAt(draft, first, line.indent.length + at, 'suffix');
    }
    open += code === closer ? -1 : closes(code, closer) ? 1 : 0;
  }
  return draft;
}

function beforeText(draft: Draft, scene: Scene): ReturnType<LineRule> {
  const first = firstTextLine(draft);
  const line = draft.lines[first];
  if (line === undefined || !line.complete) {
    return draft.end === undefined ? WAIT : draft;
  }
  const rest = scene.rest.trim().slice(0, MAX_REST);
  const overlap = overlapOf(line.body, rest);
  if (overlap >= 0) {
    return cutAt(draft, first, line.indent.length + overlap, 'suffix');
  }
  const further = draft.lines.slice(first + 1).findIndex(hasText);
  const next = draft.lines[first + 1 + further];
  if (further >= 0 && next !== undefined) {
    if (!next.complete && !next.body.startsWith(rest)) {
      return WAIT;
    }
    if (next.body.startsWith(rest)) {
      const lines = draft.lines.slice(0, first + 1 + further);
      return { ...draft, lines, end: 'suffix', restIndent: next.indent };
    }
    return doesNotFit();
  }
  if (draft.end === undefined) {
    return WAIT;
  }
  if (scene.lineIsBlank && draft.lines.length > first + 1) {
    // A line for itself, above the one that is there.
    return { ...draft, lines: draft.lines.slice(0, first + 1), end: 'suffix', restIndent: scene.line };
  }
  return first > 0 || ENDS_STATEMENT.test(lineText(line)) ? doesNotFit() : draft;
}

const ENDS_STATEMENT = /[;{}]\s*$/;

function doesNotFit() {
  return nothing('rest-of-line', 'The suggestion does not fit in front of the text behind the cursor.');
}

/** Where in the line the rest begins, as a whole or (at the end of the line) in part; -1 if it does not. */
function overlapOf(body: string, rest: string): number {
  const end = body.trimEnd();
  const whole = rest.length >= MIN_OVERLAP ? end.lastIndexOf(rest) : -1;
  if (whole >= 0 && (whole + rest.length === end.length || !splitsWord(end, whole, whole + rest.length))) {
    return whole;
  }
  for (let length = Math.min(end.length, rest.length); length >= Math.min(MIN_OVERLAP, rest.length); length--) {
    const at = end.length - length;
    if (!splitsWord(rest, length) && !splitsWord(end, at) && end.endsWith(rest.slice(0, length))) {
      return at;
    }
  }
  return -1;
}

function splitsWord(text: string, ...places: readonly number[]): boolean {
  return places.some((at) => /^\w\w$/.test(text.slice(Math.max(0, at - 1), at + 1)));
}
