/** Private keys in PEM, OpenSSH, PGP and PuTTY form, also when a window cut off their first or last line. */
import type { SecretSpan } from './secret-spans.ts';
import { looksRandom } from './secret-values.ts';

/** The base64 lines of every private key in the text. Marker lines, quotes and line breaks stay, so the code stays valid. */
export function findKeyBlocks(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  let covered = 0;
  for (let at = text.indexOf('PRIVATE'); at !== -1; at = text.indexOf('PRIVATE', at + 7)) {
    const marker = markerAround(text, at);
    if (marker?.type === 'begin' && marker.end >= covered) {
      covered = takeForward(text, marker.end, spans);
    } else if (marker?.type === 'end' && marker.start >= covered) {
      takeBackward(text, marker.start, covered, spans);
      covered = marker.end;
    }
  }
  for (
    let at = text.indexOf('Private-Lines:');
    at !== -1;
    at = text.indexOf('Private-Lines:', Math.max(covered, at + 14))
  ) {
    const header = /^Private-Lines: *\d*\r?\n?/.exec(text.slice(at, at + 32))?.[0] ?? '';
    covered = takeForward(text, at + header.length, spans);
  }
  takeWideLines(text, spans);
  return spans;
}

interface Marker {
  readonly type: 'begin' | 'end';
  readonly start: number;
  readonly end: number;
}

const MARKER = /-{4,5} ?(BEGIN|END) [A-Z0-9 ]{0,30}PRIVATE(?: KEY)?[A-Z ]{0,8}-{0,5}/g;

/** The marker line whose word `PRIVATE` stands at `at`. */
function markerAround(text: string, at: number): Marker | undefined {
  // The longest one in use is `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----`.
  const from = Math.max(0, at - 40);
  for (const match of text.slice(from, at + 32).matchAll(MARKER)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (start < at && end > at) {
      return { type: match[1] === 'BEGIN' ? 'begin' : 'end', start, end };
    }
  }
  return undefined;
}

interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Longer lines are read in pieces, so that many marks in one long line cost no more than the line. */
const LONGEST_PIECE = 4_096;

/** The lines from `from` on; a written `\n` in a string literal ends one too. */
function* segmentsFrom(text: string, from: number): Generator<Segment> {
  let lineStart = from;
  while (lineStart < text.length) {
    const piece = text.slice(lineStart, lineStart + LONGEST_PIECE);
    const newline = piece.indexOf('\n');
    const line = newline === -1 ? piece : piece.slice(0, newline);
    let position = 0;
    for (let escaped = line.indexOf('\\n'); escaped !== -1; escaped = line.indexOf('\\n', position)) {
      yield { start: lineStart + position, end: lineStart + escaped };
      position = escaped + 2;
    }
    yield { start: lineStart + position, end: lineStart + line.length };
    lineStart += line.length + (newline === -1 ? 0 : 1);
  }
}

/** A key of 16,384 bits has 200 lines; a PGP key may have more. */
const MAX_LINES = 1_000;

/** Takes the lines of a key from `from` on; gives where they end. */
function takeForward(text: string, from: number, spans: SecretSpan[]): number {
  let position = from;
  let count = 0;
  for (const segment of segmentsFrom(text, from)) {
    const marker = text.slice(segment.start, segment.end).indexOf('-----');
    const end = marker === -1 ? segment.end : segment.start + marker;
    const isLast = marker !== -1 || text.slice(segment.end, segment.end + 12).includes('-----');
    const kind = classify(text.slice(segment.start, end), isLast);
    if (kind === 'body') {
      pushBody(text, segment.start, end, spans);
    }
    position = end;
    if (kind === 'other' || marker !== -1 || ++count > MAX_LINES) {
      return kind === 'other' ? segment.start : end;
    }
  }
  return position;
}

/** Takes the lines of a key that ends at `to`, not beyond `floor`. */
function takeBackward(text: string, to: number, floor: number, spans: SecretSpan[]): void {
  const segments = [...segmentsFrom(text.slice(0, to), Math.max(floor, to - MAX_LINES * 80))];
  for (const [distance, segment] of segments.toReversed().entries()) {
    const kind = classify(text.slice(segment.start, segment.end), distance < 2);
    if (kind === 'other') {
      return;
    }
    if (kind === 'body') {
      pushBody(text, segment.start, segment.end, spans);
    }
  }
}

const HEADER = /^[A-Za-z][\w-]{2,30}: /;

/** `isLast`: the last line of a key may be short. */
function classify(segment: string, isLast: boolean): 'body' | 'blank' | 'other' {
  const bare = unwrap(segment);
  if (bare === '' || HEADER.test(bare)) {
    return 'blank';
  }
  const words = bare.split(/[ \t]+/);
  const isBody = words.every(
    (word) =>
      (word.length >= 16 || (words.length === 1 && (isLast || word.endsWith('=')))) &&
      /^[A-Za-z0-9+/]+={0,2}$/.test(word),
  );
  return isBody ? 'body' : 'other';
}

const LEADING = new Set(' \t\r"\'`+,#*;|>()\\');
const TRAILING = new Set(' \t\r"\'`,;|()\\');

/** Without what a source file puts around the lines of a key: quotes, comment marks, concatenation, escapes. */
function unwrap(segment: string): string {
  let start = segment.startsWith('//') ? 2 : 0;
  while (LEADING.has(segment.charAt(start))) {
    start++;
  }
  let end = segment.length;
  for (; end > start; end--) {
    const last = segment.charAt(end - 1);
    const before = segment.charAt(end - 2);
    const isConcatenation = last === '+' && TRAILING.has(before);
    if (!TRAILING.has(last) && !isConcatenation && !(last === 'r' && before === '\\')) {
      break;
    }
  }
  return segment.slice(start, end);
}

const BODY_RUN = /[A-Za-z0-9+/=]+/g;

function pushBody(text: string, start: number, end: number, spans: SecretSpan[]): void {
  const body = text.slice(start, end);
  for (const match of body.matchAll(BODY_RUN)) {
    // A lone `+` belongs to the source around the key, and so does the `r` of a written `\r`.
    if (match[0].length > 1) {
      spans.push({ start: start + match.index, end: start + match.index + match[0].length, kind: 'PRIVATE_KEY' });
    }
  }
}

/** PEM lines are 64 wide, OpenSSH's 70, MIME's 76. */
const WIDE_LINE = /^[\s"'`+,#*|>]{0,20}([A-Za-z0-9+/]{60,76}={0,2})(?:\\r)?["'`,;+\\\s]{0,8}$/;

/**
 * Two full base64 lines in a row, or one at either edge of the text, are the middle of something whose markers were cut
 * off. It may be a certificate or a picture; neither helps a model.
 */
function takeWideLines(text: string, spans: SecretSpan[]): void {
  let first: Segment | undefined;
  let last: Segment | undefined;
  const flush = (atEnd: boolean): void => {
    if (first !== undefined && last !== undefined && (first !== last || first.start === 0 || atEnd)) {
      pushBody(text, first.start, last.end, spans);
      takeForward(text, last.end + (text.charAt(last.end) === '\\' ? 2 : 1), spans);
      takeBackward(text, first.start, Math.max(0, first.start - 200), spans);
    }
    first = undefined;
  };
  for (const segment of segmentsFrom(text, 0)) {
    if (isWide(text, segment)) {
      first ??= segment;
      last = segment;
    } else if (
      first !== undefined &&
      unwrap(text.slice(segment.start, Math.min(segment.end, segment.start + 80))) !== ''
    ) {
      flush(segment.end === text.length);
    }
  }
  flush(true);
}

function isWide(text: string, segment: Segment): boolean {
  const length = segment.end - segment.start;
  if (length < 60 || length > 110) {
    return false;
  }
  const body = WIDE_LINE.exec(text.slice(segment.start, segment.end))?.[1];
  return body !== undefined && looksRandom(body);
}
